package discordtest

import (
	"fmt"
	"net/http"
	"strings"
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
