package web

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hotline/bot/chat"
)

func TestEveryWordOfThePagesIsThere(t *testing.T) {
	used := map[string]bool{}
	find := func(fsys fs.FS, dir string, re *regexp.Regexp, prefix string) {
		names, err := fs.Glob(fsys, dir)
		if err != nil || len(names) == 0 {
			t.Fatalf("no files in %s: %v", dir, err)
		}
		for _, name := range names {
			b, err := fs.ReadFile(fsys, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(b), -1) {
				used[prefix+m[1]] = true
			}
		}
	}
	find(pageFiles, "pages/*.html", regexp.MustCompile(`\bt (?:\$lang|\.Lang|\$\.Lang) "([a-z_]+)"`), "")
	find(assetFiles, "assets/*.js", regexp.MustCompile(`\bword\('([a-z_]+)'`), "js_")
	for key := range used {
		if w, ok := words[key]; !ok || w.EN == "" || w.ZH == "" {
			t.Errorf("the word %q is missing in a language", key)
		}
	}
	for key := range words {
		prefix, _, _ := strings.Cut(key, "_")
		dynamic := slices.Contains([]string{"state", "done", "page", "kind", "known", "lang", "view"}, prefix)
		if !used[key] && !dynamic && key != "login_title" && key != "home" && key != "thread" && key != "send" {
			t.Errorf("the word %q is not used", key)
		}
	}
}

func TestWordsTakeTheSameArguments(t *testing.T) {
	verbs := regexp.MustCompile(`%[a-z]|\{[a-z]+\}`)
	check := func(key, en, zh string) {
		if a, b := verbs.FindAllString(en, -1), verbs.FindAllString(zh, -1); strings.Join(a, "") != strings.Join(b, "") {
			t.Errorf("%s takes %q in English and %q in Chinese", key, a, b)
		}
	}
	for key, w := range words {
		check(key, w.EN, w.ZH)
	}
	for key, w := range refusals {
		check(key, w.EN, w.ZH)
	}
}

