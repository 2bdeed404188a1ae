package slacktest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// world is a server with two people, a channel of everybody and a client.
func world(t *testing.T, cfg Config) (*Server, *slack.Client, *Person, string) {
	t.Helper()
	s := New(t, cfg)
	ann := s.AddUser(User{ID: "U1", Name: "ann", Email: "ann@home.example"})
	s.AddUser(User{ID: "U2", Name: "bob"})
	ch := s.AddChannel(Channel{ID: "C1", Name: "help", Members: []string{"U1", BotUserID}})
	s.AddChannel(Channel{ID: "C2", Name: "elsewhere", Members: []string{"U1"}})
	s.AddChannel(Channel{ID: "C3", Name: "old", Archived: true, Members: []string{BotUserID}})
	s.AddChannel(Channel{ID: "G1", Name: "secret", Private: true, Members: []string{"U1"}})
	return s, slack.New(BotToken, slack.OptionAPIURL(s.APIURL()), slack.OptionAppLevelToken(AppToken)), ann, ch
}

func TestErrorsOfTheWebAPI(t *testing.T) {
	s, api, ann, ch := world(t, Config{})
	ts := ann.Say(ch, "hello")
	reply := ann.SayIn(ch, ts, "more")
	text := slack.MsgOptionText("x", false)
	post := func(c string, o ...slack.MsgOption) error {
		_, _, err := api.PostMessage(c, append(o, text)...)
		return err
	}
	for _, tc := range []struct {
		name string
		do   func() error
		want string
	}{
		{"unknown channel", func() error { return post("CNO") }, "channel_not_found"},
		{"not in channel", func() error { return post("C2") }, "not_in_channel"},
		{"archived", func() error { return post("C3") }, "is_archived"},
		{"private and not in it", func() error { return post("G1") }, "channel_not_found"},
		{"a reply is no thread", func() error { return post(ch, slack.MsgOptionTS(reply)) }, "thread_not_found"},
		{"no text", func() error { _, _, err := api.PostMessage(ch); return err }, "no_text"},
		{"update a stranger's message", func() error { _, _, _, err := api.UpdateMessage(ch, ts, text); return err }, "cant_update_message"},
		{"update nothing", func() error { _, _, _, err := api.UpdateMessage(ch, "1.0", text); return err }, "message_not_found"},
		{"delete a stranger's message", func() error { _, _, err := api.DeleteMessage(ch, ts); return err }, "cant_delete_message"},
		{"ephemeral to an absent person", func() error { _, err := api.PostEphemeral(ch, "U2", text); return err }, "user_not_in_channel"},
		{"react", func() error { return api.AddReaction("eyes", slack.NewRefToMessage(ch, ts)) }, ""},
		{"react twice", func() error { return api.AddReaction("eyes", slack.NewRefToMessage(ch, ts)) }, "already_reacted"},
		{"take off what is not there", func() error { return api.RemoveReaction("fire", slack.NewRefToMessage(ch, ts)) }, "no_reaction"},
		{"stranger's profile", func() error { _, err := api.GetUserInfo("UNO"); return err }, "user_not_found"},
		{"nobody has the address", func() error { _, err := api.GetUserByEmail("no@home.example"); return err }, "users_not_found"},
		{"name taken", func() error {
			_, err := api.CreateConversation(slack.CreateConversationParams{ChannelName: "help"})
			return err
		}, "name_taken"},
		{"bad name", func() error {
			_, err := api.CreateConversation(slack.CreateConversationParams{ChannelName: "Not Good"})
			return err
		}, "invalid_name_specials"},
		{"invite a member", func() error { _, err := api.InviteUsersToConversation(ch, "U1"); return err }, "already_in_channel"},
		{"topic too long", func() error { _, err := api.SetTopicOfConversation(ch, strings.Repeat("x", 251)); return err }, "too_long"},
		{"bad trigger", func() error {
			_, err := api.OpenView("nope", slack.ModalViewRequest{Type: "modal", Title: plain("T"), Blocks: one("b")})
			return err
		}, "invalid_trigger_id"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := word(tc.do()); got != tc.want {
				t.Errorf("error = %q, want %q", got, tc.want)
			}
		})
	}
	s.Revoke(BotToken, "token_revoked")
	if got := word(post(ch)); got != "token_revoked" {
		t.Errorf("revoked: %q", got)
	}
	if _, err := slack.New("xoxb-wrong", slack.OptionAPIURL(s.APIURL())).AuthTest(); word(err) != "invalid_auth" {
		t.Errorf("wrong token: %v", err)
	}
	if _, err := slack.New(AppToken, slack.OptionAPIURL(s.APIURL())).AuthTest(); word(err) != "not_allowed_token_type" {
		t.Errorf("app token: %v", err)
	}
}

