package slacktest

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// seen is one line that the bolt client printed.
type seen struct {
	What  string `json:"what"`
	Text  string `json:"text"`
	Name  string `json:"name"`
	Value string `json:"value"`
	User  string `json:"user"`
	OK    bool   `json:"ok"`
}

// startBolt runs the client in bolt/ against the server. It skips when Node or
// the package is missing, and fails then when HOTLINE_REQUIRE_ALL=1.
func startBolt(t *testing.T, s *Server) <-chan seen {
	t.Helper()
	missing := func(what string) {
		msg := what + " is missing: install Node 18 or later, then run `npm install --no-package-lock` in adapters/slack/slacktest/bolt"
		if os.Getenv("HOTLINE_REQUIRE_ALL") == "1" {
			t.Fatal(msg)
		}
		t.Skip(msg)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("node")
	}
	if _, err := os.Stat(filepath.Join("bolt", "node_modules", "@slack", "bolt", "package.json")); err != nil {
		missing("@slack/bolt")
	}
	cmd := exec.CommandContext(t.Context(), node, "client.js")
	cmd.Dir = "bolt"
	cmd.Env = append(os.Environ(), "SLACK_BOT_TOKEN="+BotToken, "SLACK_APP_TOKEN="+AppToken, "SLACK_API_URL="+s.APIURL())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan seen, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		sc := bufio.NewScanner(out)
		for sc.Scan() {
			var l seen
			if json.Unmarshal(sc.Bytes(), &l) == nil && l.What != "" {
				lines <- l
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		_ = cmd.Wait()
	})
	return lines
}

func expect(t *testing.T, lines <-chan seen, what string) seen {
	t.Helper()
	limit := time.After(2 * time.Minute)
	for {
		select {
		case l := <-lines:
			if l.What == "error" {
				t.Fatalf("bolt reports: %s", l.Text)
			}
			if l.What == what {
				return l
			}
		case <-limit:
			t.Fatalf("bolt never reported %q", what)
		}
	}
}

func TestBoltConnectsReceivesAndAcks(t *testing.T) {
	s := New(t, Config{AckWait: time.Minute})
	ann := s.AddUser(User{ID: "U1", Name: "ann"})
	ch := s.AddChannel(Channel{ID: "C1", Name: "help", Members: []string{"U1", BotUserID}})
	lines := startBolt(t, s)
	expect(t, lines, "started")
	if !s.Until(func() bool { return s.Sockets() > 0 }) {
		t.Fatal("no socket")
	}

	ts := ann.Say(ch, "payments return 502")
	if l := expect(t, lines, "message"); l.Text != "payments return 502" || l.User != "U1" {
		t.Errorf("message = %+v", l)
	}
	expect(t, lines, "posted")
	ann.Await(ch, func(m Message) bool { return m.ThreadTS == ts && m.Text == "heard" })

	ann.React(ch, ts, "ticket")
	if l := expect(t, lines, "reaction"); l.Name != "ticket" {
		t.Errorf("reaction = %+v", l)
	}
	ann.OpenHome()
	expect(t, lines, "home")

	if ack := ann.Slash(ch, "/hotline", "report"); !ack.OK {
		t.Fatalf("slash = %+v", ack)
	}
	expect(t, lines, "command")
	if ack := ann.Submit(map[string]string{"What": "x"}); !ack.OK {
		t.Errorf("short submit = %+v", ack)
	}
	expect(t, lines, "refused")
	if ack := ann.Submit(map[string]string{"What": "long enough"}); !ack.OK {
		t.Errorf("submit = %+v", ack)
	}
	if l := expect(t, lines, "submitted"); l.Text != "long enough" {
		t.Errorf("submitted = %+v", l)
	}
	if v := ann.Modal(); v.ID != "" {
		t.Errorf("modal still open: %s", v.Shown())
	}
	if ack := ann.Shortcut("turn", ch, ts); !ack.OK {
		t.Errorf("shortcut = %+v", ack)
	}
	expect(t, lines, "shortcut")

	card := s.postAsBot(t, ch, `[{"type":"actions","elements":[{"type":"button","action_id":"press","value":"v1","text":{"type":"plain_text","text":"Press"}}]}]`)
	if ack := ann.Click(ch, card, "Press"); !ack.OK {
		t.Errorf("click = %+v", ack)
	}
	if l := expect(t, lines, "action"); l.Value != "v1" {
		t.Errorf("action = %+v", l)
	}
	ann.Await(ch, func(m Message) bool { return m.TS == card && m.Text == "pressed" })

	// A socket that is asked to refresh comes back and goes on.
	s.Refresh("refresh_requested")
	if !s.Until(func() bool { return s.Stats().Sockets >= 2 && s.Sockets() >= 1 }) {
		t.Fatal("bolt did not reconnect")
	}
	ann.Say(ch, "<@"+BotUserID+"> status")
	expect(t, lines, "mention")
	if !s.Settle() {
		t.Error("deliveries never settled")
	}
	if st := s.Stats(); st.Unacked != 0 || st.Stray != 0 || st.Lost != 0 {
		t.Errorf("stats = %+v", st)
	}
}

// postAsBot posts blocks through the Web API.
func (s *Server) postAsBot(t *testing.T, channel, blocks string) string {
	t.Helper()
	body, _, _, err := s.run("chat.postMessage", args{"channel": channel, "text": "card", "blocks": blocks}, BotToken)
	if err != nil {
		t.Fatal(err)
	}
	var res struct{ TS string }
	if err := json.Unmarshal(body, &res); err != nil {
		t.Fatal(err)
	}
	return res.TS
}
