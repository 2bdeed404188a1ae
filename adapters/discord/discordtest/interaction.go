package discordtest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Types of interaction and of answers to them.
const (
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindSubmit       = 5

	answerMessage     = 4
	answerDefer       = 5
	answerDeferUpdate = 6
	answerUpdate      = 7
	answerChoices     = 8
	answerModal       = 9
)

// Interaction is something a person did that the bot has to answer in time.
type Interaction struct {
	s       *Server
	ID      string
	token   string
	kind    int
	who     string
	channel *channel
	source  *Message // of a component, or of the component that opened the modal
	timer   *time.Timer
	dies    time.Time

	answered bool
	failed   bool
	answer   Answer
	original *Message // the first message of the answer
	pending  bool     // deferred, and nothing has followed yet
}

// Answer is how the bot answered an interaction at first.
type Answer struct {
	// Failed says that nothing came in time: the person sees "The application did
	// not respond".
	Failed bool
	// Type is Discord's number of the answer: 4 message, 5 deferred, 6 deferred
	// update, 7 update, 8 choices, 9 form.
	Type    int
	Message *Message
	Modal   *Modal
	Choices []Choice
	Took    time.Duration
}

// Modal is a form that the bot opened for somebody.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`

	on *Message
}

// Inputs lists the fields of the form: text inputs and selects.
func (m Modal) Inputs() []Component {
	var out []Component
	for _, c := range m.Components {
		switch {
		case c.Type == 10: // a text between the fields
		case c.Component != nil:
			in := *c.Component
			in.Label = c.Label
			out = append(out, in)
		default:
			out = append(out, c.Components...)
		}
	}
	return out
}

// stop ends the timer. The lock is held.
func (it *Interaction) stop() {
	if it.timer != nil {
		it.timer.Stop()
	}
}

// begin makes an interaction and sends it to the bot, by the gateway or to the
// endpoint. The lock is not held.
func (s *Server) begin(it *Interaction, p *Person, data map[string]any) {
	s.mu.Lock()
	it.s, it.who = s, p.ID
	it.ID, it.token = s.id(), "aW50ZXJhY3Rpb246"+s.id()+strings.Repeat("x", 150)
	it.dies = s.now().Add(s.opt.TokenLife)
	began := time.Now()
	it.timer = time.AfterFunc(s.opt.AnswerWithin, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !it.answered {
			it.failed, it.answer = true, Answer{Failed: true, Took: time.Since(began)}
			s.touch()
		}
	})
	s.interactions[it.token] = it
	shape := mustJSON(s.interactionShape(it, p, data))
	url := s.endpoint.url
	if url == "" {
		s.dispatch("INTERACTION_CREATE", shape, func(*session) bool { return true })
	}
	s.mu.Unlock()
	if url != "" {
		go s.postInteraction(url, it, shape)
	}
}

func (s *Server) interactionShape(it *Interaction, p *Person, data map[string]any) map[string]any {
	d := map[string]any{
		"id": it.ID, "application_id": s.bot.ID, "type": it.kind, "token": it.token, "version": 1, "data": data,
		"channel_id": it.channel.ID, "channel": it.channel.Channel, "locale": p.Locale, "app_permissions": "562949953601536",
		"entitlements": []any{}, "authorizing_integration_owners": map[string]string{"0": s.guild}, "attachment_size_limit": maxUpload,
	}
	if it.channel.Type == DirectChannel {
		d["user"], d["context"] = s.users[p.ID], 1
	} else {
		m := *s.members[p.ID]
		m.Permissions = "562949953601536"
		d["member"], d["context"], d["guild_id"], d["guild_locale"] = m, 0, s.guild, "en-US"
		d["guild"] = map[string]any{"id": s.guild, "locale": "en-US", "features": []any{}}
	}
	if it.source != nil {
		d["message"] = it.source.copy()
	}
	return d
}

