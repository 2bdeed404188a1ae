package commands

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/oncall"
)

// onCall is who is on call at an instant by what is stored.
func (h *house) onCall(at time.Time) string {
	w := h.desk.Snapshot()
	w.Now = at
	return strings.Join(w.OnCall("primary"), " ")
}

// In the test organisation ann is on call until 09:00 UTC on the 25th, then bo.
func TestOnCallViews(t *testing.T) {
	h := newHouse(t, func(o *Options) {
		o.Feed = func(schedule, person string) string { return "https://h.example/cal/" + schedule + person }
	})
	tests := []struct{ name, args, want string }{
		{"now", "", "Ann until 2026-11-25 10:00 CET"},
		{"now in words", "now primary", "Ann"},
		{"next", "next", "Bo from 2026-11-25 10:00 CET"},
		{"week", "week", "Tue 11-24 13:00"},
		{"check", "check 30", "No problems"},
		{"fairness", "fairness 14", "paged 0 times"},
		{"own feed", "feed", "https://h.example/cal/ann"},
		{"feed of a schedule", "calendar primary", "https://h.example/cal/primary"},
		{"nothing arranged", "overrides", "Nothing is arranged"},
		{"no covers", "covers", "Nobody asks"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.must(slash("ann", dm("ann"), "oncall", tt.args))
			if told := h.told("ann"); !strings.Contains(told, tt.want) {
				t.Errorf("/oncall %s said:\n%s\nwant %q in it", tt.args, told, tt.want)
			}
		})
	}
	for _, args := range []string{"week nowhere", "check 1000", "override bo yesterday", "swap", "accept c1", "undo x", "nonsense"} {
		if _, err := h.do(slash("ann", dm("ann"), "oncall", args)); err == nil {
			t.Errorf("/oncall %s is taken", args)
		} else if _, ok := errors.AsType[*bot.UserError](err); !ok {
			t.Errorf("/oncall %s: %v", args, err)
		}
	}
}

var idInText = regexp.MustCompile(`(?:id|编号) ([a-zA-Z0-9@]+)`)

func idOf(t *testing.T, told string) string {
	t.Helper()
	m := idInText.FindStringSubmatch(told)
	if m == nil {
		t.Fatalf("no id in %q", told)
	}
	return m[1]
}

func TestOnCallChanges(t *testing.T) {
	h := newHouse(t)
	say := func(user, args string) string {
		t.Helper()
		h.must(slash(user, dm(user), "oncall", args))
		return h.told(user)
	}
	in := func(d time.Duration) time.Time { return h.now.Add(d) }
	if got := h.onCall(h.now); got != "ann" {
		t.Fatalf("on call is %q", got)
	}
	// A lead adds somebody for two hours, who is told.
	h.must(slash("lea", dm("lea"), "oncall", "override bo 2h"))
	told, notified := "", 0
	for _, l := range h.letters() {
		if l.Intent == chat.IntentPrivate {
			told += l.Content.String()
		}
		if l.Intent == chat.IntentNotice && l.To.User == "bo" {
			notified++
		}
	}
	if got := h.onCall(in(time.Hour)); got != "ann bo" || notified != 1 {
		t.Errorf("on call in an hour: %q, %d notices", got, notified)
	}
	id := idOf(t, told)
	if list := say("ann", "overrides"); !strings.Contains(list, id) {
		t.Errorf("overrides: %s", list)
	}
	if _, err := h.do(slash("ann", dm("ann"), "oncall", "undo "+id)); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("undoing what concerns somebody else: %v", err)
	}
	say("lea", "undo "+id)
	if got := h.onCall(in(time.Hour)); got != "ann" {
		t.Errorf("after undo: %q", got)
	}
	// Bo takes the present shift.
	id = idOf(t, say("bo", "take"))
	if got := h.onCall(in(time.Hour)); got != "bo" {
		t.Errorf("after take: %q", got)
	}
	say("bo", "undo "+id)
	// Somebody replaces somebody in hours of the clock.
	say("bo", "replace primary Ann by bo from 18:00 to 20:00") // Berlin time
	if a, b := h.onCall(in(5*time.Hour+30*time.Minute)), h.onCall(in(7*time.Hour)); a != "bo" || b != "ann" {
		t.Errorf("replaced 18:00–20:00: %q, then %q", a, b)
	}
	// A vacation.
	id = idOf(t, say("ann", "off tomorrow to 2026-11-30 skiing"))
	if got := h.onCall(time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)); got != "bo" {
		t.Errorf("during the vacation: %q", got)
	}
	say("ann", "undo "+id)
	if got := h.onCall(time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)); got != "ann" {
		t.Errorf("after it was undone: %q", got)
	}
	if _, err := h.do(slash("ann", dm("ann"), "oncall", "off bo tomorrow")); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("a vacation for somebody else: %v", err)
	}
}

