package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hotline/adapters/web"
	"hotline/bot/chat"
)

// sse reads a stream of a person until stop reports true for an event, and
// returns the events as "name data".
func sse(t *testing.T, s *site, user, last string, stop func(name, data string) bool) (events, ids []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(soon(t))
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/stream?as="+user, nil)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if ct := resp.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Fatalf("content type %q, status %d", ct, resp.StatusCode)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	var id, name string
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			events, ids = append(events, name+" "+value), append(ids, id)
			if stop(name, value) {
				return events, ids
			}
		}
	}
	t.Fatalf("the stream ended early: %v after %q", lines.Err(), events)
	return nil, nil
}

func (s *site) post(t *testing.T, key, channel, only string) {
	t.Helper()
	out := chat.Outgoing{Key: key, Intent: chat.IntentReply, Audience: chat.Customer(), In: in(channel, ""), Content: text("text-" + key)}
	if only != "" {
		out.To, out.Audience = to(only), chat.Only("web::"+only)
	}
	s.send(t, out)
}

func TestStreamResumes(t *testing.T) {
	s := newSite(t)
	_, ids := sse(t, s, "tom", "", func(name, _ string) bool { return name == "hello" })
	for i := range 5 {
		s.post(t, fmt.Sprint("k", i), "acme", "")
	}
	until := func(key string) func(string, string) bool {
		return func(name, data string) bool { return name == "post" && strings.Contains(data, "text-"+key) }
	}
	events, ids := sse(t, s, "tom", ids[0], until("k2"))
	if len(events) != 4 || !strings.HasPrefix(events[0], "hello") {
		t.Fatalf("after the break came %q", events)
	}
	events, _ = sse(t, s, "tom", ids[3], until("k4"))
	if len(events) != 3 {
		t.Errorf("after the second break came %q, want hello and two posts", events)
	}
}

func TestStreamResets(t *testing.T) {
	tests := []struct{ name, last string }{
		{"another boot", "ABCDEFGH-3"}, {"nonsense", "zzz"}, {"the future", ""}, {"very long", strings.Repeat("9", 2000)},
	}
	s := newSite(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.last == "" {
				_, ids := sse(t, s, "tom", "", func(name, _ string) bool { return name == "hello" })
				boot, _, _ := strings.Cut(ids[0], "-")
				tt.last = boot + "-99999"
			}
			sse(t, s, "tom", tt.last, func(name, _ string) bool { return name == "reset" })
		})
	}
}

func TestStreamForgetsWhatIsTooOld(t *testing.T) {
	s := newSite(t)
	_, ids := sse(t, s, "tom", "", func(name, _ string) bool { return name == "hello" })
	ref := s.send(t, chat.Outgoing{Key: "long", Intent: chat.IntentReply, Audience: chat.Customer(), In: in("acme", ""), Content: text("start")})
	for i := range 100 {
		s.send(t, chat.Outgoing{Key: fmt.Sprint("e", i), Intent: chat.IntentReply, Audience: chat.Customer(), Edit: ref,
			Content: text(fmt.Sprint(i, strings.Repeat("x", 60_000)))})
	}
	sse(t, s, "tom", ids[0], func(name, _ string) bool { return name == "reset" })
}

func TestOthersPrivatePostsAreNeverDelivered(t *testing.T) {
	s := newSite(t)
	everybody := map[string][]string{}
	_, ids := sse(t, s, "tom", "", func(name, _ string) bool { return name == "hello" })
	s.post(t, "private", "acme", "tom")
	s.post(t, "foreign", "huachen", "")
	s.send(t, chat.Outgoing{Key: "page", Intent: chat.IntentPage, Audience: chat.Internal(), To: to("ana"), Content: text("text-page")})
	s.post(t, "end", "acme", "")
	s.post(t, "end2", "huachen", "")
	for user, last := range map[string]string{"tom": "text-end", "ana": "text-end2", "bo": "text-end2", "mei": "text-end2"} {
		everybody[user], _ = sse(t, s, user, ids[0], func(_, data string) bool { return strings.Contains(data, last) })
	}
	for user, want := range map[string][]string{
		"tom": {"private", "end"}, "ana": {"foreign", "page", "end", "end2"}, "bo": {"foreign", "end", "end2"}, "mei": {"foreign", "end2"},
	} {
		all := strings.Join(everybody[user], "\n")
		for _, key := range []string{"private", "foreign", "page", "end", "end2"} {
			has := strings.Contains(all, "text-"+key+`"`)
			if has != slices.Contains(want, key) {
				t.Errorf("%s was sent %s: %t", user, key, has)
			}
		}
	}
}