func (s *Server) interactionRoutes() {
	s.handle("POST", "/interactions/{interaction_id}/{interaction_token}/callback", func(c *call) (int, any, *apiError) {
		it := s.interactions[c.id("interaction_token")]
		if it == nil || it.ID != c.id("interaction_id") || it.failed || !s.now().Before(it.dies) {
			return 0, nil, refuse(http.StatusNotFound, 10062, "Unknown interaction")
		}
		if err := s.firstAnswer(it, c); err != nil {
			return 0, nil, err
		}
		return http.StatusNoContent, nil, nil
	})
	const hook = "/webhooks/{webhook_id}/{webhook_token}"
	s.handle("POST", hook, s.followUp)
	s.handle("PATCH", hook+"/messages/{message_id}", s.editAnswer)
	s.handle("PATCH", hook+"/messages/@original", s.editAnswer)
	s.handle("GET", hook+"/messages/@original", s.getAnswer)
	s.handle("DELETE", hook+"/messages/@original", s.deleteAnswer)
}

// callback is the body of a first answer.
type callback struct {
	Type int `json:"type"`
	Data *struct {
		draft
		CustomID   string      `json:"custom_id"`
		Title      string      `json:"title"`
		Choices    []Choice    `json:"choices"`
		Components []Component `json:"components"`
	} `json:"data"`
}

