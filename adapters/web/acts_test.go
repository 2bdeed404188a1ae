package web_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"hotline/adapters/web"
	"hotline/adapters/web/webtest"
	"hotline/bot/chat"
)

func TestSayBecomesOneMessage(t *testing.T) {
	s := newSite(t)
	tom := s.as("tom")
	done, err := tom.Say(t.Context(), "acme", "", "@Hotline: payments return 502")
	if err != nil {
		t.Fatal(err)
	}
	ev := s.inbox.only(t)
	if ev.Kind != chat.KindMessage || ev.Text != "payments return 502" || !ev.Mentioned {
		t.Errorf("event = %s %q mentioned=%t", ev.Kind, ev.Text, ev.Mentioned)
	}
	want := chat.MessageRef{Place: in("acme", ""), ID: webtest.Thread(*done.Post)}
	if diff := cmp.Diff(want, ev.Message); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if ev.From.Key() != "web::tom" || ev.From.Name != "Tom Baker" || ev.From.Lang != "en" {
		t.Errorf("from = %+v", ev.From)
	}
	if !ev.Reply.Private || ev.Reply.Token == "" || !ev.Reply.Expires.IsZero() {
		t.Errorf("reply handle = %+v", ev.Reply)
	}
}

func TestDoubleSubmitIsOneAct(t *testing.T) {
	s := newSite(t)
	tom := s.as("tom")
	body := map[string]any{"id": uuid.NewString(), "channel": "acme", "text": "it is down"}
	var first web.Done
	for i := range 3 {
		done, err := tom.Act(t.Context(), http.MethodPost, "/api/posts", body)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = done
		} else if done.Post.ID != first.Post.ID || !done.Duplicate {
			t.Errorf("try %d: post %d duplicate=%t, want %d and true", i, done.Post.ID, done.Duplicate, first.Post.ID)
		}
	}
	s.inbox.only(t)
	posts, err := tom.Posts(t.Context(), "acme", "")
	if err != nil || len(posts) != 1 {
		t.Errorf("%d posts, %v; want 1", len(posts), err)
	}
}

func TestCommands(t *testing.T) {
	tests := []struct {
		name, text, verb, args string
	}{
		{"with arguments", "/status F-10427", "status", "F-10427"},
		{"alone", "/queue", "queue", ""},
		{"upper case", "/STATUS F-1", "status", "F-1"},
		{"several lines", "/report it broke\nat ten", "report", "it broke\nat ten"},
		{"an unknown verb", "/frobnicate now", "frobnicate", "now"},
		{"a path is a message", "/var/log is full", "", ""},
		{"two slashes are a message", "//note", "", ""},
		{"a slash alone is a message", "/ hello", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			if _, err := s.as("ana").Say(t.Context(), "desk", "", tt.text); err != nil {
				t.Fatal(err)
			}
			ev := s.inbox.only(t)
			if tt.verb == "" {
				if ev.Kind != chat.KindMessage || ev.Text != tt.text {
					t.Fatalf("got %s %q, want a message", ev.Kind, ev.Text)
				}
				return
			}
			if ev.Kind != chat.KindCommand || ev.Verb != tt.verb || ev.Args != tt.args {
				t.Errorf("got %s verb=%q args=%q", ev.Kind, ev.Verb, ev.Args)
			}
			if posts, _ := s.as("bo").Posts(t.Context(), "desk", ""); len(posts) != 0 {
				t.Errorf("others see the command: %q", posts[0].Text)
			}
		})
	}
}

func TestAnswersOfTheInbox(t *testing.T) {
	s := newSite(t)
	ana := s.as("ana")
	form := &chat.Form{ID: "report", Title: "Report", Inputs: []chat.Input{
		{Name: "text", Label: "What is wrong?", Kind: chat.FieldText, Required: true},
		{Name: "severity", Label: "How bad?", Kind: chat.FieldChoice, Value: "3", Choices: []chat.Choice{{Value: "1", Label: "Down"}, {Value: "3", Label: "Bad"}}},
	}}
	s.inbox.set(func(ev chat.Event) (chat.Answer, error) {
		switch {
		case ev.Kind == chat.KindCommand:
			return chat.Answer{Form: form}, nil
		case ev.Kind == chat.KindForm && ev.Form.Values["text"] == "":
			return chat.Answer{Errors: map[string]string{"text": "Say what is wrong."}}, nil
		case ev.Kind == chat.KindForm:
			return chat.Answer{Say: "Thank you.", Follows: true}, nil
		}
		return chat.Answer{}, nil
	})
	done, err := ana.Say(t.Context(), "desk", "", "/report")
	if err != nil || done.Form == nil {
		t.Fatalf("Say = %+v, %v; want a form", done, err)
	}
	if got := done.Form.Inputs[0]; got.Label != "What is wrong?" || got.Max != 3000 || !got.Required {
		t.Errorf("input = %+v", got)
	}
	wrong, err := ana.Submit(t.Context(), "desk", "", done.Form, nil)
	if err != nil || wrong.Errors["text"] != "Say what is wrong." {
		t.Fatalf("Submit = %+v, %v; want an error beside the field", wrong, err)
	}
	right, err := ana.Submit(t.Context(), "desk", "", done.Form, map[string]string{"text": "it burns"})
	if err != nil || right.Say != "Thank you." || !right.Follows {
		t.Fatalf("Submit = %+v, %v", right, err)
	}
	all := s.inbox.all()
	last := all[len(all)-1]
	if diff := cmp.Diff(chat.Filled{ID: "report", Values: map[string]string{"text": "it burns", "severity": "3"}}, last.Form); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
	posts, _ := ana.Posts(t.Context(), "desk", "")
	if n := len(posts); n == 0 || posts[n-1].Text != "Thank you." || !posts[n-1].Private {
		t.Errorf("the answer is not kept for her: %+v", posts)
	}
	if posts, _ := s.as("bo").Posts(t.Context(), "desk", ""); len(posts) != 0 {
		t.Errorf("others see the answer: %+v", posts)
	}
}

