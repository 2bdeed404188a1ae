package web

import (
	"bytes"
	"cmp"
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/bot/chat"
)

// View is a post as one person sees it.
type View struct {
	ID      int64  `json:"id"`
	Channel string `json:"channel"`
	Thread  string `json:"thread,omitempty"`
	Author  string `json:"author"` // "" for the bot
	Name    string `json:"name"`
	// Private says that only the reader sees it.
	Private bool   `json:"private,omitempty"`
	Text    string `json:"text"` // everything it says, without markup
	// Title and Number are those of its card.
	Title   string       `json:"title,omitempty"`
	Number  string       `json:"number,omitempty"`
	Case    string       `json:"case,omitempty"`
	Buttons []ButtonView `json:"buttons,omitempty"` // all of them, folded ones too
	Files   []FileView   `json:"files,omitempty"`
	Reacts  []React      `json:"reacts,omitempty"`
	Urgent  bool         `json:"urgent,omitempty"`
	Deleted bool         `json:"deleted,omitempty"`
	Mine    bool         `json:"mine,omitempty"`
	Lang    string       `json:"lang,omitempty"`
	At      time.Time    `json:"at"`
	Edited  time.Time    `json:"edited,omitzero"`
	// Replies counts the replies that the reader can see; Unread those not read.
	Replies int `json:"replies,omitempty"`
	Unread  int `json:"unread,omitempty"`
	// Followed says that a reply stands in a thread that the reader began or opened.
	Followed bool      `json:"followed,omitempty"`
	LastAt   time.Time `json:"last_at,omitzero"`
	Revision int64     `json:"revision"`
	// HTML is the post as the page shows it.
	HTML string `json:"html"`
}

// ButtonView is a button that can be pressed by its action, or followed.
type ButtonView struct {
	Label  string `json:"label"`
	Action string `json:"action,omitempty"`
	URL    string `json:"url,omitempty"`
	Style  string `json:"style,omitempty"`
}

// FileView is an attachment and where to fetch it.
type FileView struct {
	Name  string `json:"name"`
	Type  string `json:"type,omitempty"`
	Size  int64  `json:"size"`
	URL   string `json:"url"`
	Image bool   `json:"image,omitempty"`
}

// React is one emoji on a post.
type React struct {
	Emoji string   `json:"emoji"` // the neutral name
	Glyph string   `json:"glyph"`
	Names []string `json:"names"`
	Mine  bool     `json:"mine,omitempty"`
}

// FormView is a form to fill in.
type FormView struct {
	ID     string      `json:"id"`
	Title  string      `json:"title"`
	Submit string      `json:"submit"`
	Intro  string      `json:"intro,omitempty"`
	Inputs []InputView `json:"inputs"`
}

// InputView is one field of a form.
type InputView struct {
	Name     string        `json:"name"`
	Label    string        `json:"label"`
	Hint     string        `json:"hint,omitempty"`
	Kind     string        `json:"kind"` // line, text or choice
	Value    string        `json:"value,omitempty"`
	Required bool          `json:"required,omitempty"`
	Max      int           `json:"max"` // characters
	Choices  []chat.Choice `json:"choices,omitempty"`
}

func formView(f chat.Form, lang string) *FormView {
	v := &FormView{ID: f.ID, Title: f.Title, Submit: cmp.Or(f.Submit, words["send"].In(lang)), Intro: f.Intro.String()}
	for _, in := range f.Inputs {
		kind := cmp.Or(in.Kind, chat.FieldLine)
		v.Inputs = append(v.Inputs, InputView{in.Name, in.Label, in.Hint, string(kind), in.Value, in.Required, cmp.Or(in.Max, 3000), in.Choices})
	}
	return v
}

// view draws a post for u. The post's own texts keep their language; what the page
// adds is in lang.
func (a *Adapter) view(ctx context.Context, u User, lang string, p chat.Post) View {
	return a.viewSeen(ctx, u, lang, p, a.seenBy(ctx, u))
}

// seenBy is how far u has read everywhere. When it is not known, everything counts
// as unread.
func (a *Adapter) seenBy(ctx context.Context, u User) map[string]int64 {
	seen, err := a.cfg.Board.SeenUpTo(ctx, u.ID)
	if err != nil && ctx.Err() == nil {
		a.cfg.Log.Warn("web: unread marks cannot be read", "err", err)
	}
	return seen
}