func TestCoverAndSwap(t *testing.T) {
	h := newHouse(t)
	h.must(slash("ann", dm("ann"), "oncall", "cover fri 10:00 to fri 14:00 dentist"))
	var accept chat.Action
	for _, l := range h.letters() {
		if l.Intent == chat.IntentNotice && l.To.User == "bo" && len(l.Content.Buttons) == 1 {
			accept = l.Content.Buttons[0].Action
		}
	}
	if accept.Verb == "" {
		t.Fatal("nobody was asked")
	}
	at := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC) // 11:00 in Berlin
	h.must(slash("lea", dm("lea"), "oncall", "covers"))
	if told := h.told("lea"); !strings.Contains(told, "dentist") {
		t.Errorf("covers: %s", told)
	}
	before := h.onCall(at)
	_, err := h.do(press("bo", dm("bo"), accept))
	after := h.onCall(at)
	if before == "ann" && (err != nil || after != "bo") || before != "ann" && err == nil {
		t.Errorf("before %q, after %q, error %v", before, after, err)
	}
	h.letters()
	// A period in ann's own turn.
	h.must(slash("ann", dm("ann"), "oncall", "cover 4h"))
	for _, l := range h.letters() {
		if l.To.User == "bo" && l.Content != nil && len(l.Content.Buttons) == 1 {
			accept = l.Content.Buttons[0].Action
		}
	}
	h.must(press("bo", dm("bo"), accept))
	if got := h.onCall(h.now.Add(time.Hour)); got != "bo" {
		t.Errorf("after the cover was accepted: %q", got)
	}
	if _, err := h.do(press("lea", dm("lea"), accept)); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("the second to accept: %v", err)
	}
	// A swap changes nothing until the other accepts; a third person cannot.
	h = newHouse(t)
	h.must(slash("ann", dm("ann"), "oncall", "swap bo"))
	for _, l := range h.letters() {
		if l.To.User == "bo" && len(l.Content.Buttons) == 1 {
			accept = l.Content.Buttons[0].Action
		}
	}
	if got := h.onCall(h.now); got != "ann" {
		t.Errorf("before it was accepted: %q", got)
	}
	if _, err := h.do(press("lea", dm("lea"), accept)); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("a third person accepts a swap: %v", err)
	}
	h.must(press("bo", dm("bo"), accept))
	if now, next := h.onCall(h.now.Add(time.Minute)), h.onCall(h.now.Add(24*time.Hour)); now != "bo" || next != "ann" {
		t.Errorf("after the swap: now %q, next %q", now, next)
	}
}

