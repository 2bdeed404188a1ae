package web

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"hotline/bot/chat"
)

// Tickets is where the customer's page of a case comes from.
type Tickets interface {
	// Open gives the case and the person that a link's token was made for; ok is
	// false for a token that was not. It compares in constant time.
	Open(token string) (number string, who chat.Principal, ok bool)
	// Ticket returns what the customer may see of a case, and nothing else.
	Ticket(ctx context.Context, number string) (Ticket, error)
}

// Ticket is a case as its customer sees it.
type Ticket struct {
	Number, Title string
	// State is the state of the case, such as "new" or "resolved".
	State    string
	Severity int // 1 to 4, 0 when not yet set
	Owner    string
	Customer string
	Opened   time.Time
	// Due is when the next answer or fix is promised; zero when nothing is.
	Due time.Time
	// Solution is what was done, when the case is resolved.
	Solution string
	Timeline []TicketEntry
	// CanConfirm offers "fixed" and "not fixed", CanReopen only the latter,
	// CanRate the stars, CanReply the answer box.
	CanConfirm, CanReopen, CanRate, CanReply bool
	// Score is what was rated already, 0 when nothing was.
	Score int
	// Gen is the generation of the case that the buttons are for.
	Gen int
}

// TicketEntry is one thing that happened, as the customer may see it.
type TicketEntry struct {
	At time.Time
	// Who is a name; empty for Hotline itself.
	Who string
	// Customer marks what the customer's side said.
	Customer bool
	Text     chat.Text
	Files    []chat.File
}

func (a *Adapter) ticketRoutes(mux *http.ServeMux) {
	if a.cfg.Tickets == nil {
		return
	}
	mux.HandleFunc("GET /t/{token}", a.ticketPage)
	mux.HandleFunc("POST /t/{token}/{act}", a.ticketAct)
	mux.HandleFunc("GET /t/{token}/files/{entry}/{n}", a.ticketFile)
}

// openTicket checks a link and loads its case.
func (a *Adapter) openTicket(r *http.Request) (chat.Principal, Ticket, error) {
	token := r.PathValue("token")
	number, who, ok := "", chat.Principal{}, false
	if len(token) <= 2048 {
		number, who, ok = a.cfg.Tickets.Open(token)
	}
	if !ok || who.IsZero() {
		return who, Ticket{}, refuse(http.StatusNotFound, "bad_link")
	}
	t, err := a.cfg.Tickets.Ticket(r.Context(), number)
	if err != nil {
		a.cfg.Log.Warn("web: a ticket cannot be read", "case", number, "err", err)
		return who, Ticket{}, refuse(http.StatusNotFound, "bad_link")
	}
	return who, t, nil
}

type ticketData struct {
	frame
	Ticket  Ticket
	Token   string
	ActID   string
	Done    string // what was just done
	Problem string
	Draft   string
	Private []chat.Post // answers to this person
}

func (a *Adapter) ticketFrame(r *http.Request, lang string) frame {
	f := a.frame(r, User{}, "ticket")
	if _, err := r.Cookie(langCookie); err != nil && lang != "" {
		f.Lang = a.langOf(r, User{Lang: lang})
		f.Words = scriptWords(f.Lang)
	}
	return f
}

func (a *Adapter) ticketPage(w http.ResponseWriter, r *http.Request) {
	done := r.URL.Query().Get("done")
	if done != "reply" && done != "confirm" && done != "reopen" && done != "rate" {
		done = ""
	}
	a.drawTicket(w, r, http.StatusOK, done, nil, "")
}

func (a *Adapter) drawTicket(w http.ResponseWriter, r *http.Request, status int, done string, problem *fault, draft string) {
	who, t, err := a.openTicket(r)
	f := a.ticketFrame(r, who.Lang)
	if fa, ok := errors.AsType[*fault](err); ok {
		f.Title = a.cfg.Name
		a.draw(w, r, fa.status, "ticket_gone", struct {
			frame
			Problem string
		}{f, fa.say(f.Lang)})
		return
	}
	f.Title = t.Number + " · " + a.cfg.Name
	d := ticketData{frame: f, Ticket: t, Token: r.PathValue("token"), ActID: uuid.NewString(), Done: done, Draft: draft}
	if problem != nil {
		d.Problem = problem.say(f.Lang)
	}
	posts, err := a.cfg.Board.Posts(r.Context(), ticketPrefix+t.Number, "", -1, 20)
	if err == nil {
		for _, post := range posts {
			if post.Only == who.User {
				d.Private = append(d.Private, post)
			}
		}
	}
	a.draw(w, r, status, "ticket", d)
}

