package discordtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

// rewrite sends the SDK's requests to the server, version 10.
type rewrite struct{ base string }

func (w rewrite) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	_, rest, _ := strings.Cut(r.URL.Path, "/api/v9")
	u := *r.URL
	base, err := u.Parse(w.base)
	if err != nil {
		return nil, err
	}
	u.Scheme, u.Host, u.Path, u.RawPath = base.Scheme, base.Host, "/api/v10"+rest, ""
	r.URL, r.Host = &u, base.Host
	return http.DefaultTransport.RoundTrip(r)
}

// sdk opens a session of an SDK that was not written for this server.
func sdk(t *testing.T, s *Server, prepare func(*discordgo.Session)) *discordgo.Session {
	t.Helper()
	discordgo.APIVersion = "10" // the SDK uses it for the gateway's address alone
	d, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	d.Client = &http.Client{Transport: rewrite{s.URL()}}
	d.Identify.Intents = discordgo.IntentsAllWithoutPrivileged | discordgo.IntentMessageContent
	prepare(d)
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestForeignClient drives the server with discordgo as it is: what a published
// SDK understands has the right shape.
func TestForeignClient(t *testing.T) {
	s := New(t, Options{})
	ana := s.AddPerson("ana")
	support := s.AddChannel("support")
	got := make(chan *discordgo.MessageCreate, 10)
	reactions := make(chan *discordgo.MessageReactionAdd, 10)
	d := sdk(t, s, func(d *discordgo.Session) {
		d.AddHandler(func(_ *discordgo.Session, m *discordgo.MessageCreate) { got <- m })
		d.AddHandler(func(_ *discordgo.Session, r *discordgo.MessageReactionAdd) { reactions <- r })
		d.AddHandler(answerInteraction)
	})
	said, err := ana.Post(support, "payments fail", Upload{"log.txt", "text/plain", []byte("boom")})
	if err != nil {
		t.Fatal(err)
	}
	m := receive(t, got)
	if m.Content != "payments fail" || m.Author.ID != ana.ID || m.Member == nil || len(m.Attachments) != 1 || m.GuildID != s.Guild() {
		t.Errorf("message arrived as %+v", m.Message)
	}
	th, err := d.MessageThreadStart(support, said.ID, "F-10018 payments fail", 1440)
	if err != nil || th.ID != said.ID || !th.IsThread() {
		t.Fatalf("thread: %+v, %v", th, err)
	}
	sent, err := d.ChannelMessageSendEmbed(th.ID, &discordgo.MessageEmbed{Title: "F-10018"})
	if err != nil {
		t.Fatal(err)
	}
	if err := ana.React(th.ID, sent.ID, "👀"); err != nil {
		t.Fatal(err)
	}
	if r := receive(t, reactions); r.Emoji.Name != "👀" || r.UserID != ana.ID {
		t.Errorf("reaction arrived as %+v", r.MessageReaction)
	}
	if msgs, err := d.ChannelMessages(support, 10, "", "0", ""); err != nil || len(msgs) != 1 {
		t.Errorf("history: %d messages, %v", len(msgs), err)
	}
}

// answerInteraction is a small bot on the SDK: a deferred command, an update of a
// button, a form, and choices.
func answerInteraction(d *discordgo.Session, i *discordgo.InteractionCreate) {
	reply := func(kind discordgo.InteractionResponseType, data *discordgo.InteractionResponseData) {
		d.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: kind, Data: data}) //nolint:errcheck // the test sees the effect
	}
	switch i.Type {
	case discordgo.InteractionApplicationCommand:
		reply(discordgo.InteractionResponseDeferredChannelMessageWithSource, &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral})
		text := "status of " + i.ApplicationCommandData().Options[0].StringValue()
		d.InteractionResponseEdit(i.Interaction, &discordgo.WebhookEdit{Content: &text}) //nolint:errcheck // as above
	case discordgo.InteractionApplicationCommandAutocomplete:
		reply(discordgo.InteractionApplicationCommandAutocompleteResult, &discordgo.InteractionResponseData{
			Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "F-10018 payments", Value: "F-10018"}},
		})
	case discordgo.InteractionMessageComponent:
		reply(discordgo.InteractionResponseModal, &discordgo.InteractionResponseData{
			CustomID: "form", Title: "Why", Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
				discordgo.TextInput{CustomID: "why", Label: "Why", Style: discordgo.TextInputShort, Required: true},
			}}},
		})
	case discordgo.InteractionModalSubmit:
		row := i.ModalSubmitData().Components[0].(*discordgo.ActionsRow)
		reply(discordgo.InteractionResponseChannelMessageWithSource, &discordgo.InteractionResponseData{
			Content: "because " + row.Components[0].(*discordgo.TextInput).Value,
		})
	}
}

// TestForeignInteractions runs a command, completion, a button and a form.
func TestForeignInteractions(t *testing.T) {
	s := New(t, Options{})
	ana := s.AddPerson("ana")
	support := s.AddChannel("support")
	d := sdk(t, s, func(d *discordgo.Session) { d.AddHandler(answerInteraction) })
	_, err := d.ApplicationCommandBulkOverwrite(s.Bot().ID, s.Guild(), []*discordgo.ApplicationCommand{{
		Name: "status", Description: "How a case stands", Options: []*discordgo.ApplicationCommandOption{{
			Type: discordgo.ApplicationCommandOptionString, Name: "case", Description: "Its number", Required: true, Autocomplete: true,
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	it, err := ana.Complete(support, "status", "case", "F")
	if err != nil {
		t.Fatal(err)
	}
	if a := it.Wait(t); len(a.Choices) != 1 || a.Choices[0].Value != "F-10018" {
		t.Errorf("choices: %+v", a)
	}
	it, err = ana.Slash(support, "status", map[string]string{"case": "F-10018"})
	if err != nil {
		t.Fatal(err)
	}
	if a := it.Wait(t); a.Type != answerDefer || !a.Message.Ephemeral() || !a.Message.Loading() {
		t.Errorf("first answer: %+v", a)
	}
	if m := it.Final(t); m.Content != "status of F-10018" || !m.Ephemeral() {
		t.Errorf("final answer: %+v", m)
	}
	sent, err := d.ChannelMessageSendComplex(support, &discordgo.MessageSend{Content: "card", Components: []discordgo.MessageComponent{
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Resolve", CustomID: "r"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	it, err = ana.Click(support, sent.ID, "Resolve")
	if err != nil {
		t.Fatal(err)
	}
	a := it.Wait(t)
	if a.Modal == nil || a.Modal.Title != "Why" || len(a.Modal.Inputs()) != 1 {
		t.Fatalf("form: %+v", a)
	}
	it, err = ana.Submit(support, *a.Modal, map[string]string{"why": "the disk was full"})
	if err != nil {
		t.Fatal(err)
	}
	if a := it.Wait(t); a.Message == nil || a.Message.Content != "because the disk was full" {
		t.Errorf("answer to the form: %+v", a)
	}
}

func receive[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Minute):
		t.Fatal("nothing arrived in a minute")
		panic("unreachable")
	}
}