func TestContact(t *testing.T) {
	h := newHouse(t)
	cmd := func(args string) (string, error) {
		t.Helper()
		_, err := h.do(slash("ann", dm("ann"), "contact", args))
		if err != nil {
			return errorText(err, "en"), err
		}
		return h.told("ann"), nil
	}
	if told, _ := cmd(""); !strings.Contains(told, "chat") {
		t.Errorf("list: %s", told)
	}
	for _, bad := range []string{"add mail nonsense", "add sms 12", "add webhook ftp://x", "add webhook https://user:pw@x", "add pigeon coop", "add mail", "verify 1", "remove chat", "rules mail 5m", "quiet 25:00-07:00", "quiet soon"} {
		if told, err := cmd(bad); err == nil || told == "" {
			t.Errorf("/contact %s: %q", bad, told)
		}
	}
	h.letters()
	h.must(slash("ann", dm("ann"), "contact", "add mail ann@example.com"))
	codes := 0
	for _, l := range h.letters() {
		if l.To.User == "ann@example.com" && strings.Contains(l.Content.String(), "123456") {
			codes++
		} else if strings.Contains(l.Content.String(), "123456") {
			t.Error("the code is shown to whoever asked")
		}
	}
	if codes != 1 {
		t.Fatalf("%d codes went out", codes)
	}
	if _, err := cmd("add mail ann@example.com"); !errors.Is(err, bot.ErrConflict) {
		t.Errorf("a second code at once: %v", err)
	}
	if told, _ := cmd("verify 000000"); !strings.Contains(told, "4 tries") {
		t.Errorf("a wrong code: %s", told)
	}
	if ms := h.desk.Snapshot().MethodsOf("ann"); len(ms) != 2 || ms[1].Verified {
		t.Errorf("methods %+v", ms)
	}
	if told, _ := cmd("verify 123456"); !strings.Contains(told, "verified") {
		t.Errorf("the right code: %s", told)
	}
	if ms := h.desk.Snapshot().MethodsOf("ann"); len(ms) != 2 || !ms[1].Verified {
		t.Errorf("methods %+v", ms)
	}
	// Rules, quiet hours, test.
	if told, err := cmd("rules mail 0m sev1-2, chat 5m"); err != nil {
		t.Errorf("rules: %s", told)
	}
	w := h.desk.Snapshot()
	if r := w.RulesOf("ann", 1); len(r) != 2 || r[0].Method != "mail" || r[1].After != 5*time.Minute {
		t.Errorf("rules for severity 1: %+v", r)
	}
	if r := w.RulesOf("ann", 3); len(r) != 1 || r[0].Method != "chat" {
		t.Errorf("rules for severity 3: %+v", r)
	}
	if told, err := cmd("quiet 22:00-07:00 except 1-2"); err != nil {
		t.Errorf("quiet: %s", told)
	}
	w = h.desk.Snapshot()
	w.Now = time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC)
	if _, quiet := w.QuietUntil("ann", 3); !quiet {
		t.Error("quiet hours do not hold severity 3")
	}
	if _, quiet := w.QuietUntil("ann", 2); quiet {
		t.Error("quiet hours hold severity 2")
	}
	if told, _ := cmd(""); !strings.Contains(told, "22:00–07:00") || !strings.Contains(told, "mail 0s sev1-2") {
		t.Errorf("list: %s", told)
	}
	if told, err := cmd("quiet off"); err != nil {
		t.Errorf("quiet off: %s", told)
	}
	h.letters()
	h.must(slash("ann", dm("ann"), "page", "test"))
	tests := 0
	for _, l := range h.letters() {
		if l.Priority == bot.PrioTest && l.Audience == chat.Only("ann") {
			tests++
		}
	}
	if tests != 2 {
		t.Errorf("%d test pages, want 2", tests)
	}
	if _, err := h.do(slash("ann", dm("ann"), "page", "test bo")); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("testing somebody else: %v", err)
	}
	if told, err := cmd("remove mail"); err != nil || len(h.desk.Snapshot().MethodsOf("ann")) != 1 {
		t.Errorf("remove: %s", told)
	}
	// Wrong codes run out.
	if _, err := cmd("add ntfy my-topic"); err != nil {
		t.Fatal(err)
	}
	for range codeTries {
		if _, err := cmd("verify 999999"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := cmd("verify 123456"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("the right code after too many wrong ones: %v", err)
	}
}

func TestMaintenance(t *testing.T) {
	h := newHouse(t)
	h.must(slash("lea", dm("lea"), "maintenance", "add payments 2h new database"))
	id := idOf(t, h.told("lea"))
	c := h.open("carl", shopChannel, "service:payments nobody can pay")
	if c.Held != "new database" || c.Paging.Active {
		t.Errorf("held by %q, paging %v", c.Held, c.Paging.Active)
	}
	h.letters()
	h.must(slash("ann", dm("ann"), "maintenance", ""))
	if told := h.told("ann"); !strings.Contains(told, id) {
		t.Errorf("list: %s", told)
	}
	for _, bad := range []string{"add nothing 2h x", "add payments never x", "add payments", "end m0"} {
		if _, err := h.do(slash("lea", dm("lea"), "maintenance", bad)); err == nil {
			t.Errorf("/maintenance %s is taken", bad)
		}
	}
	h.must(slash("ann", dm("ann"), "maintenance", "end "+id))
	if got := h.read(c.Number); got.Held != "" || !got.Paging.Active {
		t.Errorf("after the end: held by %q, paging %v", got.Held, got.Paging.Active)
	}
	h.letters()
	for what, field := range map[string]string{"site:sh-01": "site", "sn:ST7001": "asset", "customer:bank": "customer"} {
		h.must(slash("lea", dm("lea"), "maintenance", "add "+what+" 1h x"))
		if told := h.told("lea"); !strings.Contains(told, field+":") {
			t.Errorf("%s: %s", what, told)
		}
	}
}

func TestKnowledgeVerbs(t *testing.T) {
	var changed []bot.Article
	h := newHouse(t, func(o *Options) {
		o.Search = library{{ID: "KB-1", Title: "restart the till", Extract: "press the button", Helped: 3, Words: []string{"till"}}}
		o.Desk.ListenArticles(func(a bot.Article) { changed = append(changed, a) })
	})
	cmd := func(user, args string) (string, error) {
		t.Helper()
		_, err := h.do(slash(user, dm(user), "kb", args))
		if err != nil {
			return errorText(err, "en"), err
		}
		return h.told(user), nil
	}
	if told, _ := cmd("carl", "till is dead"); !strings.Contains(told, "restart the till") || !strings.Contains(told, "helped 3 times") {
		t.Errorf("search: %s", told)
	}
	told, err := cmd("ann", "add Till prints nothing | paper is there | press feed twice")
	if err != nil || !strings.Contains(told, "KB-1") {
		t.Fatalf("add: %s", told)
	}
	if _, err := cmd("carl", "KB-1"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("a customer reads a draft: %v", err)
	}
	if told, err := cmd("ann", "publish KB-1"); !errors.Is(err, bot.ErrForbidden) {
		t.Errorf("publishing one’s own: %s", told)
	}
	if told, _ := cmd("bo", "review"); !strings.Contains(told, "KB-1") {
		t.Errorf("review: %s", told)
	}
	h.must(press("bo", deskChannel, chat.Action{Verb: "kbpublish", Arg: "KB-1"}))
	h.letters()
	if told, err := cmd("carl", "kb1"); err != nil || !strings.Contains(told, "press feed twice") {
		t.Errorf("a customer reads it: %s", told)
	}
	if told, err := cmd("ann", "edit KB-1 press feed three times"); err != nil || !strings.Contains(told, "the old text is in use") {
		t.Errorf("edit: %s", told)
	}
	if told, err := cmd("bo", "retire KB-1"); err != nil || told == "" {
		// retiring needs a lead
		if said := h.must(slash("bo", dm("bo"), "kb", "retire KB-1")); said.Say == "" {
			t.Errorf("retire by a responder: %s (%v)", told, err)
		}
	}
	if told, err := cmd("lea", "retire KB-1"); err != nil {
		t.Errorf("retire: %s", told)
	}
	if told, _ := cmd("ann", "stats"); !strings.Contains(told, "1 retired") {
		t.Errorf("stats: %s", told)
	}
	if len(changed) != 4 || changed[1].State != bot.ArticlePublished || changed[1].Reviewer != "bo" || changed[2].Proposed == nil {
		t.Errorf("changes told: %+v", changed)
	}
	h.must(chat.Event{Kind: chat.KindForm, From: account("ann"), Where: dm("ann"), Form: chat.Filled{ID: "h:kb::0:add ",
		Values: map[string]string{"title": "From a form", "symptom": "s", "fix": "f", "cause": "c"}}})
	h.view(func(r bot.Reader) error {
		a, err := r.Article("KB-2")
		if err != nil || a.Cause != "c" || a.Solution != "f" {
			t.Errorf("article from the form: %+v (%v)", a, err)
		}
		return nil
	})
	h.cmds.search = nil
	if _, err := cmd("carl", "till"); !errors.Is(err, bot.ErrUnavailable) {
		t.Errorf("without a knowledge base: %v", err)
	}
}

func TestParsePeriod(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 13, 0, 0, 0, berlin) // a Tuesday
	tests := []struct{ name, line, from, to, rest string }{
		{"length", "2h", "24 13:00", "24 15:00", ""},
		{"length and reason", "90m database work", "24 13:00", "24 14:30", "database work"},
		{"Chinese length", "2小时 升级", "24 13:00", "24 15:00", "升级"},
		{"hours", "18:00-22:00", "24 18:00", "24 22:00", ""},
		{"hours in words", "from 18:00 to 22:00 x", "24 18:00", "24 22:00", "x"},
		{"past midnight", "22:00-07:00", "24 22:00", "25 07:00", ""},
		{"tomorrow by now", "09:00 - 11:00", "25 09:00", "25 11:00", ""},
		{"a day", "tomorrow", "25 00:00", "26 00:00", ""},
		{"weekdays", "fri 18:00 to mon 09:00", "27 18:00", "30 09:00", ""},
		{"Chinese weekdays", "周五 18:00 至 周一 09:00", "27 18:00", "30 09:00", ""},
		{"joined Chinese", "明天09:00", "", "", ""},
		{"dates are whole", "2026-11-26 to 2026-11-28", "26 00:00", "29 00:00", ""},
		{"date and length", "2026-11-26 08:00 for 4h", "26 08:00", "26 12:00", ""},
		{"joined", "2026-11-26T08:00 to 2026-11-26T09:30", "26 08:00", "26 09:30", ""},
		{"a moment alone", "18:00", "", "", ""},
		{"backwards", "2026-11-26 to 2026-11-25", "", "", ""},
		{"nothing", "", "", "", ""},
		{"words", "some day", "", "", ""},
		{"too long", "99999w", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := parsePeriod(tt.line, now, berlin)
			if !ok {
				if tt.from != "" {
					t.Fatalf("%q is no period", tt.line)
				}
				return
			}
			from, to := p.from.In(berlin).Format("02 15:04"), p.to.In(berlin).Format("02 15:04")
			if from != tt.from || to != tt.to || p.rest != tt.rest {
				t.Errorf("%q is %s – %s %q, want %s – %s %q", tt.line, from, to, p.rest, tt.from, tt.to, tt.rest)
			}
		})
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2h", "fri 18:00 to mon 09:00", "周五至周一", "2026-11-26 to 2026-11-28 x", "24:00-00:00", "now to now", "9999-12-31 23:59 for 9w"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		now := time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC)
		if p, ok := parsePeriod(line, now, time.UTC); ok && (!p.to.After(p.from) || p.to.Sub(p.from) > maxLength) {
			t.Fatalf("%q is %v – %v", line, p.from, p.to)
		}
		_, _ = parseUntil(line, now, time.UTC)
	})
}

func TestAbsenceID(t *testing.T) {
	a := oncall.Absence{Person: "ann", From: time.Date(2026, 12, 1, 0, 0, 0, 0, time.FixedZone("", 3600))}
	if got := absenceID(a); got != "ann@20261130T2300" {
		t.Errorf("id %q", got)
	}
}
