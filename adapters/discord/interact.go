package discord

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/adapters/loose"
	"hotline/bot/chat"
)

const (
	// tokenLife is how long an interaction can be answered, less a margin.
	tokenLife = 15*time.Minute - 10*time.Second
	// answerWithin is Discord's limit for the first answer.
	answerWithin = 3 * time.Second
)

// interaction is what a person did with a command, a button or a form, decoded
// here because the SDK refuses newer components and panics on the wrong type.
type interaction struct {
	ID      string                    `json:"id"`
	Token   string                    `json:"token"`
	Type    discordgo.InteractionType `json:"type"`
	Guild   string                    `json:"guild_id"`
	Chan    string                    `json:"channel_id"`
	Channel *discordgo.Channel        `json:"channel"`
	Member  *discordgo.Member         `json:"member"`
	User    *discordgo.User           `json:"user"`
	Locale  string                    `json:"locale"`
	Message json.RawMessage           `json:"message"`
	Data    interactionData           `json:"data"`
}

type interactionData struct {
	Name       string                           `json:"name"`
	Kind       discordgo.ApplicationCommandType `json:"type"`
	Target     string                           `json:"target_id"`
	Options    []option                         `json:"options"`
	CustomID   string                           `json:"custom_id"`
	Values     []string                         `json:"values"`
	Components []component                      `json:"components"`
	Resolved   struct {
		Messages map[string]json.RawMessage `json:"messages"`
	} `json:"resolved"`
}

// option is one argument of a slash command.
type option struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
}

func (o option) text() string { return loose.Object{"v": o.Value}.Text("v") }

// component is a submitted row, label or field.
type component struct {
	Type       int         `json:"type"`
	CustomID   string      `json:"custom_id"`
	Value      string      `json:"value"`
	Values     []string    `json:"values"`
	Component  *component  `json:"component"`
	Components []component `json:"components"`
}

// answerer gives the first answer of an interaction: by a request, or in the
// response to Discord's own.
type answerer func(ctx context.Context, c callback) error

// interaction starts work on an interaction at once, beside everything else.
func (r *receiver) interaction(ctx context.Context, raw []byte) {
	it, ok := decodeInteraction(raw)
	if !ok {
		r.a.log.Warn("interaction without id or token dropped")
		return
	}
	answer := func(ctx context.Context, c callback) error { return r.a.callback(ctx, it, c) }
	select {
	case r.busy <- struct{}{}:
	case <-ctx.Done():
		return
	}
	r.lanes.wg.Go(func() {
		defer func() { <-r.busy }()
		r.safely("interaction", func() { r.a.work(ctx, r.in, it, answer) })
	})
}

// decodeInteraction reads an interaction; when the typed form refuses it, just
// what is needed to answer that something went wrong.
func decodeInteraction(raw []byte) (*interaction, bool) {
	it := &interaction{}
	if err := json.Unmarshal(raw, it); err != nil {
		f := loose.Of(raw)
		it = &interaction{ID: f.Text("id"), Token: f.Text("token"), Chan: f.Text("channel_id")}
	}
	if it.Type == discordgo.InteractionPing {
		return it, true
	}
	return it, snowflake.MatchString(it.ID) && it.Token != "" && len(it.Token) < 1900 && !strings.ContainsAny(it.Token, "/?#")
}

// callback sends the first answer. It waits for no limit.
func (a *Adapter) callback(ctx context.Context, it *interaction, c callback) error {
	q := request{method: "POST", path: "/interactions/" + it.ID + "/" + it.Token + "/callback", body: c, hook: true}
	return a.rest.call(ctx, q, nil)
}

// who is the person behind an interaction.
func (it *interaction) who() chat.Principal {
	p := principal(it.User, nil)
	if it.Member != nil && it.Member.User != nil {
		p = principal(it.Member.User, it.Member)
	}
	p.Lang = langOf(it.Locale)
	return p
}

