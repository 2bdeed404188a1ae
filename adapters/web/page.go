package web

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hotline/bot/chat"
)

//go:embed pages
var pageFiles embed.FS

// pages are the parsed templates.
type pages struct {
	post *template.Template
	all  *template.Template
}

func loadPages(as *assets) *pages {
	t := template.New("").Funcs(funcs()).Funcs(template.FuncMap{"asset": as.url})
	t = template.Must(t.ParseFS(pageFiles, "pages/*.html")) // embedded, and parsed by every test
	return &pages{post: t.Lookup("post"), all: t}
}

// frame is what every page knows.
type frame struct {
	Lang, Theme string
	Title       string
	House, Bot  string
	User        User
	Demo        bool
	As          string // the person named in the address, in demo
	Page        string // which entry of the menu is current
	Channels    []ChannelView
	People      []User
	Links       []pageLink
	Words       map[string]string
	Emojis      []React // to choose from
	Verbs       []VerbView
	Last        string // id of the newest change when the page was drawn
	MaxText     int
	MaxFile     int
	MaxFiles    int
}

type pageLink struct{ ID, Path, Word string }

func (a *Adapter) frame(r *http.Request, u User, page string) frame {
	lang := a.langOf(r, u)
	f := frame{
		Lang: lang, House: a.cfg.Name, Bot: a.cfg.Bot, User: u, Demo: a.cfg.Demo, Page: page,
		Words: scriptWords(lang), Emojis: quickEmojis, Last: a.hub.eventID(a.hub.last()), MaxText: chat.MaxText, MaxFile: chat.MaxFile,
	}
	if c, err := r.Cookie("hotline_theme"); err == nil && (c.Value == "dark" || c.Value == "light") {
		f.Theme = c.Value
	}
	if a.cfg.Files != nil {
		f.MaxFiles = chat.MaxFiles
	}
	if u.ID == "" {
		return f
	}
	f.Channels, f.Verbs, f.Links = a.channelViews(r.Context(), u), a.verbViews(lang), a.links(u)
	if a.cfg.Demo {
		f.As, f.People = r.URL.Query().Get("as"), a.users()
	}
	return f
}

// links lists the pages that u may open.
func (a *Adapter) links(u User) []pageLink {
	var list []pageLink
	add := func(there bool, id, path string) {
		if there {
			list = append(list, pageLink{id, path, "page_" + id})
		}
	}
	add(a.cfg.Queue != nil && u.Staff(), "queue", "/queue")
	add(a.cfg.OnCall != nil && u.Staff(), "oncall", "/oncall")
	add(a.cfg.Fairness != nil && u.Staff(), "fairness", "/fairness")
	add(a.cfg.Articles != nil, "kb", "/kb")
	add(a.cfg.Health != nil && u.Staff(), "health", "/health")
	return list
}