func TestWhatTheStoreCannotTakeIsSaidAndReadBack(t *testing.T) {
	s := newSite(t)
	s.inbox.set(func(chat.Event) (chat.Answer, error) { return chat.Answer{Say: "The disk is full."}, errDisk })
	s.inbox.watched = []chat.Watched{{Place: in("acme", "")}}
	tom := s.as("tom")
	id := map[string]any{"id": uuid.NewString(), "channel": "acme", "text": "it is down"}
	if _, err := tom.Act(t.Context(), http.MethodPost, "/api/posts", id); code(err) != "not_stored" {
		t.Fatalf("Say = %v, want not_stored", err)
	}
	if _, err := tom.Say(t.Context(), "acme", "", "/status F-1"); code(err) != "unavailable" || !strings.Contains(err.Error(), "The disk is full.") {
		t.Errorf("command = %v, want the inbox's own words", err)
	}
	s.inbox.set(nil)
	ctx := soon(t)
	go s.Run(ctx, s.inbox)
	waitFor(t, "the message to be read back", func() bool { return len(s.inbox.all()) == 1 })
	ev := s.inbox.only(t)
	if !ev.Backfill || ev.Text != "it is down" || ev.Message.ID == "" {
		t.Errorf("read back %+v", ev)
	}
	if done, err := tom.Act(t.Context(), http.MethodPost, "/api/posts", id); err != nil || !done.Duplicate {
		t.Errorf("a later try = %+v, %v; want a duplicate", done, err)
	}
}