// work answers an interaction in time, whatever the store does.
func (a *Adapter) work(ctx context.Context, in chat.Inbox, it *interaction, answer answerer) {
	a.tokens.begin(it.Token)
	defer a.tokens.acked(it.Token)
	lang := langOf(it.Locale)
	if it.who().IsZero() || it.Chan == "" {
		a.first(ctx, answer, privately(sayTrouble.in(lang)))
		return
	}
	switch it.Type {
	case discordgo.InteractionApplicationCommandAutocomplete:
		a.first(ctx, answer, a.complete(ctx, in, it))
		return
	case discordgo.InteractionMessageComponent:
		if key, ok := strings.CutPrefix(it.Data.CustomID, fixPrefix); ok {
			a.first(ctx, answer, a.reopen(key, lang))
			return
		}
	}
	ev, ok := a.eventOf(ctx, it)
	if !ok {
		a.first(ctx, answer, privately(sayTrouble.in(lang)))
		return
	}
	a.receive(ctx, in, it, ev, answer)
}

// first gives the first answer; that it came too late is only logged.
func (a *Adapter) first(ctx context.Context, answer answerer, c callback) bool {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := answer(ctx, c)
	if err != nil && !isCode(err, codeAlreadyAcked) {
		a.log.Warn("interaction not answered", "type", c.Type, "err", err)
	}
	return err == nil
}

// receive stores the event and says what the core answers. A store that is slow
// is not waited for: the answer is put off first, and follows.
func (a *Adapter) receive(ctx context.Context, in chat.Inbox, it *interaction, ev chat.Event, answer answerer) {
	type result struct {
		chat.Answer
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				a.log.Error("event broke the core", "panic", p)
				done <- result{err: context.Canceled}
			}
		}()
		ans, err := in.Receive(ctx, ev)
		done <- result{ans, err}
	}()
	late := time.NewTimer(a.tempo.deferAfter)
	defer late.Stop()
	select {
	case got := <-done:
		c := a.say(it, got.Answer, got.err)
		if a.first(ctx, answer, c) && c.Type == discordgo.InteractionResponseDeferredChannelMessageWithSource {
			a.endSilence(ctx, it)
		}
	case <-late.C:
		a.first(ctx, answer, putOff(it))
		a.tokens.acked(it.Token)
		got := <-done
		if got.Form != nil {
			got.Answer = chat.Answer{Say: sayRepeatForm.in(ev.From.Lang)}
		}
		if c := a.say(it, got.Answer, got.err); c.Data != nil && c.Data.body != nil {
			a.followUp(ctx, it.Token, c.Data.body)
		} else {
			a.endSilence(ctx, it)
		}
	}
}

// endSilence ends a "thinking…" to which no answer came, with the one thing that
// is certain: it has been stored.
func (a *Adapter) endSilence(ctx context.Context, it *interaction) {
	if it.updates() {
		return
	}
	ctx = context.WithoutCancel(ctx) // over HTTP the request is long gone by then
	time.AfterFunc(a.tempo.silence, func() {
		if state, ok := a.tokens.get(it.Token); ok && !state.answered() {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			a.followUp(ctx, it.Token, bare(sayTaken.in(langOf(it.Locale))))
		}
	})
}

// say turns the core's answer into the first answer.
func (a *Adapter) say(it *interaction, ans chat.Answer, err error) callback {
	lang := langOf(it.Locale)
	switch {
	case ans.Form != nil:
		a.forms.put(formKey(it, ans.Form.ID), *ans.Form)
		return modal(ans.Form)
	case len(ans.Errors) > 0:
		return a.fix(it, ans)
	case ans.Say != "":
		return privately(ans.Say)
	case err != nil:
		return privately(sayTrouble.in(lang))
	case it.updates(), ans.Follows, ans.Duplicate:
		return putOff(it)
	default:
		return privately(sayTaken.in(lang))
	}
}

// updates reports whether the answer may be put off without "thinking…": for
// buttons, and for forms that a button opened.
func (it *interaction) updates() bool {
	return it.Type == discordgo.InteractionMessageComponent ||
		it.Type == discordgo.InteractionModalSubmit && len(it.Message) > 0 && string(it.Message) != "null"
}

// putOff defers: silently for buttons, else with "thinking…" for that person
// alone, because visibility is decided here and never again.
func putOff(it *interaction) callback {
	if it.updates() {
		return callback{Type: discordgo.InteractionResponseDeferredMessageUpdate}
	}
	return callback{
		Type: discordgo.InteractionResponseDeferredChannelMessageWithSource,
		Data: &callbackData{Flags: flagEphemeral},
	}
}
