package slack

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/adapters/slack/slacktest"
	"hotline/bot/chat"
)

// nasty draws text that tries to break rendering.
func nasty(t *rapid.T, label string, most int) string {
	pieces := []string{
		"<!channel>", "<!here|here>", "<@U123>", "<#C123>", "@everyone", "```", "`", "*", "_", "~", "&", "&amp;", "<", ">", "|", "\n", "\n\n",
		"\u202Eabc\u202C", "👩‍👩‍👧‍👦", "😀", "很长的内容", "\x00", "\xff\xfe", "\u2028", "http://a.example/?a=1&b=<2>", "<http://x|y>", " ", "word ", "{date}", "^", "!",
	}
	n := rapid.IntRange(0, 6).Draw(t, label+" pieces")
	var b strings.Builder
	for range n {
		if rapid.Bool().Draw(t, "known") {
			b.WriteString(rapid.SampledFrom(pieces).Draw(t, "piece"))
		} else {
			b.WriteString(rapid.StringN(0, 12, 60).Draw(t, "any"))
		}
	}
	s := b.String()
	if rapid.IntRange(0, 9).Draw(t, label+" long") == 0 && s != "" {
		s = strings.Repeat(s, most/len(s)+1)
	}
	return s
}

func spans(t *rapid.T, label string) chat.Text {
	var text chat.Text
	for range rapid.IntRange(0, 3).Draw(t, label) {
		s := nasty(t, "span", 9000)
		text = append(text, chat.Span{
			Kind: chat.SpanKind(rapid.IntRange(0, 6).Draw(t, "kind")), S: s, URL: rapid.SampledFrom([]string{"https://a.example/x?y=1&z=2", "javascript:alert(1)", s[:min(len(s), 300)], ""}).Draw(t, "url"),
			At:  rapid.SampledFrom([]time.Time{{}, time.Unix(1_700_000_000, 0)}).Draw(t, "at"),
			Who: chat.Principal{Platform: rapid.SampledFrom([]chat.Platform{Platform, "web"}).Draw(t, "platform"), User: rapid.SampledFrom([]string{"U123", s[:min(len(s), 300)], "!channel"}).Draw(t, "user"), Name: s},
		})
	}
	return text
}

func someButtons(t *rapid.T, most int) []chat.Button {
	var list []chat.Button
	for range rapid.IntRange(0, most).Draw(t, "buttons") {
		list = append(list, chat.Button{
			Label: nasty(t, "label", 100), Style: rapid.SampledFrom([]chat.Style{"", chat.StylePrimary, chat.StyleDanger, "odd"}).Draw(t, "style"),
			URL:    rapid.SampledFrom([]string{"", "", "https://a.example", "javascript:x"}).Draw(t, "url"),
			Action: chat.Action{Verb: rapid.SampledFrom([]string{"ack", "", "a:b"}).Draw(t, "verb"), Case: "F-1", Arg: nasty(t, "arg", 100), Gen: 3},
		})
	}
	return list
}

func content(t *rapid.T) chat.Content {
	c := chat.Content{Text: spans(t, "text"), Buttons: someButtons(t, 6)}
	if rapid.Bool().Draw(t, "card") {
		c.Card = &chat.Card{
			Number: rapid.SampledFrom([]string{"", "F-10427"}).Draw(t, "number"), Title: nasty(t, "title", 4000), Body: spans(t, "body"), Foot: spans(t, "foot"),
			Tone: rapid.SampledFrom([]chat.Tone{chat.ToneAlarm, ""}).Draw(t, "tone"), Buttons: someButtons(t, 6), More: someButtons(t, 12),
		}
		for range rapid.IntRange(0, 12).Draw(t, "fields") {
			c.Card.Fields = append(c.Card.Fields, chat.Field{Name: nasty(t, "name", 300), Value: spans(t, "value"), Wide: rapid.Bool().Draw(t, "wide")})
		}
		for range rapid.IntRange(0, 12).Draw(t, "items") {
			c.Card.Items = append(c.Card.Items, chat.Item{Text: spans(t, "item"), Buttons: someButtons(t, 4)})
		}
	}
	return c
}

// markup finds what Slack would act upon. Only what the renderer itself writes may
// be there: dates, mentions of accounts that were meant, and web links.
var markup = regexp.MustCompile(`<([^>]*)>`)

func wellFormed(t *rapid.T, where, s string) {
	for _, m := range markup.FindAllStringSubmatch(s, -1) {
		inner := m[1]
		ok := strings.HasPrefix(inner, "!date^") || inner == "@U123" || strings.HasPrefix(inner, "http://") || strings.HasPrefix(inner, "https://")
		if !ok {
			t.Fatalf("%s: markup %q", where, m[0])
		}
	}
	if rest := markup.ReplaceAllString(s, ""); strings.ContainsAny(rest, "<>") {
		t.Fatalf("%s: loose bracket in %q", where, rest)
	}
}

func TestRenderingStaysWithinLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := content(t)
		out := render(c, "en", true)
		raw, err := json.Marshal(out.blocks)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.blocks) > 0 {
			if p := slacktest.CheckBlocks(raw, 50); len(p) > 0 {
				t.Fatalf("%v", p)
			}
		}
		if n := len([]rune(out.text)); n == 0 || n > 3000 {
			t.Fatalf("text of %d characters", n)
		}
		wellFormed(t, "text", out.text)
		var list []map[string]any
		if err := json.Unmarshal(raw, &list); err == nil {
			eachMarkup(list, func(s string) { wellFormed(t, "block", s) })
		}
	})
}

