package discordtest

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// seen is one line that the client printed.
type seen struct {
	What  string `json:"what"`
	Text  string `json:"text"`
	User  string `json:"user"`
	Name  string `json:"name"`
	Value string `json:"value"`
	ID    string `json:"id"`
}

// startDiscordJS runs the client in discordjs/ against the server. It skips when
// Node or the package is missing, and fails then when HOTLINE_REQUIRE_ALL=1.
func startDiscordJS(t *testing.T, s *Server) <-chan seen {
	t.Helper()
	missing := func(what string) {
		msg := what + " is missing: install Node 18 or later, then run `npm ci` in adapters/discord/discordtest/discordjs"
		if os.Getenv("HOTLINE_REQUIRE_ALL") == "1" {
			t.Fatal(msg)
		}
		t.Skip(msg)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("node")
	}
	if _, err := os.Stat(filepath.Join("discordjs", "node_modules", "discord.js", "package.json")); err != nil {
		missing("discord.js")
	}
	cmd := exec.CommandContext(t.Context(), node, "client.js")
	cmd.Dir = "discordjs"
	cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+s.Token(), "DISCORD_API="+s.URL(), "DISCORD_GUILD="+s.Guild())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, done := make(chan seen, 1000), make(chan struct{})
	go func() {
		defer close(done)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			var l seen
			if json.Unmarshal(sc.Bytes(), &l) == nil && l.What != "" {
				lines <- l
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-done
		cmd.Wait() //nolint:errcheck // it was killed
	})
	return lines
}

// line reads on until the client reports something.
func line(t *testing.T, lines <-chan seen, what string) seen {
	t.Helper()
	limit := time.After(2 * time.Minute)
	for {
		select {
		case l := <-lines:
			if l.What == "error" {
				t.Fatalf("discord.js reports: %s", l.Text)
			}
			if l.What == what {
				return l
			}
		case <-limit:
			t.Fatalf("discord.js reported no %s", what)
		}
	}
}

// TestDiscordJS drives the server with the client that most bots are written on:
// messages, threads, files, edits, reactions, commands, completion, buttons,
// forms, and a connection that drops.
func TestDiscordJS(t *testing.T) {
	s := New(t, Options{Heartbeat: 2 * time.Second})
	ana, support := s.AddPerson("ana"), s.AddChannel("support")
	lines := startDiscordJS(t, s)
	if l := line(t, lines, "ready"); l.Name != "hotline" {
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
	if l := line(t, lines, "message"); l.Text != "payments fail" || l.User != ana.ID || l.Name != "trace.txt" {
		t.Errorf("the message arrived as %+v", l)
	}
	th := line(t, lines, "thread")
	posts := s.Messages(th.Value)
	if th.Value != m.ID || len(posts) != 1 || posts[0].Content != "edited" || posts[0].Edits() != 1 || len(posts[0].Attachments) != 1 {
		t.Fatalf("the thread %+v holds %+v", th, posts)
	}
	ok(ana.Edit(support, m.ID, "payments fail since ten"))
	if l := line(t, lines, "edit"); l.Text != "payments fail since ten" {
		t.Errorf("the edit arrived as %+v", l)
	}
	ok(ana.React(support, m.ID, "👀"))
	if l := line(t, lines, "reaction"); l.Text != "👀" || l.User != ana.ID {
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
	line(t, lines, "resume")
	ok(ana.Delete(support, m.ID))
	if l := line(t, lines, "delete"); l.Value != m.ID {
		t.Errorf("the deletion arrived as %+v", l)
	}
}
