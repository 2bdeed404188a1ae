package hooks

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// group is what Prometheus Alertmanager sends to a webhook (version 4 of its
// format); fields that are not used are left out.
type group struct {
	Version  string  `json:"version"`
	Receiver string  `json:"receiver"`
	Alerts   []alert `json:"alerts"`
}

type alert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	GeneratorURL string            `json:"generatorURL"`
	Fingerprint  string            `json:"fingerprint"`
}

// maxAlerts bounds the alerts of one request.
const maxAlerts = 2000

func readAlertmanager(r request) ([]Signal, []string, error) {
	var g group
	if err := decode(r.body, &g); err != nil {
		return nil, nil, err
	}
	switch {
	case g.Alerts == nil:
		return nil, nil, errors.New("the field alerts is missing: this address is for Alertmanager, others use the one without /alertmanager")
	case len(g.Alerts) > maxAlerts:
		return nil, nil, fmt.Errorf("there are %d alerts, at most %d are taken: set max_alerts in the receiver", len(g.Alerts), maxAlerts)
	}
	signals := make([]Signal, 0, len(g.Alerts))
	for i := range g.Alerts {
		signals = append(signals, g.Alerts[i].signal(r.service))
	}
	return signals, nil, nil
}

// signal turns an alert into a signal. Alertmanager repeats what it sent before;
// the event id is the same as long as the alert has not changed, so a repetition
// changes nothing.
func (a *alert) signal(service string) Signal {
	fingerprint := cmp.Or(a.Fingerprint, digest(labelText(a.Labels)))
	status := Firing
	if a.Status == string(Resolved) {
		status = Resolved
	}
	n, _ := severity(cmp.Or(a.Labels["severity"], a.Labels["priority"]))
	s := Signal{
		Service: service, Status: status, Severity: n, Source: "alertmanager", At: a.StartsAt,
		DedupKey: "alertmanager:" + digest(service, fingerprint),
		EventID:  "alertmanager:" + digest(service, fingerprint, a.StartsAt.UTC().Format(time.RFC3339Nano), string(status)),
		Summary:  line(cmp.Or(a.Annotations["summary"], a.Annotations["title"], a.Labels["alertname"], "Alert without a name"), MaxSummary),
		Customer: line(a.Labels["customer"], MaxID), Site: line(a.Labels["site"], MaxID), Serial: line(a.Labels["serial"], MaxID),
	}
	s.Details = block(strings.TrimSpace(cmp.Or(a.Annotations["description"], a.Annotations["message"])+"\n\n"+labelText(a.Labels)), MaxDetails)
	for _, link := range []string{a.Annotations["runbook_url"], a.Annotations["dashboard_url"], a.GeneratorURL} {
		if link != "" {
			s.Links = appendLink(s.Links, link)
		}
	}
	return s
}

// labelText lists labels in order, one a line.
func labelText(labels map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&b, "%s: %s\n", k, labels[k])
	}
	return b.String()
}
