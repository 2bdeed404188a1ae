package slack

import (
	"context"
	"encoding/json"
	"time"

	sdk "github.com/slack-go/slack"

	"hotline/bot/chat"
)

// How long the parts of receiving may take. Slack waits three seconds for an
// acknowledgement; Receive takes two at most.
const (
	receiveWithin = 2500 * time.Millisecond
	formWithin    = 2500 * time.Millisecond
	aroundWithin  = 15 * time.Second
	emojiWithin   = 2 * time.Second
	hookWithin    = 10 * time.Second
	hookLife      = 30 * time.Minute
	hookUses      = 5
)

// onEvent stores an event. done is called with whether Slack may be told that it
// was taken; it may come later, from another goroutine.
func (a *Adapter) onEvent(ctx context.Context, in chat.Inbox, raw []byte, retry int, done func(taken bool)) {
	if ctx.Err() != nil {
		done(false)
		return
	}
	o := readOuter(raw)
	if o.kind != "" && o.kind != "event_callback" {
		done(true)
		return
	}
	work := func() { done(a.storeEvent(ctx, in, o, retry)) }
	kind := o.inner.Text("type")
	if kind == "reaction_added" || kind == "reaction_removed" || kind == "app_home_opened" {
		if !a.act(work) {
			done(false)
		}
		return
	}
	if !a.order.add(o.channel(), work) {
		done(false)
	}
}

// storeEvent decodes and stores; a payload that cannot be decoded at all is of no
// use and is taken.
func (a *Adapter) storeEvent(ctx context.Context, in chat.Inbox, o outer, retry int) bool {
	if ctx.Err() != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*receiveWithin)
	defer cancel()
	ev, ok := a.event(ctx, o)
	if !ok {
		return true
	}
	if ev.Kind == chat.KindReaction && !ev.Removed {
		look, stop := context.WithTimeout(ctx, emojiWithin)
		err := a.lookAround(look, &ev)
		stop()
		if err != nil && retry < 3 { // Slack delivers it again; the last time goes without
			a.cfg.Log.Warn("thread not read", "event", ev.Key, "err", wordOf(err))
			return false
		}
	}
	_, err := in.Receive(ctx, ev)
	if err != nil {
		a.cfg.Log.Warn("event not stored", "event", ev.Key, "err", err)
	}
	return err == nil
}

// onAct stores an act and returns what the acknowledgement carries.
func (a *Adapter) onAct(ctx context.Context, in chat.Inbox, ac act) json.RawMessage {
	if ac.ignore {
		return nil
	}
	if ac.around {
		// Slack does not deliver a shortcut again, and its thread may take a while to
		// read: it is acknowledged at once and the person told if it fails.
		a.beside(func() { a.onShortcut(context.WithoutCancel(ctx), in, ac) })
		return nil
	}
	store, cancel := context.WithTimeout(context.WithoutCancel(ctx), receiveWithin)
	answer, err := in.Receive(store, ac.ev)
	cancel()
	if err != nil {
		a.cfg.Log.Warn("act not stored", "event", ac.ev.Key, "err", err)
		if answer.Say == "" {
			answer.Say = busyWords(ac.ev.From.Lang)
		}
	}
	return a.answer(ac, answer, err != nil)
}

func (a *Adapter) onShortcut(ctx context.Context, in chat.Inbox, ac act) {
	look, cancel := context.WithTimeout(ctx, aroundWithin)
	for try := 0; ; try++ {
		err := a.lookAround(look, &ac.ev)
		if err == nil || !pause(look, backoff(try, err)) {
			break
		}
	}
	cancel()
	store, cancel := context.WithTimeout(ctx, receiveWithin)
	defer cancel()
	answer, err := in.Receive(store, ac.ev)
	if err != nil && answer.Say == "" {
		answer.Say = busyWords(ac.ev.From.Lang)
	}
	a.answer(ac, answer, err != nil)
}

// answer turns what the core says at once into the acknowledgement, and does
// beside it what an acknowledgement cannot do.
func (a *Adapter) answer(ac act, ans chat.Answer, failed bool) json.RawMessage {
	lang := ac.ev.From.Lang
	switch {
	case ac.submit:
		return submitAnswer(ac, ans, failed, lang)
	case ans.Form != nil:
		a.beside(func() { a.openForm(ac, ans.Form, lang) })
		return nil
	case ans.Say == "":
		return nil
	case ac.slash:
		return ackJSON(map[string]string{"response_type": "ephemeral", "text": escape(cutRunes(ans.Say, maxSection))})
	default:
		a.beside(func() { a.whisper(ac, ans.Say) })
		return nil
	}
}

// submitAnswer keeps the form open with a word beside a field, or closes it.
func submitAnswer(ac act, ans chat.Answer, failed bool, lang string) json.RawMessage {
	errs := map[string]string{}
	for name, text := range ans.Errors {
		errs[inputPrefix+name] = cutRunes(firstOf(text, "?"), 300)
	}
	if failed && ac.first != "" { // what was typed must not be lost
		errs[ac.first] = ans.Say
	}
	switch {
	case len(errs) > 0:
		return ackJSON(sdk.NewErrorsViewSubmissionResponse(errs))
	case ans.Say != "":
		return ackJSON(sdk.NewUpdateViewSubmissionResponse(wordsView(ans.Say, lang)))
	default:
		return nil
	}
}

// openForm opens a form as the answer of an act.
func (a *Adapter) openForm(ac act, f *chat.Form, lang string) {
	ctx, cancel := context.WithTimeout(context.Background(), formWithin)
	defer cancel()
	res := a.limited("views.open", "", func() error {
		_, err := a.api.OpenViewContext(ctx, ac.trigger, modal(f, &ac, lang))
		return err
	})
	if res.Class == chat.Sent {
		return
	}
	a.cfg.Log.Warn("form not opened", "event", ac.ev.Key, "err", res.Err)
	a.whisper(ac, inLang(lang, "The form could not be opened in time. Please try again.", "表单未能及时打开,请重试。"))
}

// whisper says something to the person who acted, to nobody else.
func (a *Adapter) whisper(ac act, words string) {
	ctx, cancel := context.WithTimeout(context.Background(), hookWithin)
	defer cancel()
	out := chat.Outgoing{
		Intent: chat.IntentPrivate, Audience: chat.Only(ac.ev.From.Key()), To: ac.ev.From, Reply: ac.ev.Reply, Content: chat.Content{Text: chat.T(words)},
	}
	if ac.ev.Where.Channel != "" {
		out.In = ac.ev.Where
	}
	if _, res := a.private(ctx, out); res.Class != chat.Sent {
		a.cfg.Log.Warn("answer not given", "event", ac.ev.Key, "reason", res.Reason)
	}
}

func busyWords(lang string) string {
	return inLang(lang, "We could not take that down just now. Please try again in a minute.", "暂时无法保存,请一分钟后重试。")
}

func ackJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}
