package discord

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"hotline/adapters/discord/discordtest"
	"hotline/bot/chat"
)

func TestMarkdown(t *testing.T) {
	ana := chat.Principal{Platform: Platform, User: "123456789012345678", Name: "ana"}
	for _, tc := range []struct {
		name string
		in   chat.Text
		want string
	}{
		{"plain", chat.T("a *b* _c_ ~d~ `e` |f| <g> [h]"), `a \*b\* \_c\_ \~d\~ \` + "`e\\`" + ` \|f\| \<g\> \[h\]`},
		{"line starts", chat.T("# a\n- b\n+ c\n> d\n1. e\n x - y 3.5"), "\\# a\n\\- b\n\\+ c\n\\> d\n1\\. e\n x - y 3.5"},
		{"everyone", chat.T("@everyone @here"), "@\u200beveryone @\u200bhere"},
		{"mention typed by hand", chat.T("<@123456789012345678>"), "\\<@\u200b123456789012345678\\>"},
		{"address", chat.T("see https://a.example/b_c*d?e=@f now_"), "see https://a.example/b_c*d?e=@\u200bf now\\_"},
		{"bold", chat.Say("").Bold(" a*b "), ` **a\*b** `},
		{"bold of nothing", chat.Say("").Bold("  "), "  "},
		{"code", chat.Say("").Code("x_y"), "`x_y`"},
		{"code of lines", chat.Say("").Code("a\n```b"), "```\na\n`\u200b`\u200b`b\n```"},
		{"moment", chat.Text(nil).Moment(time.Unix(1700000000, 0), "then"), "<t:1700000000:f>"},
		{"mention", chat.Text(nil).Mention(ana), "<@123456789012345678>"},
		{"mention from elsewhere", chat.Text(nil).Mention(chat.Principal{Platform: "slack", User: "U1", Name: "b_b"}), "@\u200bb\\_b"},
		{"link", chat.Text(nil).Link("a [b]", "https://x.example/(y)"), `[a \\\[b\\\]](https://x.example/%28y%29)`},
		{"bare link", chat.Text(nil).Link("https://x.example", "https://x.example"), "https://x.example"},
		{"script link", chat.Text(nil).Link("click", "javascript:alert(1)"), "click"},
		{"broken UTF-8", chat.T("a\xffb"), "a\uFFFDb"},
	} {
		if got := markdown(tc.in).text; got != tc.want && tc.name != "link" {
			t.Errorf("%s:\n got %q\nwant %q", tc.name, got, tc.want)
		}
		if !utf8.ValidString(markdown(tc.in).text) {
			t.Errorf("%s: not UTF-8", tc.name)
		}
	}
	if got := markdown(chat.Text(nil).Link("a", "https://x.example/(y)")).text; got != "[a](https://x.example/%28y%29)" {
		t.Errorf("link: %q", got)
	}
}

func TestClip(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		n        int
		want     string
	}{
		{"fits", "abc", 3, "abc"},
		{"cut", "abcd", 3, "ab…"},
		{"blank before the cut", "ab cd", 4, "ab…"},
		{"no half emoji", "😀😀😀", 5, "😀😀…"},
		{"no lone backslash", `ab\*cd`, 4, "ab…"},
		{"Chinese", "长长长长", 3, "长长…"},
	} {
		if got := clip(tc.in, tc.n); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// nasty are pieces that hurt: markup, mentions, turned writing, emoji, nulls.
var nasty = []string{
	"@everyone", "@here", "<@1>", "<@&2>", "<#3>", "```", "`", "**", "__", "~~", "||", "> ", "# ", "\n", "\\", "[x](http://y)", "https://e.example/a_b",
	"\u202e", "\u200b", "\x00", "\xff", "😀", "👩‍👩‍👧", "长", "é", "<t:1:R>", "<:a:1>", ":smile:", "-#", "1. ", " ", "{}", "\"",
}

func drawText(t *rapid.T, label string, most int) string {
	n := rapid.IntRange(0, 6).Draw(t, label+" pieces")
	var b strings.Builder
	for range n {
		piece := rapid.OneOf(rapid.SampledFrom(nasty), rapid.StringN(0, 20, -1)).Draw(t, label)
		b.WriteString(strings.Repeat(piece, rapid.SampledFrom([]int{1, 1, 1, 2, 50, most}).Draw(t, label+" times")))
	}
	return b.String()
}

func drawSpans(t *rapid.T, label string, most int) chat.Text {
	var out chat.Text
	for range rapid.IntRange(0, 3).Draw(t, label+" spans") {
		s := drawText(t, label, most)
		switch rapid.IntRange(0, 5).Draw(t, label+" kind") {
		case 0:
			out = out.Bold(s)
		case 1:
			out = out.Code(s)
		case 2:
			out = out.Moment(time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "at"), 0), "then")
		case 3:
			out = out.Mention(chat.Principal{Platform: Platform, User: rapid.SampledFrom([]string{"1", "22", "x", ""}).Draw(t, "user"), Name: s})
		case 4:
			out = out.Link(s, rapid.SampledFrom([]string{"https://e.example/x", "javascript:x", "http://a b", ""}).Draw(t, "url"))
		default:
			out = out.Plain(s)
		}
	}
	return out
}

func drawButtons(t *rapid.T, label string, most int) []chat.Button {
	var out []chat.Button
	for range rapid.IntRange(0, most).Draw(t, label) {
		out = append(out, chat.Button{
			Label: drawText(t, label+" label", 100), URL: rapid.SampledFrom([]string{"", "", "https://e.example", "ftp://x", "http://" + strings.Repeat("x", 600)}).Draw(t, label+" url"),
			Action: chat.Action{
				Verb: rapid.SampledFrom([]string{"ack", "resolve", "", "x:y"}).Draw(t, "verb"), Case: rapid.SampledFrom([]string{"F-10018", ""}).Draw(t, "case"),
				Arg: rapid.SampledFrom([]string{"", "1", strings.Repeat("长", 60), strings.Repeat("a", 80)}).Draw(t, "arg"),
			},
			Style: rapid.SampledFrom([]chat.Style{"", chat.StylePrimary, chat.StyleDanger, "odd"}).Draw(t, "style"),
		})
	}
	return out
}

func drawContent(t *rapid.T) *chat.Content {
	c := &chat.Content{Text: drawSpans(t, "text", 3000), Buttons: drawButtons(t, "buttons", 12)}
	if rapid.Bool().Draw(t, "card") {
		card := &chat.Card{
			Number: "F-10018", Title: drawText(t, "title", 400), Tone: rapid.SampledFrom([]chat.Tone{chat.ToneAlarm, chat.ToneGood, "odd"}).Draw(t, "tone"),
			Body: drawSpans(t, "body", 5000), Foot: drawSpans(t, "foot", 3000),
			Buttons: drawButtons(t, "card buttons", 12), More: drawButtons(t, "more", 30),
		}
		for range rapid.IntRange(0, 30).Draw(t, "fields") {
			card.Fields = append(card.Fields, chat.Field{Name: drawText(t, "name", 300), Value: drawSpans(t, "value", 1500)})
		}
		for range rapid.IntRange(0, 12).Draw(t, "items") {
			card.Items = append(card.Items, chat.Item{Text: drawSpans(t, "item", 800), Buttons: drawButtons(t, "item buttons", 5)})
		}
		c.Card = card
	}
	return c
}

// TestAnythingRendersWithinLimits: whatever people write and the core says, the
// message is one that Discord takes, and pings nobody who was not meant.
func TestAnythingRendersWithinLimits(t *testing.T) {
	s := server(t, discordtest.Options{})
	rapid.Check(t, func(t *rapid.T) {
		b := render(drawContent(t), rapid.SampledFrom([]string{"en", "zh", ""}).Draw(t, "lang"))
		q := request{body: b}
		raw, _, err := q.encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, route := range []string{postRoute, editRoute} {
			if wrong := s.Check(map[string]string{postRoute: "POST", editRoute: "PATCH"}[route], route, raw); len(wrong) > 0 {
				t.Fatalf("%s: %v\n%s", route, wrong, raw)
			}
		}
		if len(b.Allowed.Parse) != 0 {
			t.Fatal("mentions are parsed")
		}
		if strings.Contains(b.Content, "@everyone") || strings.Contains(b.Content, "@here") {
			if !strings.Contains(b.Content, "`") { // inside code they stand as typed and ping nobody
				t.Fatalf("a mention of everyone came through: %q", b.Content)
			}
		}
		if b.Content == "" && len(b.Embeds) == 0 && len(b.files) == 0 {
			t.Fatal("the message is empty")
		}
	})
}

// TestAnyFormFits: forms of any words open.
func TestAnyFormFits(t *testing.T) {
	s := server(t, discordtest.Options{})
	rapid.Check(t, func(t *rapid.T) {
		f := &chat.Form{ID: "h:x:::", Title: drawText(t, "title", 60), Intro: drawSpans(t, "intro", 3000)}
		for i := range rapid.IntRange(1, 7).Draw(t, "inputs") {
			in := chat.Input{
				Name: string(rune('a' + i)), Label: drawText(t, "label", 60), Hint: drawText(t, "hint", 150), Value: drawText(t, "value", 5000),
				Kind: rapid.SampledFrom([]chat.FieldKind{chat.FieldLine, chat.FieldText, chat.FieldChoice}).Draw(t, "kind"),
				Max:  rapid.SampledFrom([]int{0, -1, 1, 100, 9000}).Draw(t, "max"), Required: rapid.Bool().Draw(t, "required"),
			}
			for j := range rapid.IntRange(0, 30).Draw(t, "choices") {
				in.Choices = append(in.Choices, chat.Choice{Value: strings.Repeat("v", j), Label: drawText(t, "choice", 120)})
			}
			f.Inputs = append(f.Inputs, in)
		}
		q := request{body: modal(f)}
		raw, _, err := q.encode()
		if err != nil {
			t.Fatal(err)
		}
		if wrong := s.Check("POST", "/interactions/{interaction_id}/{interaction_token}/callback", raw); len(wrong) > 0 {
			t.Fatalf("%v\n%s", wrong, raw)
		}
	})
}