// eachMarkup finds the texts that Slack reads for markup.
func eachMarkup(v any, f func(string)) {
	switch v := v.(type) {
	case []map[string]any:
		for _, e := range v {
			eachMarkup(e, f)
		}
	case []any:
		for _, e := range v {
			eachMarkup(e, f)
		}
	case map[string]any:
		if v["type"] == "mrkdwn" {
			f(v["text"].(string))
		}
		for _, e := range v {
			eachMarkup(e, f)
		}
	}
}

func TestFormsStayWithinLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &chat.Form{ID: "h:report::0:", Title: nasty(t, "title", 100), Submit: nasty(t, "submit", 100), Intro: spans(t, "intro")}
		for i := range rapid.IntRange(1, 5).Draw(t, "inputs") {
			in := chat.Input{Name: string(rune('a' + i)), Label: nasty(t, "label", 3000), Hint: nasty(t, "hint", 3000), Value: nasty(t, "value", 4000),
				Kind: rapid.SampledFrom([]chat.FieldKind{chat.FieldLine, chat.FieldText, chat.FieldChoice}).Draw(t, "kind"), Max: rapid.SampledFrom([]int{0, 10, 5000}).Draw(t, "max")}
			for range rapid.IntRange(0, 120).Draw(t, "choices") {
				in.Choices = append(in.Choices, chat.Choice{Value: rapid.SampledFrom([]string{"1", "", strings.Repeat("x", 200)}).Draw(t, "v"), Label: nasty(t, "l", 200)})
			}
			f.Inputs = append(f.Inputs, in)
		}
		v := modal(f, &act{hook: "https://a.example/" + strings.Repeat("x", rapid.IntRange(0, 4000).Draw(t, "hook"))}, "zh")
		raw, err := json.Marshal(v.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		if p := slacktest.CheckBlocks(raw, 100); len(p) > 0 {
			t.Fatalf("%v", p)
		}
		for _, n := range []string{v.Title.Text, v.Submit.Text, v.Close.Text} {
			if w := len([]rune(n)); w == 0 || w > 24 {
				t.Fatalf("%q is %d long", n, w)
			}
		}
		if len(v.PrivateMetadata) > 3000 {
			t.Fatalf("private metadata of %d", len(v.PrivateMetadata))
		}
	})
}

func TestMarkup(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	for _, tc := range []struct {
		name string
		text chat.Text
		want string
	}{
		{"plain is escaped", chat.T("a <b> & <!channel>"), "a &lt;b&gt; &amp; &lt;!channel&gt;"},
		{"addresses can be clicked", chat.T("see http://a.example/?x=1&y=2, please"), "see <http://a.example/?x=1&amp;y=2>, please"},
		{"bold", chat.Say("x ").Bold("two\nlines *here*"), "x *two lines here*"},
		{"code", chat.Say("").Code("a `b`"), "`a ˋbˋ`"},
		{"code block", chat.Say("").Code("a\nb"), "```a\nb```"},
		{"moment", chat.Say("").Moment(at, "then|there"), "<!date^1700000000^{date_short_pretty} {time}|then/there>"},
		{"mention", chat.Say("").Mention(chat.Principal{Platform: Platform, User: "U1", Name: "ann"}), "<@U1>"},
		{"mention of another platform", chat.Say("").Mention(chat.Principal{Platform: "web", User: "7", Name: "ann"}), "@ann"},
		{"link", chat.Say("").Link("the |label|", "https://a.example"), "<https://a.example|the /label/>"},
		{"link that is none", chat.Say("").Link("x", "javascript:alert(1)"), "x javascript:alert(1)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := mrkdwn(tc.text, maxSection); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestReadText(t *testing.T) {
	a := New(Config{})
	a.self = identity{team: "T1", user: "UBOT"}
	for _, tc := range []struct {
		in, want  string
		mentioned bool
	}{
		{"plain", "plain", false},
		{"a &lt;b&gt; &amp;amp;", "a <b> &amp;", false},
		{"<@UBOT> ack F-1", "ack F-1", true},
		{"hello <@UBOT|hotline>", "hello", true},
		{"<@U2|bob> and <@U3>", "@bob and @U3", false},
		{"<#C1|help> <!here> <!subteam^S1|@ops>", "#help @here @ops", false},
		{"<https://a.example|a site> <https://b.example>", "a site (https://a.example) https://b.example", false},
		{"<mailto:a@b.example|a@b.example>", "a@b.example", false},
		{"broken <@U", "broken <@U", false},
		{"<>", "", false},
	} {
		got, mentioned := a.readText(tc.in)
		if got != tc.want || mentioned != tc.mentioned {
			t.Errorf("%q → %q %v, want %q %v", tc.in, got, mentioned, tc.want, tc.mentioned)
		}
	}
}

func TestCommandLines(t *testing.T) {
	a := New(Config{Verbs: []chat.Verb{{Name: "report"}, {Name: "status"}}})
	for _, tc := range []struct{ command, text, verb, args string }{
		{"/hotline", "status F-1", "status", "F-1"},
		{"/hotline", "  STATUS   F-1 ", "status", "F-1"},
		{"/hotline", "", "report", ""},
		{"/report", "it is &lt;down&gt;", "report", "it is <down>"},
		{"/hotline-status", "F-1", "status", "F-1"},
	} {
		if verb, args := a.verb(tc.command, tc.text); verb != tc.verb || args != tc.args {
			t.Errorf("%s %q → %q %q", tc.command, tc.text, verb, args)
		}
	}
}
