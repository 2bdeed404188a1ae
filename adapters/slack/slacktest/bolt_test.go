package slacktest

import (
	"encoding/json"
	"testing"
	"time"

	"hotline/adapters/adaptertest/nodeclient"
)

func TestBoltConnectsReceivesAndAcks(t *testing.T) {
	s := New(t, Config{AckWait: time.Minute})
	ann := s.AddUser(User{ID: "U1", Name: "ann"})
	ch := s.AddChannel(Channel{ID: "C1", Name: "help", Members: []string{"U1", BotUserID}})
	client := nodeclient.Start(t, "bolt", "@slack/bolt", "SLACK_BOT_TOKEN="+BotToken, "SLACK_APP_TOKEN="+AppToken, "SLACK_API_URL="+s.APIURL())
	client.Await("started")
	if !s.Until(func() bool { return s.Sockets() > 0 }) {
		t.Fatal("no socket")
	}

	ts := ann.Say(ch, "payments return 502")
	if l := client.Await("message"); l.Text != "payments return 502" || l.User != "U1" {
		t.Errorf("message = %+v", l)
	}
	client.Await("posted")
	ann.Await(ch, func(m Message) bool { return m.ThreadTS == ts && m.Text == "heard" })

	ann.React(ch, ts, "ticket")
	if l := client.Await("reaction"); l.Name != "ticket" {
		t.Errorf("reaction = %+v", l)
	}
	ann.OpenHome()
	client.Await("home")

	if ack := ann.Slash(ch, "/hotline", "report"); !ack.OK {
		t.Fatalf("slash = %+v", ack)
	}
	client.Await("command")
	if ack := ann.Submit(map[string]string{"What": "x"}); !ack.OK {
		t.Errorf("short submit = %+v", ack)
	}
	client.Await("refused")
	if ack := ann.Submit(map[string]string{"What": "long enough"}); !ack.OK {
		t.Errorf("submit = %+v", ack)
	}
	if l := client.Await("submitted"); l.Text != "long enough" {
		t.Errorf("submitted = %+v", l)
	}
	if v := ann.Modal(); v.ID != "" {
		t.Errorf("modal still open: %s", v.Shown())
	}
	if ack := ann.Shortcut("turn", ch, ts); !ack.OK {
		t.Errorf("shortcut = %+v", ack)
	}
	client.Await("shortcut")

	card := s.postAsBot(t, ch, `[{"type":"actions","elements":[{"type":"button","action_id":"press","value":"v1","text":{"type":"plain_text","text":"Press"}}]}]`)
	if ack := ann.Click(ch, card, "Press"); !ack.OK {
		t.Errorf("click = %+v", ack)
	}
	if l := client.Await("action"); l.Value != "v1" {
		t.Errorf("action = %+v", l)
	}
	ann.Await(ch, func(m Message) bool { return m.TS == card && m.Text == "pressed" })

	// A socket that is asked to refresh comes back and goes on.
	s.Refresh("refresh_requested")
	if !s.Until(func() bool { return s.Stats().Sockets >= 2 && s.Sockets() >= 1 }) {
		t.Fatal("bolt did not reconnect")
	}
	ann.Say(ch, "<@"+BotUserID+"> status")
	client.Await("mention")
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
