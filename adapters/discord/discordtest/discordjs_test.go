package discordtest

import (
	"testing"
	"time"

	"hotline/adapters/adaptertest/nodeclient"
)

// TestDiscordJS drives the server with the client that most bots are written on:
// messages, threads, files, edits, reactions, commands, completion, buttons,
// forms, and a connection that drops.
func TestDiscordJS(t *testing.T) {
	s := New(t, Options{Heartbeat: 2 * time.Second})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	client := nodeclient.Start(t, "discordjs", "discord.js", "DISCORD_TOKEN="+s.Token(), "DISCORD_API="+s.URL(), "DISCORD_GUILD="+s.Guild())
	if l := client.Await("ready"); l.Name != "hotline" {
		t.Errorf("the bot is called %q", l.Name)
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	m, err := ana.Post(support, "payments fail", Upload{"trace.txt", "text/plain", []byte("x")})
	ok(err)
	if l := client.Await("message"); l.Text != "payments fail" || l.User != ana.ID || l.Name != "trace.txt" {
		t.Errorf("the message arrived as %+v", l)
	}
	th := client.Await("thread")
	posts := s.Messages(th.Value)
	if th.Value != m.ID || len(posts) != 1 || posts[0].Content != "edited" || posts[0].Edits() != 1 || len(posts[0].Attachments) != 1 {
		t.Fatalf("the thread %+v holds %+v", th, posts)
	}
	ok(ana.Edit(support, m.ID, "payments fail since ten"))
	if l := client.Await("edit"); l.Text != "payments fail since ten" {
		t.Errorf("the edit arrived as %+v", l)
	}
	ok(ana.React(support, m.ID, "👀"))
	if l := client.Await("reaction"); l.Text != "👀" || l.User != ana.ID {
		t.Errorf("the reaction arrived as %+v", l)
	}
	it, err := ana.Complete(support, "status", "case", "F")
	ok(err)
	if a := it.Wait(t); len(a.Choices) != 1 {
		t.Errorf("choices: %+v", a)
	}
	it, err = ana.Slash(th.Value, "status", map[string]string{"case": "F-10018"})
	ok(err)
	if m := it.Final(t); m.Content != "status of F-10018" || !m.Ephemeral() {
		t.Errorf("final answer: %+v", m)
	}
	it, err = ana.Click(th.Value, th.ID, "Acknowledge")
	ok(err)
	form := it.Wait(t).Modal
	if form == nil {
		t.Fatal("no form was opened")
	}
	it, err = ana.Submit(th.Value, *form, map[string]string{"why": "the disk is full"})
	ok(err)
	if a := it.Wait(t); a.Type != answerUpdate {
		t.Errorf("answer to the form: %+v", a)
	}
	if got := s.Messages(th.Value)[0].Content; got != "because the disk is full" {
		t.Errorf("the card says %q", got)
	}
	s.CloseGateway(4000)
	client.Await("resume")
	ok(ana.Delete(support, m.ID))
	if l := client.Await("delete"); l.Value != m.ID {
		t.Errorf("the deletion arrived as %+v", l)
	}
}