// draw writes a page, whole or not at all.
func (a *Adapter) draw(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var b bytes.Buffer
	if err := a.pages.all.ExecuteTemplate(&b, name, data); err != nil {
		a.cfg.Log.Error("web: a page cannot be drawn", "page", name, "err", err)
		http.Error(w, "This page cannot be drawn now.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, cleanText(b.String())) // an error means that the reader is gone
}

// person wraps a page for people who are logged in; others get the login page.
func (a *Adapter) person(f func(w http.ResponseWriter, r *http.Request, u User)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		u, ok := a.identify(r)
		if !ok {
			a.loginPage(w, r, "")
			return
		}
		f(w, r, u)
	}
}

func (a *Adapter) loginPage(w http.ResponseWriter, r *http.Request, problem string) {
	fr := a.frame(r, User{}, "login")
	fr.Title = translate(fr.Lang, "login_title")
	a.draw(w, r, http.StatusUnauthorized, "login", struct {
		frame
		Problem string
	}{fr, problem})
}

// loginLink asks for a click before a link is used up, because chat programs and
// mail scanners fetch links to show a preview.
func (a *Adapter) loginLink(w http.ResponseWriter, r *http.Request) {
	fr := a.frame(r, User{}, "login")
	fr.Title = translate(fr.Lang, "login_title")
	p, ok := unseal(a.cfg.Secret, r.PathValue("token"), "login", a.cfg.Now())
	if !ok {
		a.loginPage(w, r, refusals["bad_token"].In(fr.Lang))
		return
	}
	a.draw(w, r, http.StatusOK, "login_link", struct {
		frame
		Name, Token string
	}{fr, a.user(p.User).Name, r.PathValue("token")})
}

func (a *Adapter) loginRedeem(w http.ResponseWriter, r *http.Request) {
	u, err := a.redeem(r.Context(), r.PathValue("token"))
	if err != nil {
		a.loginPage(w, r, refusals["bad_token"].In(a.langOf(r, User{})))
		return
	}
	a.startSession(w, u)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// loginForm takes the token that was typed on the login page.
func (a *Adapter) loginForm(w http.ResponseWriter, r *http.Request) {
	lang := a.langOf(r, User{})
	if wait := a.limits.take("login:"+clientHost(r), a.cfg.Now(), 1, 20); wait > 0 {
		a.loginPage(w, r, refusals["slow_down"].In(lang))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	u, ok := a.byToken(strings.TrimSpace(r.PostFormValue("token")))
	if !ok {
		a.loginPage(w, r, refusals["bad_token"].In(lang))
		return
	}
	a.startSession(w, u)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func clientHost(r *http.Request) string {
	host, _, _ := strings.Cut(r.RemoteAddr, "]")
	if i := strings.LastIndex(r.RemoteAddr, ":"); i > 0 {
		host = r.RemoteAddr[:i]
	}
	return host
}

func (a *Adapter) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", a.person(a.firstPage))
	mux.HandleFunc("GET /c/{channel}", a.person(a.chatPage))
	mux.HandleFunc("GET /c/{channel}/t/{thread}", a.person(a.chatPage))
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) { a.loginPage(w, r, "") })
	mux.HandleFunc("POST /login", a.loginForm)
	mux.HandleFunc("GET /login/{token}", a.loginLink)
	mux.HandleFunc("POST /login/{token}", a.loginRedeem)
	a.ticketRoutes(mux)
	a.staffRoutes(mux)
	mux.HandleFunc("/", a.person(func(w http.ResponseWriter, r *http.Request, u User) {
		a.problemPage(w, r, u, refuse(http.StatusNotFound, "no_page"))
	}))
}

// problemPage says in the frame of the workspace why there is nothing to see.
func (a *Adapter) problemPage(w http.ResponseWriter, r *http.Request, u User, f *fault) {
	fr := a.frame(r, u, "")
	fr.Title = a.cfg.Name
	a.draw(w, r, f.status, "problem", struct {
		frame
		Problem string
	}{fr, f.say(fr.Lang)})
}

// firstPage opens the first channel with something unread, else the first.
func (a *Adapter) firstPage(w http.ResponseWriter, r *http.Request, u User) {
	channels := a.channelViews(r.Context(), u)
	i := max(0, slices.IndexFunc(channels, func(c ChannelView) bool { return c.Unread > 0 }))
	to := "/c/" + channels[i].ID
	if q := r.URL.RawQuery; q != "" {
		to += "?" + q
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// pagePosts is how many posts the first page holds.
const pagePosts = 50

type chatData struct {
	frame
	Channel  ChannelView
	Home     bool
	Direct   bool
	Internal bool
	Posts    []drawn
	Seen     int64 // up to which post the person has read
	Older    bool
	Thread   string
	Root     *drawn
	Replies  []drawn
}

// drawn is a post's view with its HTML marked as drawn by us.
type drawn struct {
	View
	Safe template.HTML
}

func drawnOf(views []View) []drawn {
	list := make([]drawn, len(views))
	for i, v := range views {
		list[i] = drawn{v, template.HTML(v.HTML)} // from the post template, which escapes
	}
	return list
}

func (a *Adapter) chatPage(w http.ResponseWriter, r *http.Request, u User) {
	ctx := r.Context()
	id := r.PathValue("channel")
	ch, ok := a.channelFor(ctx, u, id)
	if !ok {
		a.problemPage(w, r, u, refuse(http.StatusNotFound, "no_channel"))
		return
	}
	d := chatData{
		frame: a.frame(r, u, "c:"+id), Home: strings.HasPrefix(id, homePrefix), Direct: strings.HasPrefix(id, dmPrefix),
		Internal: !ch.Audience.IsCustomer(),
	}
	d.Channel = ChannelView{ID: ch.ID, Name: ch.Name, Topic: ch.Topic}
	if d.Home {
		d.Channel.Name = translate(d.Lang, "home")
	}
	d.Title = d.Channel.Name + " · " + a.cfg.Name
	d.Seen = a.seenBy(ctx, u)[id]
	posts, err := a.cfg.Board.Posts(ctx, id, "", -1, pagePosts)
	if err == nil {
		d.Posts, d.Older = drawnOf(a.views(ctx, u, d.Lang, posts)), len(posts) == pagePosts
		err = a.addThread(ctx, &d, u, r.PathValue("thread"))
	}
	if f, isFault := err.(*fault); isFault {
		a.problemPage(w, r, u, f)
		return
	}
	if err != nil {
		a.cfg.Log.Error("web: a channel cannot be read", "channel", id, "err", err)
		a.problemPage(w, r, u, refuse(http.StatusServiceUnavailable, "unavailable"))
		return
	}
	a.draw(w, r, http.StatusOK, "chat", d)
}

// addThread adds the open thread to the page.
func (a *Adapter) addThread(ctx context.Context, d *chatData, u User, thread string) error {
	if thread == "" {
		return nil
	}
	root, err := a.postFor(ctx, u, thread)
	if err != nil || root.Thread != "" || root.Channel != d.Channel.ID {
		return refuse(http.StatusNotFound, "no_post")
	}
	replies, err := a.cfg.Board.Posts(ctx, root.Channel, thread, -1, 4*pagePosts)
	if err != nil {
		return err
	}
	d.Thread = strconv.FormatInt(root.ID, 10)
	d.Root = &drawnOf(a.views(ctx, u, d.Lang, []chat.Post{root}))[0]
	d.Replies = drawnOf(a.views(ctx, u, d.Lang, replies))
	d.Title = cmp.Or(d.Root.Number, translate(d.Lang, "thread")) + " · " + d.Title
	return nil
}