func word(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", s, false, false)
}

func one(text string) slack.Blocks {
	return slack.Blocks{BlockSet: []slack.Block{slack.NewSectionBlock(plain(text), nil, nil)}}
}

func TestEveryScopeIsNeeded(t *testing.T) {
	do := map[string]func(*slack.Client) error{
		"chat:write": func(a *slack.Client) error {
			_, _, err := a.PostMessage("C1", slack.MsgOptionText("x", false))
			return err
		},
		"channels:history": func(a *slack.Client) error {
			_, err := a.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "C1"})
			return err
		},
		"channels:read": func(a *slack.Client) error {
			_, err := a.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: "C1"})
			return err
		},
		"users:read":       func(a *slack.Client) error { _, err := a.GetUserInfo("U1"); return err },
		"users:read.email": func(a *slack.Client) error { _, err := a.GetUserByEmail("ann@home.example"); return err },
		"reactions:write":  func(a *slack.Client) error { return a.AddReaction("eyes", slack.NewRefToMessage("C1", "1.1")) },
		"reactions:read": func(a *slack.Client) error {
			_, err := a.GetReactions(slack.NewRefToMessage("C1", "1.1"), slack.GetReactionsParameters{})
			return err
		},
		"im:write": func(a *slack.Client) error {
			_, _, _, err := a.OpenConversation(&slack.OpenConversationParameters{Users: []string{"U1"}})
			return err
		},
		"channels:manage": func(a *slack.Client) error {
			_, err := a.CreateConversation(slack.CreateConversationParams{ChannelName: "room"})
			return err
		},
		"files:read": func(a *slack.Client) error { _, _, _, err := a.GetFileInfo("F1", 1, 1); return err },
		"files:write": func(a *slack.Client) error {
			_, err := a.UploadFile(slack.UploadFileParameters{Content: "x", FileSize: 1, Filename: "x.txt", Channel: "C1"})
			return err
		},
	}
	for scope, call := range do {
		t.Run(scope, func(t *testing.T) {
			s, api, _, _ := world(t, Config{})
			if got := word(call(api)); strings.Contains(got, "missing_scope") {
				t.Fatalf("with all scopes: %s", got)
			}
			s.DropScope(scope)
			if got := word(call(api)); !strings.HasSuffix(got, "missing_scope") {
				t.Errorf("without %s: %q", scope, got)
			}
		})
	}
}

func TestHistoryPagesAndThreads(t *testing.T) {
	_, api, ann, ch := world(t, Config{})
	var tops []string
	for i := range 25 {
		tops = append(tops, ann.Say(ch, fmt.Sprint("m", i)))
	}
	for i := range 7 {
		ann.SayIn(ch, tops[3], fmt.Sprint("r", i))
	}
	var got []string
	p := &slack.GetConversationHistoryParameters{ChannelID: ch, Oldest: tops[4], Limit: 8}
	for {
		h, err := api.GetConversationHistory(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range h.Messages {
			got = append(got, m.Text)
		}
		if !h.HasMore {
			break
		}
		p.Cursor = h.ResponseMetaData.NextCursor
	}
	if len(got) != 20 || got[0] != "m24" || got[19] != "m5" {
		t.Errorf("history = %v", got)
	}
	msgs, more, next, err := api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: ch, Timestamp: tops[3], Limit: 5})
	if err != nil || len(msgs) != 5 || !more || next == "" || msgs[0].Timestamp != tops[3] || msgs[0].ReplyCount != 7 {
		t.Errorf("replies = %d %v %q %v", len(msgs), more, next, err)
	}
}

