package hooks

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestSeverityWords(t *testing.T) {
	for _, tc := range []struct {
		text string
		want int
		ok   bool
	}{
		{"critical", 1, true}, {"CRITICAL", 1, true}, {" warning ", 3, true}, {"3", 3, true}, {"sev2", 2, true}, {"SEV-1", 1, true},
		{"P4", 4, true}, {"severity 2", 2, true}, {"紧急", 1, true}, {"", 0, true}, {"none", 4, true},
		{"0", 0, false}, {"5", 0, false}, {"-1", 0, false}, {"very bad", 0, false}, {"1.5", 0, false},
	} {
		if n, ok := severity(tc.text); ok != tc.ok || ok && n != tc.want {
			t.Errorf("severity(%q) = %d, %v", tc.text, n, ok)
		}
	}
}

func TestTextIsCleaned(t *testing.T) {
	body, err := json.Marshal(map[string]any{
		"summary": "  bad\x00\x1b[31m \n news " + strings.Repeat("长", 400),
		"details": "line one\r\nline two\x07",
		"links":   []string{"javascript:alert(1)", "https://ok.example/a", "file:///etc/passwd", "https://ok.example/a", "//x"},
		"lang":    "zh-CN",
	})
	if err != nil {
		t.Fatal(err)
	}
	signals, _, err := readGeneric(request{body: body, header: http.Header{}, service: "pay"})
	if err != nil {
		t.Fatal(err)
	}
	s := signals[0]
	if !strings.HasPrefix(s.Summary, "bad[31m news 长") || len(s.Summary) > MaxSummary || !utf8.ValidString(s.Summary) {
		t.Errorf("summary %q", s.Summary)
	}
	if s.Details != "line one\nline two" || s.Lang != "zh" || len(s.Links) != 1 {
		t.Errorf("got %+v", s)
	}
}

// TestAlertmanagerPayload reads a request as Alertmanager 0.25 sends it.
func TestAlertmanagerPayload(t *testing.T) {
	body, err := os.ReadFile("testdata/alertmanager.json")
	if err != nil {
		t.Fatal(err)
	}
	signals, _, err := readAlertmanager(request{body: body, service: "pay"})
	if err != nil || len(signals) != 2 {
		t.Fatal(signals, err)
	}
	a, b := signals[0], signals[1]
	if a.Status != Firing || a.Severity != 1 || a.Summary != "Gateway answers 502" || a.Site != "OS-01" || a.Source != "alertmanager" ||
		!a.At.Equal(time.Date(2026, 11, 24, 9, 40, 0, 123e6, time.UTC)) || len(a.Links) != 2 || !strings.Contains(a.Details, "instance: gw-7") {
		t.Errorf("the first is %+v", a)
	}
	if b.Status != Resolved || b.Severity != 3 || b.Summary != "DiskFilling" || a.DedupKey == b.DedupKey || a.EventID == b.EventID {
		t.Errorf("the second is %+v", b)
	}
	again, _, _ := readAlertmanager(request{body: []byte(strings.Replace(string(body), `"status": "firing"`, `"status": "resolved"`, 2)), service: "pay"})
	if again[0].DedupKey != a.DedupKey || again[0].EventID == a.EventID {
		t.Error("the end of an alert must have the key of its beginning and an event of its own")
	}
}

func FuzzGeneric(f *testing.F) {
	f.Add([]byte(`{"summary":"502","severity":"critical","links":["https://a.example"],"at":"2026-01-01T00:00:00Z"}`))
	f.Add([]byte(`{"summary":"x","event_id":1e400,"dedup_key":null,"severity":null}`))
	f.Add([]byte(`{"status":"resolved","dedup_key":"k"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		signals, _, err := readGeneric(request{body: body, header: http.Header{}, service: "pay"})
		checkBounds(t, signals, err)
	})
}

func FuzzAlertmanager(f *testing.F) {
	f.Add([]byte(`{"version":"4","alerts":[{"status":"firing","labels":{"alertname":"A"},"annotations":{},"startsAt":"2026-01-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"alerts":[{}, null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		signals, _, err := readAlertmanager(request{body: body, service: "pay"})
		checkBounds(t, signals, err)
	})
}

func FuzzVerify(f *testing.F) {
	f.Add("t=1764000000,v1=00", []byte("x"))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		if Verify(secret, header, time.Unix(1764000000, 0), body) == nil && !strings.Contains(header, Sign(secret, time.Unix(1764000000, 0), body)[13:]) {
			// Only a header that holds the right sum may pass; other times within the
			// window have sums of their own, which a fuzzer cannot make.
			t.Errorf("passed: %q", header)
		}
	})
}

func checkBounds(t *testing.T, signals []Signal, err error) {
	t.Helper()
	if err != nil && (err.Error() == "" || !utf8.ValidString(err.Error())) {
		t.Errorf("a bad error: %q", err)
	}
	for _, s := range signals {
		switch {
		case s.Status != Firing && s.Status != Resolved, s.DedupKey == "", len(s.DedupKey) > MaxID, len(s.EventID) > MaxID,
			s.Severity < 0, s.Severity > 4, len(s.Summary) > MaxSummary, len(s.Details) > MaxDetails, len(s.Links) > MaxLinks,
			s.Status == Firing && s.Summary == "", strings.ContainsAny(s.Summary, "\n\x00"),
			!utf8.ValidString(s.Summary + s.Details + s.DedupKey + s.EventID):
			t.Errorf("out of bounds: %+v", s)
		}
	}
}