func TestEditDeleteReactShortcut(t *testing.T) {
	s := newSite(t)
	tom, ana := s.as("tom"), s.as("ana")
	done, err := tom.Say(t.Context(), "acme", "", "it is dwon")
	if err != nil {
		t.Fatal(err)
	}
	post := *done.Post
	if _, err := ana.Edit(t.Context(), post, "mine now"); code(err) != "not_yours" {
		t.Errorf("somebody else's edit = %v", err)
	}
	if _, err := tom.Edit(t.Context(), post, "it is down"); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.Reply(t.Context(), post, "since when?"); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.React(t.Context(), post, ":eyes:", false); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.React(t.Context(), post, "<script>", false); code(err) != "bad_emoji" {
		t.Errorf("a reaction that is none = %v", err)
	}
	if _, err := ana.Shortcut(t.Context(), post, "report"); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.Shortcut(t.Context(), post, "status"); code(err) != "bad_verb" {
		t.Errorf("a shortcut that is none = %v", err)
	}
	seen, _ := tom.Post(t.Context(), post.ID)
	if seen.Text != "it is down" || seen.Edited.IsZero() || seen.Replies != 1 || len(seen.Reacts) != 1 || seen.Reacts[0].Emoji != "eyes" {
		t.Errorf("post = %+v", seen)
	}
	if _, err := ana.React(t.Context(), post, "eyes", true); err != nil {
		t.Fatal(err)
	}
	if _, err := tom.Delete(t.Context(), post); err != nil {
		t.Fatal(err)
	}
	var kinds []chat.Kind
	for _, ev := range s.inbox.all() {
		kinds = append(kinds, ev.Kind)
		if ev.Kind == chat.KindShortcut && (len(ev.Context) != 1 || ev.Context[0].Text != "since when?" || ev.Text != "it is down") {
			t.Errorf("shortcut = %q with context %+v", ev.Text, ev.Context)
		}
		if ev.Kind == chat.KindReaction && ev.Emoji != "eyes" {
			t.Errorf("emoji = %q", ev.Emoji)
		}
	}
	want := []chat.Kind{"message", "edit", "message", "reaction", "shortcut", "reaction", "delete"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	gone, err := ana.Post(t.Context(), post.ID)
	if err != nil || !gone.Deleted || gone.Text != "" || strings.Contains(gone.HTML, "it is down") {
		t.Errorf("a deleted post still says %+v, %v", gone, err)
	}
}

func TestFilesBothWays(t *testing.T) {
	s := newSite(t)
	tom, ana, mei := s.as("tom"), s.as("ana"), s.as("mei")
	id, err := tom.Upload(t.Context(), "../../log\u202Etxt.exe", "text/html", []byte("<script>alert(1)</script>"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ana.Say(t.Context(), "acme", "", "stolen", id); code(err) != "no_file" {
		t.Errorf("attaching somebody else's upload = %v", err)
	}
	done, err := tom.Say(t.Context(), "acme", "", "", id)
	if err != nil {
		t.Fatal(err)
	}
	ev := s.inbox.only(t)
	if len(ev.Files) != 1 || ev.Files[0].Name != "logtxt.exe" || ev.Files[0].Size != 25 || ev.Files[0].Data != nil {
		t.Fatalf("files = %+v", ev.Files)
	}
	if data, err := s.Fetch(t.Context(), ev.Files[0]); err != nil || string(data) != "<script>alert(1)</script>" {
		t.Errorf("Fetch = %q, %v", data, err)
	}
	f := done.Post.Files[0]
	if data, err := ana.Download(t.Context(), f); err != nil || len(data) != 25 {
		t.Errorf("Download = %q, %v", data, err)
	}
	if _, err := mei.Download(t.Context(), f); err == nil {
		t.Error("somebody who is not in the channel could download it")
	}
	resp, err := http.Get(s.url + f.URL + "?as=ana")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if ct, cd := resp.Header.Get("Content-Type"), resp.Header.Get("Content-Disposition"); ct != "application/octet-stream" || !strings.HasPrefix(cd, "attachment") {
		t.Errorf("HTML would be shown: %s, %s", ct, cd)
	}
	ref := s.send(t, chat.Outgoing{Key: "k1", Intent: chat.IntentReply, Audience: chat.Customer(), In: in("acme", ""),
		Content: chat.Content{Files: []chat.File{{Name: "fix.png", Type: "image/png", Data: []byte("\x89PNG")}}}})
	posts, _ := tom.Posts(t.Context(), "acme", "")
	got := posts[len(posts)-1]
	if ref.ID == "" || len(got.Files) != 1 || !got.Files[0].Image {
		t.Fatalf("file from the bot = %+v", got.Files)
	}
	if data, err := tom.Download(t.Context(), got.Files[0]); err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) {
		t.Errorf("Download = %q, %v", data, err)
	}
}

func TestSuggestAndMe(t *testing.T) {
	s := newSite(t)
	s.inbox.choices = []chat.Choice{{Value: "F-10427", Label: "F-10427 payments"}}
	mei := s.as("mei")
	got, err := mei.Suggest(t.Context(), "huachen", "status", "case", "F-1")
	if err != nil || len(got) != 1 || got[0].Value != "F-10427" {
		t.Errorf("Suggest = %+v, %v", got, err)
	}
	if q := s.inbox.asked[0]; q.Verb != "status" || q.Arg != "case" || q.Prefix != "F-1" || q.Where.Channel != "huachen" || q.From.User != "mei" {
		t.Errorf("asked %+v", q)
	}
	me, err := mei.Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range me.Channels {
		names = append(names, c.ID)
	}
	if diff := cmp.Diff([]string{"huachen", "dm:mei"}, names); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	if me.Verbs[0].Help != "报告故障" || me.Verbs[0].Shortcut != "转为工单" || len(me.People) != 4 {
		t.Errorf("me = %+v", me)
	}
}

func TestHome(t *testing.T) {
	s := newSite(t)
	ana := s.as("ana")
	if _, err := ana.Act(t.Context(), http.MethodPost, "/api/home", nil); err != nil {
		t.Fatal(err)
	}
	if ev := s.inbox.only(t); ev.Kind != chat.KindHome || ev.From.User != "ana" || !ev.Where.Direct {
		t.Errorf("event = %+v", ev)
	}
	for i, text := range []string{"one case", "two cases"} {
		s.send(t, chat.Outgoing{Key: "h" + text[:3], Intent: chat.IntentHome, Audience: chat.Only("ana"), To: to("ana"), Content: chat.Content{Text: chat.T(text)}})
		posts, err := ana.Posts(t.Context(), "home:ana", "")
		if err != nil || len(posts) != 1 || posts[0].Text != text {
			t.Errorf("page %d = %+v, %v", i, posts, err)
		}
	}
	if _, err := s.as("bo").Posts(t.Context(), "home:ana", ""); code(err) != "no_channel" {
		t.Errorf("somebody else's page = %v", err)
	}
}
