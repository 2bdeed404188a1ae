package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
	"hotline/bot/say"
)

var onCallWords = say.Words{EN: "on call: %s", ZH: "值班中:%s"}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

var (
	wordAckAsk   = say.Words{EN: "Take %s?", ZH: "接单 %s?"}
	wordAckYes   = say.Words{EN: "Acknowledge", ZH: "接单"}
	wordAckDone  = say.Words{EN: "You have %s now.", ZH: "%s 已由你负责。"}
	wordLinkDead = say.Words{EN: "This link does not work any more. Look at the newest message.", ZH: "此链接已失效,请查看最新消息。"}
)

// linkPage is the whole page behind a link in a mail or message: one sentence and at
// most one button. Opening it changes nothing, because mail scanners open links.
var linkPage = template.Must(template.New("link").Parse(`<!doctype html><html lang="{{.Lang}}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Hotline</title>
<body><main><h1>{{.Title}}</h1><p>{{.Text}}</p>{{if .Button}}<form method="post"><button autofocus>{{.Button}}</button></form>{{end}}</main></body></html>`))

type linkView struct{ Lang, Title, Text, Button string }

func (h *hotline) showLink(w http.ResponseWriter, status int, v linkView) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; form-action 'self'")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	if err := linkPage.Execute(w, v); err != nil {
		h.log.Debug("link page", "err", err)
	}
}

// ackLink reads an acknowledgement link: who, which case, which episode.
func (h *hotline) ackLink(r *http.Request) (actor bot.Actor, c bot.Case, episode int, err error) {
	w := h.desk.Snapshot()
	parts, ok := w.Org.LinkKey.Open(r.PathValue("token"))
	if !ok || len(parts) != 4 || parts[0] != "ack" {
		return actor, c, 0, bot.ErrNotFound
	}
	actor = w.ActorByID(parts[1])
	if episode, err = strconv.Atoi(parts[3]); err != nil || !actor.Role.Staff() {
		return actor, c, 0, bot.ErrNotFound
	}
	err = h.store.View(r.Context(), func(rd bot.Reader) (err error) {
		c, err = rd.CaseByNumber(parts[2])
		return err
	})
	return actor, c, episode, err
}

func (h *hotline) showAck(w http.ResponseWriter, r *http.Request) {
	actor, c, episode, err := h.ackLink(r)
	lang := actor.Lang
	if err != nil || episode != c.Episode || !c.State.Untaken() {
		h.showLink(w, http.StatusGone, linkView{Lang: lang, Title: "Hotline", Text: wordLinkDead.In(lang)})
		return
	}
	h.showLink(w, http.StatusOK, linkView{Lang: lang, Title: wordAckAsk.In(lang, c.Number), Text: c.Title, Button: wordAckYes.In(lang)})
}

// takeAck acknowledges. The signed link is the proof of who asks.
func (h *hotline) takeAck(w http.ResponseWriter, r *http.Request) {
	actor, c, episode, err := h.ackLink(r)
	lang := actor.Lang
	if err != nil || episode != c.Episode {
		h.showLink(w, http.StatusGone, linkView{Lang: lang, Title: "Hotline", Text: wordLinkDead.In(lang)})
		return
	}
	_, err = h.desk.Do(r.Context(), actor, c.ID, bot.Acknowledge{})
	if refused, ok := errors.AsType[*bot.UserError](err); ok {
		h.showLink(w, http.StatusConflict, linkView{Lang: lang, Title: "Hotline", Text: refused.Say})
		return
	}
	if err != nil {
		h.log.Error("acknowledge by link", "case", c.Number, "err", err)
		h.showLink(w, http.StatusServiceUnavailable, linkView{Lang: lang, Title: "Hotline", Text: wordLinkDead.In(lang)})
		return
	}
	h.showLink(w, http.StatusOK, linkView{Lang: lang, Title: "Hotline", Text: wordAckDone.In(lang, c.Number)})
}

// feedURL is the secret address of a calendar: of a schedule, or of one person.
func (h *hotline) feedURL(schedule, person string) string {
	w := h.desk.Snapshot()
	if w.Org.BaseURL == "" || len(w.Org.LinkKey) == 0 {
		return ""
	}
	return w.Org.BaseURL + "/feeds/" + w.Org.LinkKey.Sign("feed", schedule, person) + ".ics"
}

// feedAhead is how far a calendar feed reaches.
const feedAhead = 90 * 24 * time.Hour

// serveFeed writes who is on call as a calendar, from the same function that pages.
func (h *hotline) serveFeed(w http.ResponseWriter, r *http.Request) {
	world := h.desk.Snapshot()
	parts, ok := world.Org.LinkKey.Open(strings.TrimSuffix(r.PathValue("token"), ".ics"))
	if !ok || len(parts) != 3 || parts[0] != "feed" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	if _, err := w.Write([]byte(calendar(world, parts[1], parts[2]))); err != nil {
		h.log.Debug("feed", "err", err)
	}
}

// calendar is the iCalendar of one schedule (all when empty) and one person
// (everybody when empty).
func calendar(w bot.World, schedule, person string) string {
	cal := ics.NewCalendar()
	cal.SetMethod(ics.MethodPublish)
	cal.SetProductId("-//Hotline//On call//EN")
	for _, s := range w.Org.Schedules {
		if schedule != "" && s.ID != schedule {
			continue
		}
		for _, span := range oncall.Timeline(s, w.Overrides(s.ID), w.Roster.Absences, w.Now.Add(-7*24*time.Hour), w.Now.Add(feedAhead)) {
			for _, p := range span.Responders {
				if person != "" && p != person {
					continue
				}
				ev := cal.AddEvent(hashToken(s.ID + p + span.From.String())[:24] + "@hotline")
				ev.SetDtStampTime(w.Now)
				ev.SetStartAt(span.From)
				ev.SetEndAt(span.To)
				ev.SetSummary(w.Name(p) + " – " + s.Name)
			}
		}
	}
	return cal.Serialize()
}

// usedLinks remembers in the store which login links were used.
type usedLinks struct{ h *hotline }

// Use reports true the first time it is called with key.
func (u usedLinks) Use(ctx context.Context, key string, until time.Time) (first bool, err error) {
	err = u.h.store.Do(ctx, func(tx bot.Tx) error {
		_, err := tx.Record(bot.RecToken, hashToken(key))
		if !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		first = true
		return bot.PutJSON(tx, bot.RecToken, hashToken(key), until)
	})
	return first && err == nil, err
}

// webFiles keeps attachments of the workspace in the store.
type webFiles struct{ h *hotline }

// Put stores a file and returns its id.
func (f webFiles) Put(ctx context.Context, file chat.File) (string, error) {
	id := newID()
	sum := sha256.Sum256(file.Data)
	err := f.h.store.Do(ctx, func(tx bot.Tx) error {
		return tx.PutFile(bot.StoredFile{ID: id, Name: file.Name, Type: file.Type, Hash: hex.EncodeToString(sum[:]), Audience: chat.Customer(), Data: file.Data, At: tx.Now()})
	})
	return id, err
}

// Get returns a file with its data.
func (f webFiles) Get(ctx context.Context, id string) (chat.File, error) {
	var s bot.StoredFile
	err := f.h.store.View(ctx, func(r bot.Reader) (err error) {
		s, err = r.File(id)
		return err
	})
	return chat.File{ID: id, Name: s.Name, Type: s.Type, Size: int64(len(s.Data)), Data: s.Data}, err
}
