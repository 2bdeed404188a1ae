package knowledge

import (
	"slices"
	"strings"
	"testing"
)

func texts(tokens []Token) []string {
	var out []string
	for _, t := range tokens {
		out = append(out, t.Text)
	}
	return out
}

func TestTokens(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want, not  []string
	}{
		{"words are stemmed", "Connections failing repeatedly", []string{"connect", "fail", "repeat"}, []string{"connections"}},
		{"stop words go", "how do I get the invoice", []string{"invoic"}, []string{"how", "do", "the"}},
		{"error code whole and in parts", "ORA-00600 raised", []string{"ora-00600", "ora", "600"}, nil},
		{"error code written apart", "ORA 600", []string{"ora", "600"}, nil},
		{"hexadecimal code", "error 0x80070005", []string{"0x80070005"}, nil},
		{"status code", "nginx 502", []string{"nginx", "502"}, nil},
		{"camel case", "NullPointerException", []string{"nullpointerexception", "null", "pointer", "except"}, nil},
		{"snake case", "max_allowed_packet", []string{"max_allowed_packet", "allow", "packet"}, nil},
		{"version", "since 2.7.3", []string{"2.7.3"}, []string{"2", "7"}},
		{"path keeps its last two parts", "/usr/local/share/app/conf.yaml", []string{"app", "conf.yaml"}, []string{"local"}},
		{"address of the web", "see https://www.example.com/help/delete_account", []string{"exampl", "delete_account"}, []string{"www", "https"}},
		{"address of mail is noise", "ask joe@example.com today", []string{"today"}, []string{"joe", "example"}},
		{"uuid and digest are noise", "id 123e4567-e89b-12d3-a456-426614174000 sha 9f86d081884c7d659a2feaa0", []string{"id"[:2], "sha"}[1:], []string{"9f86d081884c7d659a2feaa0", "123e4567"}},
		{"time stamp is noise", "2026-03-04T10:11:12 boom", []string{"boom"}, []string{"2026-03-04t10", "2026"}},
		{"chinese words, pairs, characters", "连接超时", []string{"连接", "超时", "连", "时", "接超"}, nil},
		{"two-character word", "死锁", []string{"死锁"}, nil},
		{"traditional", "連接逾時 資料庫", []string{"连接", "时"}, []string{"連接"}},
		{"full width", "ＯＲＡ－００６００ ｌｏｇｉｎ", []string{"ora-00600", "login"}, nil},
		{"mixed", "升级后 login 报 502", []string{"升级", "login", "502"}, nil},
		{"words of asking go", "请问如何解决死锁", []string{"死锁"}, []string{"请问", "如何", "解决"}},
		{"accents", "Zürich café", []string{"zurich", "cafe"}, nil},
		{"colours of a terminal", "\x1b[31mboom\x1b[0m", []string{"boom"}, []string{"31mboom"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := texts(Tokens(tt.text))
			for _, w := range tt.want {
				if !slices.Contains(got, w) {
					t.Errorf("token %q missing from %q", w, got)
				}
			}
			for _, w := range tt.not {
				if slices.Contains(got, w) {
					t.Errorf("token %q should not be in %q", w, got)
				}
			}
		})
	}
}

func TestTokensReadFirstFrames(t *testing.T) {
	var b strings.Builder
	b.WriteString("java.lang.IllegalStateException: pool closed\n")
	for _, name := range []string{"alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"} {
		b.WriteString("\tat com.example." + name + ".Pool.get(Pool.java:123)\n")
	}
	tokens := Tokens(b.String())
	got := texts(tokens)
	if !slices.Contains(got, "hotel") || slices.Contains(got, "india") {
		t.Errorf("want eight frames, got %q", got)
	}
	if slices.Contains(got, "123") {
		t.Error("line numbers are noise")
	}
	for _, tok := range tokens {
		if tok.Text == "alpha" && !tok.Log || tok.Text == "pool" && tok.Log && tok.Kind == KindIdent {
			t.Errorf("frame marks wrong: %+v", tok)
		}
	}
}

func TestStem(t *testing.T) {
	for word, want := range map[string]string{
		"caresses": "caress", "ponies": "poni", "ties": "tie", "cats": "cat", "agreed": "agre", "plastered": "plaster",
		"motoring": "motor", "hopping": "hop", "hoping": "hope", "happy": "happi", "relational": "relat", "conditional": "condit",
		"connection": "connect", "connected": "connect", "installation": "instal", "as": "as", "by": "by", "sing": "sing",
	} {
		if got := string(stem([]byte(word))); got != want {
			t.Errorf("stem(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestGlossaryIsLargeAndClean(t *testing.T) {
	n := 0
	for zh, en := range glossaryPairs() {
		n++
		for _, r := range Fold(zh) {
			if !isHan(r) {
				t.Errorf("%q holds a character that is not Chinese", zh)
			}
		}
		if len(en) == 0 || en[0] == "" {
			t.Errorf("%q has no reading", zh)
		}
	}
	if n < 600 {
		t.Errorf("glossary has %d pairs, want at least 600", n)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", "a", "连接超时 ORA-00600", "at a.b(c:1)", "\xff\xfe", "```\nx", strings.Repeat("a", 70_000), "＿＿", "'", "a'b'c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, b := Tokens(s), Tokens(s)
		if !slices.Equal(a, b) {
			t.Fatal("not pure")
		}
		for _, tok := range a {
			if tok.Text == "" || strings.ToValidUTF8(tok.Text, "?") != tok.Text || len(tok.Text) > 4*maxToken {
				t.Fatalf("bad token %q", tok.Text)
			}
		}
	})
}