func (a *Adapter) viewSeen(ctx context.Context, u User, lang string, p chat.Post, seen map[string]int64) View {
	v := View{
		ID: p.ID, Channel: p.Channel, Thread: p.Thread, Author: p.Author, Name: p.Name, Private: p.Only != "",
		Text: p.Content.String(), Case: p.Case, Urgent: p.Urgent, Deleted: p.Deleted, Lang: p.Lang,
		Mine: p.Author != "" && p.Author == u.ID, At: p.At, Edited: p.Edited, Revision: p.Revision,
	}
	if v.Author == "" {
		v.Name = a.cfg.Bot
	} else if known, ok := a.findUser(p.Author); ok {
		v.Name = known.Name
	}
	if c := p.Content.Card; c != nil {
		v.Title, v.Number = c.Title, c.Number
	}
	v.Buttons = buttonViews(p.Content)
	for i, f := range p.Content.Files {
		v.Files = append(v.Files, FileView{f.Name, f.Type, f.Size, fileURL(p.ID, i), isImage(f)})
	}
	for name, who := range p.Reacts {
		r := React{Emoji: name, Glyph: emojiGlyph(name)}
		for _, x := range who {
			r.Names = append(r.Names, x.Name)
			r.Mine = r.Mine || x.ID == u.ID
		}
		v.Reacts = append(v.Reacts, r)
	}
	slices.SortFunc(v.Reacts, func(x, y React) int { return cmp.Compare(x.Emoji, y.Emoji) })
	if p.Thread == "" {
		a.countReplies(ctx, u, p, &v, seen)
	} else {
		_, v.Followed = seen[chat.SeenKey(p.Channel, p.Thread)]
	}
	v.HTML = a.drawPost(lang, p, v)
	return v
}

func fileURL(post int64, n int) string {
	return "/files/" + strconv.FormatInt(post, 10) + "/" + strconv.Itoa(n)
}

// maxReplies bounds the counting of replies.
const maxReplies = 500

// countReplies counts what u can see below a post.
func (a *Adapter) countReplies(ctx context.Context, u User, p chat.Post, v *View, seen map[string]int64) {
	root := strconv.FormatInt(p.ID, 10)
	replies, err := a.cfg.Board.Posts(ctx, p.Channel, root, p.ID, maxReplies)
	if err != nil || len(replies) == 0 {
		return
	}
	upTo := seen[chat.SeenKey(p.Channel, root)]
	for _, r := range replies {
		if r.Deleted || (r.Only != "" && r.Only != u.ID) {
			continue
		}
		v.Replies++
		v.LastAt = r.At
		if r.ID > upTo && r.Author != u.ID {
			v.Unread++
		}
	}
}

// buttonViews lists the buttons of a post in reading order.
func buttonViews(c chat.Content) []ButtonView {
	var list []ButtonView
	add := func(buttons []chat.Button) {
		for _, b := range buttons {
			list = append(list, buttonView(b))
		}
	}
	if c.Card != nil {
		for _, it := range c.Card.Items {
			add(it.Buttons)
		}
		add(c.Card.Buttons)
		add(c.Card.More)
	}
	add(c.Buttons)
	return list
}

func buttonView(b chat.Button) ButtonView {
	v := ButtonView{Label: b.Label, Style: string(b.Style)}
	if b.URL != "" {
		v.URL = safeURL(b.URL)
	} else {
		v.Action, _ = chat.EncodeAction(b.Action)
	}
	return v
}

// safeURL is s when it is http or https or a path of this site, else "".
func safeURL(s string) string {
	low := strings.ToLower(s)
	if strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://") ||
		(strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && !strings.HasPrefix(s, `/\`)) {
		return s
	}
	return ""
}

// drawPost renders the post's template.
func (a *Adapter) drawPost(lang string, p chat.Post, v View) string {
	var b bytes.Buffer
	err := a.pages.post.Execute(&b, postData{
		View: v, Lang: lang, Content: p.Content, Avatar: avatarOf(v.Name, a.user(p.Author).Avatar, v.Author == ""),
		Shortcuts: a.shortcuts(lang, p, v), Number: cmp.Or(v.Number, p.Case),
	})
	if err != nil {
		a.cfg.Log.Error("web: a post cannot be drawn", "post", p.ID, "err", err)
		return `<div class="body">` + template.HTMLEscapeString(v.Text) + `</div>`
	}
	return cleanText(b.String()) // names and labels may hold marks that turn text around
}

func (a *Adapter) shortcuts(lang string, p chat.Post, v View) []VerbView {
	if p.Deleted || p.Author == "" || v.Private {
		return nil
	}
	return slices.DeleteFunc(a.verbViews(lang), func(v VerbView) bool { return v.Shortcut == "" })
}
