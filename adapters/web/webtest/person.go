// Package webtest acts in the web workspace as a person would, over HTTP: for
// conformance suites, load drivers and other programs. It knows nothing that the
// documented API of package web does not say.
package webtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"hotline/adapters/web"
	"hotline/bot/chat"
)

// Person is somebody at the workspace. It is safe for concurrent use after the
// fields are set.
type Person struct {
	// Base is the address of the workspace, without a trailing slash.
	Base string
	// User is who to be, in demo. Token is the access token, elsewhere.
	User, Token string
	// Client is http.DefaultClient when nil. It must not have a timeout when
	// [Person.Listen] is used.
	Client *http.Client

	ear ear
}

// New is the person with the given id of a demo at base.
func New(base, user string) *Person {
	return &Person{Base: strings.TrimSuffix(base, "/"), User: user}
}

// Refused is what the workspace answered to something it would not do.
type Refused struct {
	Status int
	web.Refusal
}

// Error is the status, the code and what the person was told.
func (r *Refused) Error() string {
	return fmt.Sprintf("refused (%d %s): %s", r.Status, r.Code, r.Say)
}

func (p *Person) client() *http.Client {
	if p.Client != nil {
		return p.Client
	}
	return http.DefaultClient
}

func (p *Person) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, p.Base+path, body)
	if err != nil {
		return nil, err
	}
	if p.Token != "" {
		r.Header.Set("Authorization", "Bearer "+p.Token)
	} else {
		r.Header.Set("X-Hotline-As", p.User)
	}
	return r, nil
}

// Call makes a request with a JSON body (none when nil) and reads the answer into
// out (nothing when nil). An answer of 400 or more is a [*Refused], but 422 with
// errors beside fields, which is an answer.
func (p *Person) Call(ctx context.Context, method, path string, body, out any) error {
	var rd io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		rd = bytes.NewReader(b)
	}
	r, err := p.request(ctx, method, path, rd)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	return p.do(r, out)
}

func (p *Person) do(r *http.Request, out any) error {
	resp, err := p.client().Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return err
	}
	var no struct{ Error *web.Refusal }
	if resp.StatusCode >= 400 {
		_ = json.Unmarshal(b, &no) // what cannot be read is reported by the status
		if resp.StatusCode != http.StatusUnprocessableEntity || no.Error != nil {
			refused := &Refused{Status: resp.StatusCode}
			if no.Error != nil {
				refused.Refusal = *no.Error
			}
			return refused
		}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	return nil
}

// Act does something that becomes an event. body gets an "id" when it has none;
// to try the same act again, give the same "id".
func (p *Person) Act(ctx context.Context, method, path string, body map[string]any) (web.Done, error) {
	full := map[string]any{"id": uuid.NewString()}
	maps.Copy(full, body)
	var done web.Done
	err := p.Call(ctx, method, path, full, &done)
	return done, err
}

// Say posts in a channel, or in a thread of it when thread is the id of its first
// post. A text like "/status F-10427" is a command.
func (p *Person) Say(ctx context.Context, channel, thread, text string, files ...string) (web.Done, error) {
	return p.Act(ctx, http.MethodPost, "/api/posts", map[string]any{"channel": channel, "thread": thread, "text": text, "files": files})
}

// Reply posts in the thread of a post.
func (p *Person) Reply(ctx context.Context, to web.View, text string) (web.Done, error) {
	return p.Say(ctx, to.Channel, Thread(to), text)
}

// Thread is the id of the thread that a post is in or begins.
func Thread(v web.View) string {
	if v.Thread != "" {
		return v.Thread
	}
	return strconv.FormatInt(v.ID, 10)
}

// Command runs a verb with its arguments.
func (p *Person) Command(ctx context.Context, channel, thread, verb, args string) (web.Done, error) {
	return p.Act(ctx, http.MethodPost, "/api/commands", map[string]any{"channel": channel, "thread": thread, "verb": verb, "args": args})
}

// Click presses the button with a label on a post, folded ones included.
func (p *Person) Click(ctx context.Context, on web.View, label string) (web.Done, error) {
	for _, b := range on.Buttons {
		if b.Label == label && b.Action != "" {
			return p.Press(ctx, on, b.Action)
		}
	}
	labels := make([]string, len(on.Buttons))
	for i, b := range on.Buttons {
		labels[i] = b.Label
	}
	return web.Done{}, fmt.Errorf("post %d has no button %q, only %q", on.ID, label, labels)
}