func TestRateLimitIsPerMethodAndChannel(t *testing.T) {
	s, api, _, ch := world(t, Config{})
	s.AddChannel(Channel{ID: "C9", Members: []string{BotUserID}})
	s.Fail(Fault{Method: "chat.postMessage", Channel: ch, RetryAfter: 30, Times: 1})
	_, _, err := api.PostMessage(ch, slack.MsgOptionText("x", false))
	limited, ok := errors.AsType[*slack.RateLimitedError](err)
	if !ok || limited.RetryAfter != 30*time.Second {
		t.Fatalf("error = %v", err)
	}
	if _, _, err := api.PostMessage("C9", slack.MsgOptionText("x", false)); err != nil {
		t.Errorf("other channel: %v", err)
	}
	if _, _, err := api.PostMessage(ch, slack.MsgOptionText("x", false)); err != nil {
		t.Errorf("second call: %v", err)
	}
	s.Fail(Fault{Method: "chat.postMessage", After: true, Status: 500, Times: 1})
	if _, _, err := api.PostMessage(ch, slack.MsgOptionText("took effect", false)); err == nil {
		t.Error("no error for a 500")
	}
	if !strings.Contains(Texts(s.Person("U1").Sees(ch)), "took effect") {
		t.Error("a failure after the effect had no effect")
	}
	s.Fail(Fault{Method: "chat.postMessage", Cut: true, Times: 1})
	if _, _, err := api.PostMessage(ch, slack.MsgOptionText("x", false)); err == nil {
		t.Error("no error for a cut connection")
	}
}

func TestMetadataOnlyWhenAskedFor(t *testing.T) {
	_, api, _, ch := world(t, Config{})
	_, ts, err := api.PostMessage(ch, slack.MsgOptionText("x", false),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "hotline", EventPayload: map[string]any{"key": "k1"}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, all := range []bool{false, true} {
		h, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: ch, IncludeAllMetadata: all})
		if err != nil || len(h.Messages) != 1 || h.Messages[0].Timestamp != ts {
			t.Fatalf("history: %v %v", h, err)
		}
		if got := h.Messages[0].Metadata.EventType == "hotline"; got != all {
			t.Errorf("metadata shown = %v, asked = %v", got, all)
		}
	}
}

func TestFilesBothWays(t *testing.T) {
	_, api, ann, ch := world(t, Config{})
	f, err := api.UploadFile(slack.UploadFileParameters{Content: "log line", FileSize: 8, Filename: "a.txt", Channel: ch, InitialComment: "see"})
	if err != nil {
		t.Fatal(err)
	}
	msgs := ann.Sees(ch)
	if len(msgs) != 1 || len(msgs[0].Files) != 1 || msgs[0].Files[0].ID != f.ID || string(msgs[0].Files[0].Data) != "log line" {
		t.Errorf("sees %+v", msgs)
	}
	ann.Upload(ch, "", "mine", "b.txt", []byte("hers"))
	got := ann.Sees(ch)[1]
	var b strings.Builder
	if err := api.GetFile(got.Files[0].URLPrivate, &b); err != nil || b.String() != "hers" {
		t.Errorf("download %q %v", b.String(), err)
	}
	res, err := http.Get(got.Files[0].URLPrivate)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if ct := res.Header.Get("Content-Type"); ct != "text/html" {
		t.Errorf("without a token: %s", ct)
	}
}
