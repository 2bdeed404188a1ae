package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hotline/bot/chat"
)

// golden payloads, one per kind of event that is decoded, in Discord's shape.
const (
	goldenMessage = `{"id":"1574908553683009541","channel_id":"1574908553683009542","guild_id":"1574908553683009543","type":19,"content":"<@9> it <@!8> is <a:x:7> down",
		"author":{"id":"8","username":"ana","global_name":"Ana","discriminator":"0","avatar":null,"public_flags":64},"member":{"nick":"Ana N.","roles":["1"]},
		"timestamp":"2026-01-02T03:04:05.678000+00:00","edited_timestamp":"2026-01-02T03:05:05.678000+00:00","tts":false,"mention_everyone":false,
		"mentions":[{"id":"9","username":"hotline"},{"id":"8","username":"ana"}],"mention_roles":[],"embeds":[],"pinned":false,"flags":0,"components":[],
		"attachments":[{"id":"5","filename":"a.txt","size":3,"url":"https://cdn.discordapp.com/a.txt","proxy_url":"https://x","content_type":"text/plain"}],
		"message_reference":{"message_id":"1574908553683009540","channel_id":"1574908553683009542"}}`
	goldenCommand = `{"id":"1574908553683009541","application_id":"1","type":2,"token":"tok","channel_id":"3","guild_id":"2","locale":"zh-CN",
		"channel":{"id":"3","type":11,"parent_id":"4"},"member":{"user":{"id":"8","username":"ana"},"nick":null,"roles":[]},
		"data":{"id":"6","name":"note","type":1,"options":[{"name":"text","type":3,"value":"it is down","focused":false}]}}`
	goldenSubmit = `{"id":"1574908553683009541","application_id":"1","type":5,"token":"tok","channel_id":"3","locale":"en-US","user":{"id":"8","username":"ana"},
		"data":{"custom_id":"h:note:F-1:0:","components":[{"type":18,"component":{"type":4,"custom_id":"text","value":"a"}},
		{"type":18,"component":{"type":3,"custom_id":"tone","values":["b"]}},{"type":1,"components":[{"type":4,"custom_id":"old","value":"c"}]}]}}`
)

func TestDecodeMessage(t *testing.T) {
	m, ok := decodeMessage([]byte(goldenMessage), "9")
	if !ok || m.undecoded || m.text != "it @ana is :x: down" || !m.mentioned || m.author.Name != "Ana N." || m.robot ||
		m.reply != "1574908553683009540" || len(m.files) != 1 || m.files[0].ID != "1574908553683009542/1574908553683009541/5" {
		t.Errorf("%+v", m)
	}
	if !m.edited.Equal(time.Date(2026, 1, 2, 3, 5, 5, 678000000, time.UTC)) {
		t.Errorf("edited %v", m.edited)
	}
}

// mutants are a payload with each field in turn missing, null, of a wrong type,
// and with a field that nobody knows.
func mutants(t testing.TB, golden string) map[string][]byte {
	t.Helper()
	var base map[string]json.RawMessage
	if err := json.Unmarshal([]byte(golden), &base); err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for name := range base {
		for kind, v := range map[string]string{"null": `null`, "number": `17`, "string": `"x"`, "list": `[1]`, "object": `{"a":1}`, "missing": ""} {
			m := map[string]json.RawMessage{}
			for k, old := range base {
				m[k] = old
			}
			if m[name] = json.RawMessage(v); v == "" {
				delete(m, name)
			}
			m["something_new"] = json.RawMessage(`{"x":[]}`)
			b, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			out[name+" "+kind] = b
		}
	}
	return out
}

// TestMutatedMessages: while id, channel, author and content are whole, the words
// come through, whatever happens to the rest.
func TestMutatedMessages(t *testing.T) {
	vital := []string{"id", "channel_id", "author", "content", "type", "webhook_id"}
	for name, raw := range mutants(t, goldenMessage) {
		m, ok := decodeMessage(raw, "9")
		field, _, _ := strings.Cut(name, " ")
		if slices.Contains(vital, field) {
			continue // it must only not break
		}
		if !ok || m.author.User != "8" || !strings.Contains(m.text, "down") {
			t.Errorf("%s: %v %+v", name, ok, m)
		}
	}
}

func TestMutatedInteractions(t *testing.T) {
	a, err := New(Options{Token: "x", APIURL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	a.opt.Verbs = verbs
	for _, golden := range []string{goldenCommand, goldenSubmit} {
		for name, raw := range mutants(t, golden) {
			it, ok := decodeInteraction(raw)
			if !ok {
				if f, _, _ := strings.Cut(name, " "); f != "id" && f != "token" {
					t.Errorf("%s: not even the token was read", name)
				}
				continue
			}
			if !it.who().IsZero() && it.Channel != nil && it.Channel.ID == it.Chan {
				a.eventOf(t.Context(), it) // must not break
			}
		}
	}
	it, _ := decodeInteraction([]byte(goldenCommand))
	ev, ok := a.eventOf(t.Context(), it)
	if !ok || ev.Verb != "note" || ev.Args != "it is down" || ev.From.Lang != "zh" || ev.Where != thread("4", "3") {
		t.Errorf("%+v", ev)
	}
	it, _ = decodeInteraction([]byte(goldenSubmit))
	ev, ok = a.eventOf(t.Context(), it)
	want := map[string]string{"text": "a", "tone": "b", "old": "c"}
	if !ok || fmt.Sprint(ev.Form.Values) != fmt.Sprint(want) || !ev.Where.Direct {
		t.Errorf("%+v", ev)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{goldenMessage, goldenCommand, goldenSubmit, `{}`, `[]`, `null`, `{"id":"1","channel_id":"2","content":"\ud800"}`} {
		f.Add([]byte(s))
	}
	a, err := New(Options{Token: "x", APIURL: "http://127.0.0.1:1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if m, ok := decodeMessage(raw, "9"); ok {
			if !snowflake.MatchString(m.id) && !m.undecoded && m.id == "" {
				t.Errorf("no id: %+v", m)
			}
			if len(m.text) > chat.MaxText+1024 || len(m.files) > chat.MaxFiles || !utf8.ValidString(m.text) {
				t.Errorf("out of bounds: %d bytes, %d files", len(m.text), len(m.files))
			}
		}
		it, ok := decodeInteraction(raw)
		if !ok {
			return
		}
		if len(it.Token) > 1900 {
			t.Error("a token of any length")
		}
		if it.Channel == nil && it.Guild != "" || it.Channel != nil && it.Channel.ID != it.Chan {
			return // would ask Discord
		}
		ev, _ := a.eventOf(t.Context(), it)
		if len(ev.Form.Values) > 60 {
			t.Error("a form of any size")
		}
	})
}

func FuzzEscape(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := escape(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		for _, bad := range []string{"@everyone", "@here", "<@1", "<@&"} {
			if strings.Contains(got, bad) {
				t.Errorf("%q lets %q through: %q", s, bad, got)
			}
		}
		if n := units(cutUnits(got, 10)); n > 10 {
			t.Errorf("cut to %d", n)
		}
	})
}

func TestIDs(t *testing.T) {
	at := time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC)
	if got := timeOf(idAt(at)); !got.Equal(at) {
		t.Errorf("%v", got)
	}
	if !timeOf("x").IsZero() || newer("9", "10") || !newer("10", "9") || newer("10", "10") {
		t.Error("order of ids")
	}
	if bareEmoji("👍🏽") != "👍" || unicodeEmoji(":ticket:") != "🎫" || unicodeEmoji("🎫") != "🎫" {
		t.Error("emoji")
	}
}
