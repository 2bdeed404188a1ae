package hooks

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// alertmanager starts a real Alertmanager that sends to url, and returns its own
// address.
func alertmanager(t *testing.T, url string) string {
	t.Helper()
	bin := ""
	for _, name := range []string{"prometheus-alertmanager", "alertmanager"} {
		if path, err := exec.LookPath(name); err == nil {
			bin = path
			break
		}
	}
	if bin == "" {
		const how = "Alertmanager is missing; install it with: apt-get install prometheus-alertmanager"
		if os.Getenv("HOTLINE_REQUIRE_ALL") == "1" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "alertmanager.yml")
	text := fmt.Sprintf(`
route: {receiver: hotline, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1s}
receivers: [{name: hotline, webhook_configs: [{url: %q, send_resolved: true}]}]
`, url)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	addr := freeAddress(t)
	cmd := exec.CommandContext(t.Context(), bin, "--config.file="+conf, "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+addr, "--cluster.listen-address=")
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("alertmanager said:\n%s", text)
		}
	})
	return "http://" + addr
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// push gives alerts to Alertmanager, waiting until it is up.
func push(t *testing.T, base string, alerts []map[string]any) {
	t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(60 * time.Second)
	for {
		resp, err := http.Post(base+"/api/v2/alerts", "application/json", strings.NewReader(string(body)))
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("alertmanager did not take the alerts", err)
		}
	}
}

// TestRealAlertmanager lets the real program report an alert, repeat it, retry
// while the store fails, and report its end.
func TestRealAlertmanager(t *testing.T) {
	l := newLedger()
	l.fail = errors.New("the store is not there yet")
	server, _ := start(t, Options{}, l)
	base := alertmanager(t, server.URL+"/hooks/"+payKey+"/alertmanager")

	begin := time.Now().Add(-time.Minute).UTC()
	alert := map[string]any{
		"labels":      map[string]string{"alertname": "GatewayErrors", "severity": "critical", "site": "OS-01"},
		"annotations": map[string]string{"summary": "网关返回 502"},
		"startsAt":    begin.Format(time.RFC3339Nano), "endsAt": begin.Add(time.Hour).Format(time.RFC3339Nano),
	}
	push(t, base, []map[string]any{alert})
	l.mu.Lock()
	l.fail = nil
	l.mu.Unlock()
	l.wait(t, "the alert", func(s []Signal) bool { return len(s) > 0 })

	second := map[string]any{
		"labels":   map[string]string{"alertname": "GatewayErrors", "severity": "warning", "site": "SH-01"},
		"startsAt": begin.Format(time.RFC3339Nano), "endsAt": begin.Add(time.Hour).Format(time.RFC3339Nano),
	}
	push(t, base, []map[string]any{second}) // the group is sent again, with the first alert in it
	l.wait(t, "the second alert", func(s []Signal) bool { return len(s) > 1 })

	alert["endsAt"] = time.Now().Add(-time.Second).UTC().Format(time.RFC3339Nano)
	push(t, base, []map[string]any{alert})
	l.wait(t, "the end of the first alert", func(s []Signal) bool {
		return len(s) > 2 && s[2].Status == Resolved && s[2].DedupKey == s[0].DedupKey
	})

	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != 2 || l.signals[0].Summary != "网关返回 502" || l.signals[0].Severity != 1 || l.signals[1].Severity != 3 {
		t.Errorf("%d cases, the signals %+v", l.next, l.signals)
	}
}
