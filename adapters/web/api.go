package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
	"unicode/utf8"

	"hotline/bot/chat"
)

// maxBody bounds a JSON request: the longest text with every byte escaped, and
// some room.
const maxBody = 6*chat.MaxText + 64<<10

// call is one request of the API.
type call struct {
	*http.Request
	w    http.ResponseWriter
	user User
	lang string
}

// api wraps an API handler: who it is, how often, and how the result is written.
func (a *Adapter) api(f func(c *call) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lang := a.langOf(r, User{})
		u, ok := a.identify(r)
		if !ok {
			a.writeFault(w, r, lang, refuse(http.StatusUnauthorized, "login"))
			return
		}
		c := &call{Request: r, w: w, user: u, lang: a.langOf(r, u)}
		if r.Method != http.MethodGet {
			if wait := a.limits.take(u.ID, a.cfg.Now(), a.cfg.Rate, a.cfg.Burst); wait > 0 {
				f := refuse(http.StatusTooManyRequests, "slow_down")
				f.retry = wait
				a.writeFault(w, r, c.lang, f)
				return
			}
		}
		v, err := f(c)
		if err != nil {
			a.writeFault(w, r, c.lang, err)
			return
		}
		status := http.StatusOK
		if d, ok := v.(Done); ok && len(d.Errors) > 0 {
			status = http.StatusUnprocessableEntity
		}
		writeJSON(w, status, v)
	}
}

// decode reads a JSON request of at most maxBody bytes; what is wrong with it is
// said.
func (c *call) decode(v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, maxBody))
	if err != nil {
		if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return refuse(http.StatusRequestEntityTooLarge, "too_long", c.ContentLength, tooBig.Limit)
		}
		return refuse(http.StatusBadRequest, "bad_json", "the body ended early")
	}
	return decodeRequest(body, v)
}

// decodeRequest reads one JSON value with known fields only.
func decodeRequest(body []byte, v any) error {
	if !utf8.Valid(body) {
		return refuse(http.StatusBadRequest, "bad_utf8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return refuse(http.StatusBadRequest, "bad_json", jsonProblem(err))
	}
	if _, err := dec.Token(); err != io.EOF {
		return refuse(http.StatusBadRequest, "bad_json", "more than one value")
	}
	return nil
}

// jsonProblem says what is wrong without repeating what was sent.
func jsonProblem(err error) string {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("%q cannot be a %s", t.Field, t.Value)
	}
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("not JSON at byte %d", s.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "not complete JSON"
	}
	return "a field that is not known, or a value that does not fit"
}

// Done is what the API answers to an act.
type Done struct {
	Post      *View             `json:"post,omitempty"`
	Form      *FormView         `json:"form,omitempty"`
	Errors    map[string]string `json:"errors,omitempty"`
	Say       string            `json:"say,omitempty"`
	Follows   bool              `json:"follows,omitempty"`
	Duplicate bool              `json:"duplicate,omitempty"`
}

// Me is what GET /api/me answers.
type Me struct {
	User     Person        `json:"user"`
	Channels []ChannelView `json:"channels"`
	People   []Person      `json:"people,omitempty"` // in demo: who one can be
	Verbs    []VerbView    `json:"verbs"`
	MaxText  int           `json:"max_text"`  // bytes
	MaxFile  int           `json:"max_file"`  // bytes
	MaxFiles int           `json:"max_files"` // with one message; 0 when none can be attached
}

// Person is a [User] as the API shows it.
type Person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Lang  string `json:"lang,omitempty"`
	Role  string `json:"role,omitempty"`
	Label string `json:"label,omitempty"`
}

// ChannelView is a channel as one person sees it.
type ChannelView struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Topic  string `json:"topic,omitempty"`
	Unread int    `json:"unread,omitempty"` // at most 99
}

// VerbView is a verb in the person's language.
type VerbView struct {
	Name     string    `json:"name"`
	Help     string    `json:"help,omitempty"`
	Args     []ArgView `json:"args,omitempty"`
	Shortcut string    `json:"shortcut,omitempty"`
}