func TestCleanText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "a 中 é", "a 中 é"},
		{"line ends", "a\r\nb\rc\n", "a\nb\nc\n"},
		{"controls", "a\x00\x07\x1b[31mb\tc", "a[31mb\tc"},
		{"turned around", "a\u202Egpj\u2066x\u2069", "agpjx"},
		{"invalid", "a\xffb", "a\uFFFDb"},
		{"Hebrew stays", "שלום", "שלום"},
		{"joined emoji stay", "👩‍🔧", "👩‍🔧"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cleanText(tt.in); got != tt.want {
				t.Errorf("cleanText(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestSmallTexts(t *testing.T) {
	for in, want := range map[string]string{"Tom Baker": "TB", "李梅": "李", "ana": "A", "": "?", "Jean-Luc Picard": "JP", "  ": "?"} {
		if got := initials(in); got != want {
			t.Errorf("initials(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"a/b/c.txt": "c.txt", `C:\x\y.log`: "y.log", "": "file", "..": "..", "/": "file", "a\"b<c>.txt": "a_b_c_.txt", strings.Repeat("长", 100): strings.Repeat("长", 66)} {
		if got := fileName(in); got != want {
			t.Errorf("fileName(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{":eyes:": "eyes", "👍": "+1", "❤": "heart", "party_parrot": "party_parrot", "<b>": "", "": "", "A": "", strings.Repeat("a", 41): ""} {
		if got := emojiName(in); got != want {
			t.Errorf("emojiName(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"https://a.example": "https://a.example", "HTTP://a": "HTTP://a", "/c/x": "/c/x", "//evil": "", `/\evil`: "", "javascript:x": "", " https://a": "", "data:x": "", "": ""} {
		if got := safeURL(in); got != want {
			t.Errorf("safeURL(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[int64]string{5: "5 B", 2048: "2 kB", 3 << 20: "3.0 MB"} {
		if got := sizeText(in); got != want {
			t.Errorf("sizeText(%d) = %q, want %q", in, got, want)
		}
	}
}

func TestDrawText(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 40, 0, 0, time.UTC)
	tests := []struct {
		name string
		in   chat.Text
		want string
	}{
		{"typed", chat.T(`<b> & "x"`), `&lt;b&gt; &amp; &#34;x&#34;`},
		{"code", chat.T("see `a<b` now"), `see <code>a&lt;b</code> now`},
		{"a block", chat.T("```\na\nb\n```"), `<pre>a` + "\n" + `b</pre>`},
		{"an address", chat.T("at https://a.example/x?y=1&z=2."), `at <a href="https://a.example/x?y=1&amp;z=2" target="_blank" rel="noopener noreferrer nofollow">https://a.example/x?y=1&amp;z=2</a>.`},
		{"two addresses", chat.T("http://a http://b"), `<a href="http://a" target="_blank" rel="noopener noreferrer nofollow">http://a</a> <a href="http://b" target="_blank" rel="noopener noreferrer nofollow">http://b</a>`},
		{"bold", chat.Text{}.Bold("<i>"), `<strong>&lt;i&gt;</strong>`},
		{"a mention", chat.Text{}.Mention(chat.Principal{Name: "A<b"}), `<span class="mention">@A&lt;b</span>`},
		{"a moment", chat.Text{}.Moment(at, "10:40"), `<time datetime="2026-03-01T10:40:00Z" data-form="full" title="10:40">10:40</time>`},
		{"a path", chat.Text{}.Link("open", "/c/x"), `<a href="/c/x">open</a>`},
		{"a script", chat.Text{}.Link("open", "javascript:alert(1)"), `open`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(drawText(tt.in)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestFairRowsStack(t *testing.T) {
	h := time.Hour
	rows := fairRows([]FairShare{{Person: "b", Hours: 50 * h, Nights: 50 * h, Weekends: 50 * h}, {Person: "a", Hours: 100 * h, Nights: 20 * h, Holidays: 10 * h}})
	if rows[0].Person != "a" || rows[0].Day != 700 || rows[0].NightX != 700 || rows[0].Night != 200 || rows[0].HolidayX != 900 || rows[0].Holiday != 100 {
		t.Errorf("row = %+v", rows[0])
	}
	if r := rows[1]; r.Day+r.Night+r.Weekend+r.Holiday != 500 {
		t.Errorf("the parts of %+v are more than the whole", r)
	}
	if fairRows(nil) != nil {
		t.Error("rows of nothing")
	}
}

func TestMonday(t *testing.T) {
	for in, want := range map[string]string{"2026-03-01": "2026-02-23", "2026-03-02": "2026-03-02", "2026-01-01": "2025-12-29"} {
		day, _ := time.Parse(time.DateOnly, in)
		if got := monday(day.Add(13 * time.Hour)).Format(time.DateOnly); got != want {
			t.Errorf("monday(%s) = %s, want %s", in, got, want)
		}
	}
}

// TestLanes draws each schedule's week where it lives: a shift from midnight to
// midnight fills its day, and the day on which the clock is moved is longer.
func TestLanes(t *testing.T) {
	for _, tt := range []struct {
		name, zone, monday string
		longest            int // the day that differs, -1 for none
	}{
		{"UTC", "", "2026-03-02", -1},
		{"east", "Asia/Shanghai", "2026-03-02", -1},
		{"west", "America/New_York", "2026-02-23", -1},
		{"the clock goes back", "Europe/Berlin", "2026-10-19", 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lane := Lane{Schedule: "s", Zone: time.UTC}
			if tt.zone != "" {
				zone, err := time.LoadLocation(tt.zone)
				if err != nil {
					t.Fatal(err)
				}
				lane.Zone = zone
			}
			first, _ := time.Parse(time.DateOnly, tt.monday)
			start := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, lane.Zone)
			day := start.AddDate(0, 0, 2)
			lane.Shifts = []Shift{{Person: "a", From: day, To: day.AddDate(0, 0, 1)}, {Person: "b", From: start.AddDate(0, 0, -9), To: start}}
			v := laneOf(lane, first, day.Add(12*time.Hour))
			if len(v.Bars) != 1 || v.Bars[0].X != v.Days[2].X || v.Bars[0].W != v.Days[2].W {
				t.Errorf("the shift %+v does not fill its day %+v", v.Bars, v.Days[2])
			}
			if !v.Days[2].Today || v.NowX <= v.Days[2].X || v.NowX >= v.Days[2].X+v.Days[2].W {
				t.Errorf("now is at %d, the day is %+v", v.NowX, v.Days[2])
			}
			for i, d := range v.Days {
				if (d.W > 145) != (i == tt.longest) {
					t.Errorf("day %d is %d wide", i, d.W)
				}
			}
		})
	}
}

func TestHubForgetsByNumber(t *testing.T) {
	h := newHub()
	for i := range hubNotes + 10 {
		h.tell(chat.Post{ID: int64(i + 1)})
	}
	if _, ok := h.since(5); ok {
		t.Error("it remembers everything")
	}
	list, ok := h.since(h.last() - 3)
	if !ok || len(list) != 3 || list[2].post.ID != hubNotes+10 {
		t.Errorf("since = %d notes, %t", len(list), ok)
	}
	if list, ok := h.since(h.last()); !ok || len(list) != 0 {
		t.Errorf("since the last = %d notes, %t", len(list), ok)
	}
}

func TestMemoryOnceForgets(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	m := &memoryOnce{now: func() time.Time { return now }}
	use := func(want bool) {
		t.Helper()
		if first, err := m.Use(t.Context(), "k", now.Add(time.Hour)); first != want || err != nil {
			t.Errorf("Use = %t, %v, want %t", first, err, want)
		}
	}
	use(true)
	use(false)
	now = now.Add(2 * time.Hour)
	use(true)
}

func FuzzDecodeRequest(f *testing.F) {
	for _, s := range []string{`{"id":"a","channel":"b","text":"c"}`, `{"text":"\ud800"}`, `[]`, `{"id":1e999}`, `{}{}`, "\xff", `{"files":["a",null]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var req struct {
			where
			Text  string   `json:"text"`
			Files []string `json:"files"`
		}
		err := decodeRequest(body, &req)
		if err != nil {
			fa, ok := errors.AsType[*fault](err)
			if !ok || fa.say("en") == "" || fa.say("zh") == "" || !utf8.ValidString(fa.say("en")) {
				t.Fatalf("a refusal without words: %v", err)
			}
			return
		}
		if clean, err := checkText(req.Text, chat.MaxText); err == nil && (!utf8.ValidString(clean) || strings.ContainsAny(clean, "\x00\u202E")) {
			t.Fatalf("not clean: %q", clean)
		}
	})
}

func FuzzUnseal(f *testing.F) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	good := seal(secret, pass{Use: "session", User: "ana", Expires: now.Add(time.Hour).Unix()})
	f.Add(good)
	f.Add(good + "x")
	f.Add(".")
	f.Fuzz(func(t *testing.T, token string) {
		if p, ok := unseal(secret, token, "session", now); ok && (token != good || p.User != "ana") {
			t.Fatalf("%q was taken as %+v", token, p)
		}
		if _, ok := unseal(secret, token, "login", now); ok {
			t.Fatalf("%q was taken as a login link", token)
		}
	})
}

func FuzzDrawText(f *testing.F) {
	f.Add("a `b` ```c``` https://d \"<e>")
	tag := regexp.MustCompile(`</?(?:code|pre|a)(?: href="[^"<>]*"(?: target="_blank" rel="noopener noreferrer nofollow")?)?>`)
	f.Fuzz(func(t *testing.T, s string) {
		rest := tag.ReplaceAllString(string(drawPlain(s)), "")
		if strings.ContainsAny(rest, "<>\"") {
			t.Fatalf("markup in %q", rest)
		}
	})
}