// Press sends a button's action, whether or not the post shows it any more.
func (p *Person) Press(ctx context.Context, on web.View, action string) (web.Done, error) {
	return p.Act(ctx, http.MethodPost, postPath(on, "/press"), map[string]any{"action": action})
}

func postPath(v web.View, rest string) string {
	return "/api/posts/" + strconv.FormatInt(v.ID, 10) + rest
}

// Submit sends a form that was opened in a channel or thread. Errors beside
// fields are in the answer.
func (p *Person) Submit(ctx context.Context, channel, thread string, f *web.FormView, values map[string]string) (web.Done, error) {
	all := map[string]string{}
	for _, in := range f.Inputs {
		all[in.Name] = in.Value
	}
	maps.Copy(all, values)
	return p.Act(ctx, http.MethodPost, "/api/forms", map[string]any{"channel": channel, "thread": thread, "form": f.ID, "values": all})
}

// Edit changes an own post.
func (p *Person) Edit(ctx context.Context, v web.View, text string) (web.Done, error) {
	return p.Act(ctx, http.MethodPatch, postPath(v, ""), map[string]any{"text": text})
}

// Delete takes an own post back.
func (p *Person) Delete(ctx context.Context, v web.View) (web.Done, error) {
	return p.Act(ctx, http.MethodDelete, postPath(v, ""), nil)
}

// React puts an emoji, by its name, on a post or takes it off.
func (p *Person) React(ctx context.Context, v web.View, emoji string, removed bool) (web.Done, error) {
	return p.Act(ctx, http.MethodPost, postPath(v, "/reactions"), map[string]any{"emoji": emoji, "removed": removed})
}

// Shortcut uses an action of the message menu.
func (p *Person) Shortcut(ctx context.Context, v web.View, verb string) (web.Done, error) {
	return p.Act(ctx, http.MethodPost, postPath(v, "/shortcut"), map[string]any{"verb": verb})
}

// Me asks who the person is and what they can use.
func (p *Person) Me(ctx context.Context) (web.Me, error) {
	var me web.Me
	err := p.Call(ctx, http.MethodGet, "/api/me", nil, &me)
	return me, err
}

// Posts lists the newest posts of a channel or thread that the person can see, at
// most 200, oldest first.
func (p *Person) Posts(ctx context.Context, channel, thread string) ([]web.View, error) {
	var list struct{ Posts []web.View }
	q := url.Values{"channel": {channel}, "thread": {thread}, "limit": {"200"}}
	err := p.Call(ctx, http.MethodGet, "/api/posts?"+q.Encode(), nil, &list)
	return list.Posts, err
}

// Post reads one post again.
func (p *Person) Post(ctx context.Context, id int64) (web.View, error) {
	var v web.View
	err := p.Call(ctx, http.MethodGet, "/api/posts/"+strconv.FormatInt(id, 10), nil, &v)
	return v, err
}

// Suggest completes an argument.
func (p *Person) Suggest(ctx context.Context, channel, verb, arg, prefix string) ([]chat.Choice, error) {
	var list struct{ Choices []chat.Choice }
	q := url.Values{"channel": {channel}, "verb": {verb}, "arg": {arg}, "prefix": {prefix}}
	err := p.Call(ctx, http.MethodGet, "/api/suggest?"+q.Encode(), nil, &list)
	return list.Choices, err
}

// Upload sends a file and returns the id to give to [Person.Say].
func (p *Person) Upload(ctx context.Context, name, mediaType string, data []byte) (string, error) {
	r, err := p.request(ctx, http.MethodPost, "/api/files?name="+url.QueryEscape(name), bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", mediaType)
	var f struct{ ID string }
	err = p.do(r, &f)
	return f.ID, err
}

// Download fetches the data of a file of a post.
func (p *Person) Download(ctx context.Context, f web.FileView) ([]byte, error) {
	r, err := p.request(ctx, http.MethodGet, f.URL, nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.client().Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &Refused{Status: resp.StatusCode}
	}
	return io.ReadAll(io.LimitReader(resp.Body, chat.MaxFile+1))
}