// ticketAct takes a form of the ticket page. The hidden id makes a double click
// one act.
func (a *Adapter) ticketAct(w http.ResponseWriter, r *http.Request) {
	who, t, err := a.openTicket(r)
	if err != nil {
		a.drawTicket(w, r, http.StatusNotFound, "", nil, "")
		return
	}
	fail := func(f *fault) { a.drawTicket(w, r, f.status, "", f, r.PostFormValue("text")) }
	if wait := a.limits.take("ticket:"+who.Key(), a.cfg.Now(), a.cfg.Rate, a.cfg.Burst); wait > 0 {
		fail(refuse(http.StatusTooManyRequests, "slow_down"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, chat.MaxFile+1<<20)
	if err := r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		fail(refuse(http.StatusRequestEntityTooLarge, "too_large", chat.MaxFile>>20))
		return
	}
	ev, err := a.ticketEvent(r, who, t)
	if err == nil {
		var ans chat.Answer
		if ans, err = a.in().Receive(r.Context(), ev); err != nil {
			f := refuse(http.StatusServiceUnavailable, "unavailable")
			f.text, err = ans.Say, f
		} else if ans.Say != "" {
			a.whisper(r.Context(), User{ID: who.User}, ev, ans.Say, who.Lang)
		}
	}
	if err != nil {
		f, ok := errors.AsType[*fault](err)
		if !ok {
			a.cfg.Log.Error("web: a ticket act failed", "case", t.Number, "err", err)
			f = refuse(http.StatusServiceUnavailable, "unavailable")
		}
		fail(f)
		return
	}
	http.Redirect(w, r, "/t/"+r.PathValue("token")+"?done="+r.PathValue("act"), http.StatusSeeOther)
}

// ticketEvent is what a form of the ticket page means. Every event names the case
// in Action.Case; a reply is a message in the place "ticket:NUMBER".
func (a *Adapter) ticketEvent(r *http.Request, who chat.Principal, t Ticket) (chat.Event, error) {
	id, err := uuid.Parse(r.PostFormValue("id"))
	if err != nil {
		return chat.Event{}, refuse(http.StatusBadRequest, "bad_id")
	}
	text, err := checkText(r.PostFormValue("text"), chat.MaxText)
	if err != nil {
		return chat.Event{}, err
	}
	at := place(ticketPrefix+t.Number, "")
	ev := chat.Event{
		Key: "t:" + who.Key() + ":" + id.String(), Kind: chat.KindButton, At: a.cfg.Now(), From: who, Where: at, Text: text,
		Message: chat.MessageRef{Place: at, ID: id.String()}, Action: chat.Action{Case: t.Number, Gen: t.Gen},
		Reply: a.replyHandle(User{ID: who.User}, at.Channel, ""),
	}
	switch act := r.PathValue("act"); act {
	case "reply":
		ev.Kind = chat.KindMessage
		if ev.Files, err = a.ticketFiles(r); err != nil {
			return ev, err
		}
		if text == "" && len(ev.Files) == 0 {
			return ev, refuse(http.StatusBadRequest, "empty")
		}
	case "confirm", "reopen":
		ev.Action.Verb = act
	case "rate":
		score, err := strconv.Atoi(r.PostFormValue("score"))
		if err != nil || score < 1 || score > 5 {
			return ev, refuse(http.StatusBadRequest, "bad_rating")
		}
		ev.Action.Verb, ev.Action.Arg = act, strconv.Itoa(score)
	default:
		return ev, refuse(http.StatusNotFound, "no_page")
	}
	return ev, nil
}

// ticketFiles stores the files of a reply.
func (a *Adapter) ticketFiles(r *http.Request) ([]chat.File, error) {
	if r.MultipartForm == nil {
		return nil, nil
	}
	var list []chat.File
	for _, head := range r.MultipartForm.File["file"] {
		if head.Filename == "" && head.Size == 0 {
			continue
		}
		switch {
		case a.cfg.Files == nil:
			return nil, refuse(http.StatusNotImplemented, "no_files")
		case len(list) == chat.MaxFiles:
			return nil, refuse(http.StatusBadRequest, "many_files", chat.MaxFiles)
		}
		data, err := readPart(head)
		if err != nil {
			return nil, err
		}
		f, err := a.keepUpload(r.Context(), "", head.Filename, head.Header.Get("Content-Type"), data)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

func readPart(head *multipart.FileHeader) ([]byte, error) {
	f, err := head.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, chat.MaxFile))
}

func (a *Adapter) ticketFile(w http.ResponseWriter, r *http.Request) {
	_, t, err := a.openTicket(r)
	lang := a.langOf(r, User{})
	i, err1 := strconv.Atoi(r.PathValue("entry"))
	n, err2 := strconv.Atoi(r.PathValue("n"))
	if err != nil || err1 != nil || err2 != nil || i < 0 || i >= len(t.Timeline) || n < 0 || n >= len(t.Timeline[i].Files) {
		a.writeFault(w, r, lang, refuse(http.StatusNotFound, "no_file"))
		return
	}
	a.serveFile(w, r, lang, t.Timeline[i].Files[n])
}