// ArgView is an argument of a verb in the person's language.
type ArgView struct {
	Name     string        `json:"name"`
	Help     string        `json:"help,omitempty"`
	Required bool          `json:"required,omitempty"`
	Rest     bool          `json:"rest,omitempty"`
	Complete bool          `json:"complete,omitempty"`
	Choices  []chat.Choice `json:"choices,omitempty"`
}

func (a *Adapter) me(c *call) (any, error) {
	m := Me{
		User: personOf(c.user), Channels: a.channelViews(c.Context(), c.user), Verbs: a.verbViews(c.lang),
		MaxText: chat.MaxText, MaxFile: chat.MaxFile,
	}
	if a.cfg.Files != nil {
		m.MaxFiles = chat.MaxFiles
	}
	if a.cfg.Demo {
		for _, u := range a.users() {
			m.People = append(m.People, personOf(u))
		}
	}
	return m, nil
}

func personOf(u User) Person { return Person{u.ID, u.Name, u.Lang, u.Role, u.Label} }

func inLang(m map[string]string, lang string) string {
	if s := m[lang]; s != "" {
		return s
	}
	return m["en"]
}

func (a *Adapter) verbViews(lang string) []VerbView {
	list := make([]VerbView, 0, len(a.cfg.Verbs))
	for _, v := range a.cfg.Verbs {
		view := VerbView{Name: v.Name, Help: inLang(v.Help, lang), Shortcut: inLang(v.Shortcut, lang)}
		for _, arg := range v.Args {
			view.Args = append(view.Args, ArgView{arg.Name, inLang(arg.Help, lang), arg.Required, arg.Rest, arg.Complete, arg.Choices})
		}
		list = append(list, view)
	}
	return list
}

// suggest completes an argument. The choices that the table lists are filtered
// here; the others are asked from the inbox.
func (a *Adapter) suggest(c *call) (any, error) {
	q := c.URL.Query()
	ch, ok := a.channelFor(c.Context(), c.user, q.Get("channel"))
	if !ok {
		return nil, refuse(http.StatusNotFound, "no_channel")
	}
	choices := a.in().Suggest(c.Context(), chat.Suggest{
		From: a.principal(c.user), Where: place(ch.ID, q.Get("thread")),
		Verb: cutText(q.Get("verb"), 64), Arg: cutText(q.Get("arg"), 64), Prefix: cutText(q.Get("prefix"), 200),
	})
	if choices == nil {
		choices = []chat.Choice{}
	}
	return map[string]any{"choices": choices[:min(len(choices), 25)]}, nil
}

// routes is the table of the API and the pages.
func (a *Adapter) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, f := range map[string]func(*call) (any, error){
		"GET /api/me":                      a.me,
		"GET /api/posts":                   a.listPosts,
		"GET /api/posts/{post}":            a.onePost,
		"POST /api/posts":                  a.say,
		"PATCH /api/posts/{post}":          a.revise,
		"DELETE /api/posts/{post}":         a.takeBack,
		"POST /api/posts/{post}/reactions": a.reaction,
		"POST /api/posts/{post}/press":     a.press,
		"POST /api/posts/{post}/shortcut":  a.shortcut,
		"POST /api/commands":               a.command,
		"POST /api/forms":                  a.form,
		"POST /api/home":                   a.home,
		"GET /api/suggest":                 a.suggest,
		"POST /api/files":                  a.upload,
		"POST /api/seen":                   a.seen,
	} {
		mux.HandleFunc(pattern, a.api(f))
	}
	mux.HandleFunc("GET /api/stream", a.stream)
	mux.HandleFunc("GET /files/{post}/{n}", a.download)
	mux.HandleFunc("POST /api/session", a.logIn)
	mux.HandleFunc("DELETE /api/session", a.logOut)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		a.writeFault(w, r, a.langOf(r, User{}), refuse(http.StatusNotFound, "no_page"))
	})
	mux.HandleFunc("GET /assets/{name}", a.assets.serve)
	a.pageRoutes(mux)
	return mux
}

// streamBeat is how often an idle stream says that it is alive.
const streamBeat = 15 * time.Second