// firstAnswer takes the one first answer of an interaction. The lock is held.
func (s *Server) firstAnswer(it *Interaction, c *call) *apiError {
	if it.answered {
		return refuse(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	}
	var cb callback
	if err := c.into(&cb); err != nil {
		return err
	}
	if err := it.allows(cb.Type); err != nil {
		return err
	}
	it.answer = Answer{Type: cb.Type, Took: s.now().Sub(it.dies.Add(-s.opt.TokenLife))}
	switch cb.Type {
	case answerMessage, answerDefer:
		if err := s.answerWithMessage(it, &cb, c.files); err != nil {
			return err
		}
	case answerUpdate:
		if err := s.updateSource(it, &cb, c.files); err != nil {
			return err
		}
	case answerChoices:
		it.answer.Choices = cb.Data.Choices
	case answerModal:
		it.answer.Modal = &Modal{cb.Data.CustomID, cb.Data.Title, cb.Data.Components, it.source}
	}
	it.answered = true
	it.stop()
	s.touch()
	return nil
}

// allows checks that the type of an answer suits the type of interaction.
func (it *Interaction) allows(answer int) *apiError {
	ok := false
	switch answer {
	case answerMessage, answerDefer:
		ok = it.kind != kindAutocomplete
	case answerDeferUpdate, answerUpdate:
		ok = it.kind == kindComponent || it.kind == kindSubmit && it.source != nil
	case answerChoices:
		ok = it.kind == kindAutocomplete
	case answerModal:
		ok = it.kind == kindCommand || it.kind == kindComponent
	}
	if !ok {
		return badForm(fmt.Sprintf("type: %d cannot answer an interaction of type %d", answer, it.kind))
	}
	return nil
}

func (s *Server) answerWithMessage(it *Interaction, cb *callback, files []upload) *apiError {
	m := &Message{Author: *s.bot, WebhookID: s.bot.ID, ApplicationID: s.bot.ID, Type: 20}
	if cb.Data != nil {
		cb.Data.draft.Components = &cb.Data.Components
	}
	switch {
	case cb.Type == answerDefer:
		if cb.Data != nil && cb.Data.Flags != nil {
			m.Flags = *cb.Data.Flags & flagEphemeral
		}
		m.Flags |= flagLoading
		it.pending = true
	case cb.Data == nil:
		return badForm("data: This field is required")
	default:
		if err := s.apply(m, &cb.Data.draft, files); err != nil {
			return err
		}
	}
	if m.Ephemeral() {
		m.onlyFor = it.who
	}
	s.add(it.channel, m)
	it.original = m
	c := m.copy()
	it.answer.Message = &c
	return nil
}

func (s *Server) updateSource(it *Interaction, cb *callback, files []upload) *apiError {
	if cb.Data == nil {
		return nil
	}
	cb.Data.draft.Components = &cb.Data.Components
	return s.change(it.channel, it.source, &cb.Data.draft, files)
}

// live finds the interaction of a webhook route, answered and not expired.
func (s *Server) live(c *call) (*Interaction, *apiError) {
	it := s.interactions[c.id("webhook_token")]
	if it == nil || it.failed || c.id("webhook_id") != s.bot.ID {
		return nil, refuse(http.StatusNotFound, 10015, "Unknown Webhook")
	}
	if !s.now().Before(it.dies) {
		return nil, refuse(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	}
	if !it.answered {
		return nil, refuse(http.StatusNotFound, 10015, "Unknown Webhook")
	}
	return it, nil
}

// followUp posts a further message. The first one after a deferral takes the
// place of "thinking…", and keeps its visibility whatever flags say.
func (s *Server) followUp(c *call) (int, any, *apiError) {
	it, err := s.live(c)
	if err != nil {
		return 0, nil, err
	}
	var d draft
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	if it.pending {
		return s.fulfil(it, &d, c.files)
	}
	m := &Message{Author: *s.bot, WebhookID: s.bot.ID, ApplicationID: s.bot.ID}
	if err := s.apply(m, &d, c.files); err != nil {
		return 0, nil, err
	}
	if m.Ephemeral() {
		m.onlyFor = it.who
	}
	s.add(it.channel, m)
	return http.StatusOK, m.copy(), nil
}

// fulfil turns "thinking…" into the answer.
func (s *Server) fulfil(it *Interaction, d *draft, files []upload) (int, any, *apiError) {
	m := it.original
	d.Flags = nil
	if err := s.change(it.channel, m, d, files); err != nil {
		return 0, nil, err
	}
	m.Flags &^= flagLoading
	it.pending = false
	s.touch()
	return http.StatusOK, m.copy(), nil
}

func (s *Server) editAnswer(c *call) (int, any, *apiError) {
	it, err := s.live(c)
	if err != nil {
		return 0, nil, err
	}
	m, err := it.message(c.id("message_id"))
	if err != nil {
		return 0, nil, err
	}
	var d draft
	if err := c.into(&d); err != nil {
		return 0, nil, err
	}
	if it.pending && m == it.original {
		return s.fulfil(it, &d, c.files)
	}
	if err := s.change(it.channel, m, &d, c.files); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, m.copy(), nil
}

// message finds the original (for "" or "@original") or a follow-up.
func (it *Interaction) message(id string) (*Message, *apiError) {
	m := it.original
	if m == nil && it.answer.Type == answerDeferUpdate {
		m = it.source
	}
	if id != "" && id != "@original" {
		m = it.channel.find(id)
	}
	if m == nil {
		return nil, refuse(http.StatusNotFound, 10008, "Unknown Message")
	}
	return m, nil
}

func (s *Server) getAnswer(c *call) (int, any, *apiError) {
	it, err := s.live(c)
	if err != nil {
		return 0, nil, err
	}
	m, err := it.message("")
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, m.copy(), nil
}

func (s *Server) deleteAnswer(c *call) (int, any, *apiError) {
	it, err := s.live(c)
	if err != nil {
		return 0, nil, err
	}
	m, err := it.message("")
	if err != nil {
		return 0, nil, err
	}
	it.pending = false
	s.erase(it.channel, m)
	return http.StatusNoContent, nil, nil
}

// ExpireTokens makes every interaction token worthless, as 15 minutes do.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.interactions {
		it.dies = s.now().Add(-time.Second)
	}
}

// Wait waits for the first answer, or for the time limit to pass.
func (it *Interaction) Wait(t testing.TB) Answer {
	t.Helper()
	var a Answer
	it.s.Await(t, "an answer to the interaction", func() (done bool) {
		a, done = it.Answer()
		return done
	})
	return a
}

// Until waits for the first answer, the time limit, or the end of ctx.
func (it *Interaction) Until(ctx context.Context) (Answer, error) {
	err := it.s.Until(ctx, func() bool { _, done := it.Answer(); return done })
	a, _ := it.Answer()
	return a, err
}

// Answer is the first answer, and whether there is one yet.
func (it *Interaction) Answer() (Answer, bool) {
	it.s.mu.Lock()
	defer it.s.mu.Unlock()
	return it.answer, it.answered || it.failed
}

// Final waits until the message of the answer is more than "thinking…".
func (it *Interaction) Final(t testing.TB) Message {
	t.Helper()
	var m Message
	it.s.Await(t, "the final answer to the interaction", func() bool {
		it.s.mu.Lock()
		defer it.s.mu.Unlock()
		if it.original == nil || it.pending {
			return false
		}
		m = it.original.copy()
		return true
	})
	return m
}