func TestListenGoesOnAfterABreak(t *testing.T) {
	s := newSite(t)
	s.post(t, "before", "acme", "")
	tom := s.listening(t, "tom")
	if _, err := tom.Wait(soon(t), "what was there", func(v web.View) bool { return v.Text == "text-before" }); err != nil {
		t.Fatal(err)
	}
	s.post(t, "after", "acme", "")
	v, err := tom.Wait(soon(t), "what came", func(v web.View) bool { return v.Text == "text-after" })
	if err != nil || v.Name != "Hotline" {
		t.Errorf("Wait = %+v, %v", v, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tom.Wait(ctx, "what never comes", func(web.View) bool { return false }); err == nil || !strings.Contains(err.Error(), "text-after") {
		t.Errorf("waiting in vain = %v, want the newest posts", err)
	}
}

func TestUnreadMarks(t *testing.T) {
	s := newSite(t)
	tom := s.as("tom")
	for i := range 3 {
		s.post(t, fmt.Sprint("k", i), "acme", "")
	}
	s.post(t, "whisper", "acme", "ana")
	unread := func() int {
		me, err := tom.Me(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return me.Channels[0].Unread
	}
	if n := unread(); n != 3 {
		t.Errorf("%d unread, want 3", n)
	}
	posts, _ := tom.Posts(t.Context(), "acme", "")
	if err := tom.Call(t.Context(), http.MethodPost, "/api/seen", map[string]any{"channel": "acme", "post": posts[1].ID}, nil); err != nil {
		t.Fatal(err)
	}
	if n := unread(); n != 1 {
		t.Errorf("%d unread after reading two, want 1", n)
	}
	if _, err := tom.Say(t.Context(), "acme", "", "mine"); err != nil {
		t.Fatal(err)
	}
	if n := unread(); n != 1 {
		t.Errorf("%d unread after an own post, want 1", n)
	}
}

// TestUnreadReplies counts replies in threads that a person began or opened, until
// the thread is read; other threads are other people's.
func TestUnreadReplies(t *testing.T) {
	s := newSite(t)
	tom := s.as("tom")
	own, err := tom.Say(t.Context(), "acme", "", "it is down")
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.board.AddPost(t.Context(), chat.Post{Channel: "acme", Author: "ana", Content: text("a case of hers")})
	if err != nil {
		t.Fatal(err)
	}
	seen := func(thread string, post int64) (left int) {
		t.Helper()
		var answer struct{ Unread int }
		if err := tom.Call(t.Context(), http.MethodPost, "/api/seen", map[string]any{"channel": "acme", "thread": thread, "post": post}, &answer); err != nil {
			t.Fatal(err)
		}
		return answer.Unread
	}
	seen("", other.ID)
	mine, hers := refID(own.Post.ID), refID(other.ID)
	s.post(t, "r1", "acme", "")
	for i, thread := range []string{mine, mine, hers} {
		s.send(t, chat.Outgoing{Key: fmt.Sprint("reply", i), Audience: chat.Customer(), In: in("acme", thread), Content: text("we look")})
	}
	me, err := tom.Me(t.Context())
	if err != nil || me.Channels[0].Unread != 3 {
		t.Fatalf("%+v %v, want one post and two replies unread", me.Channels, err)
	}
	posts, _ := tom.Posts(t.Context(), "acme", "")
	if left := seen("", posts[len(posts)-1].ID); left != 2 {
		t.Errorf("%d left after the channel was read, want the two replies", left)
	}
	replies, _ := tom.Posts(t.Context(), "acme", mine)
	if !replies[len(replies)-1].Followed {
		t.Error("the thread that tom began is not followed")
	}
	if left := seen(mine, replies[0].ID); left != 1 {
		t.Errorf("%d left after one reply was read, want 1", left)
	}
	if left := seen(mine, replies[len(replies)-1].ID); left != 0 {
		t.Errorf("%d left after all was read", left)
	}
	if theirs, _ := tom.Posts(t.Context(), "acme", hers); len(theirs) != 1 || theirs[0].Followed {
		t.Errorf("the thread that ana began: %+v", theirs)
	}
}

func TestEarlierPosts(t *testing.T) {
	s := newSite(t)
	for i := range 120 {
		s.post(t, fmt.Sprint("k", i), []string{"acme", "huachen"}[i%2], "")
	}
	tom := s.as("tom")
	var got []string
	before := int64(1 << 40)
	for range 10 {
		var list struct {
			Posts []web.View
			End   bool
		}
		if err := tom.Call(t.Context(), http.MethodGet, fmt.Sprintf("/api/posts?channel=acme&limit=25&before=%d", before), nil, &list); err != nil {
			t.Fatal(err)
		}
		if len(list.Posts) > 0 {
			before = list.Posts[0].ID
		}
		for _, v := range slices.Backward(list.Posts) {
			got = append(got, v.Text)
		}
		if list.End {
			break
		}
	}
	if len(got) != 60 || got[0] != "text-k118" || got[59] != "text-k0" {
		t.Errorf("%d posts from %s to %s", len(got), got[0], got[len(got)-1])
	}
}
