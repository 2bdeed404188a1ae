package discordtest

import (
	"context"
	"net/http"
	"testing"
	"time"
)

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
