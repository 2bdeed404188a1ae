package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"hotline/adapters/web/browsertest"
	"hotline/adapters/web/webtest"
)

var greeting = regexp.MustCompile(`running: (http://\S+)`)

// startDemo runs "hotline demo" in a process of its own and returns its address.
// When the test ends it is stopped as an operator does; what it logged must hold no
// panic.
func startDemo(t *testing.T, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), runEnv+"="+strings.Join(append([]string{"demo", "--addr", "127.0.0.1:0", "--verbose"}, args...), "\x1f"))
	var log strings.Builder
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := greeting.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		ended <- cmd.Wait()
	}()
	select {
	case url := <-address:
		t.Cleanup(func() { stopDemo(t, cmd, ended, &log) })
		return url
	case err := <-ended:
		t.Fatalf("the demo ended: %v\n%s", err, &log)
	case <-time.After(2 * time.Minute):
		_ = cmd.Process.Kill() // it did not come up anyway
		<-ended
		t.Fatalf("the demo did not come up:\n%s", &log)
	}
	return ""
}

func stopDemo(t *testing.T, cmd *exec.Cmd, ended chan error, log *strings.Builder) {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the demo ended with %v", err)
	}
	if text := log.String(); t.Failed() || strings.Contains(text, "panic") {
		t.Errorf("the demo logged:\n%s", text[max(0, len(text)-8000):])
	}
}

// tale is one case from report to suggestion, told once in each language.
type tale struct {
	person, channel, lang string // the customer
	report, taken         string // what is said, and the words on the receipt once somebody has it
	note, cause, solution string
	number                string
	other                 string // a colleague who has it again
	again                 string // the same in other words
	known                 string // the title that is suggested or asked about at once, if any
}

// TestJourneyInTheBrowser acts the journey of all four people as they would, in
// headless Chromium, on the real demo.
func TestJourneyInTheBrowser(t *testing.T) {
	w := &workspace{Page: browsertest.Open(t), url: startDemo(t)}
	w.Size(1280, 800, false)
	w.Visit(w.url)
	w.act(&tale{person: "emma-olsen", channel: "fjord", lang: "en", other: "lars-dahl",
		report: "Payments return 502 since 10:40", taken: "is on it", note: "inside only: node 7 again",
		cause: "The upstream pool of gateway node 7 was exhausted.", solution: "Restarted gateway node 7 and raised its pool to 200.",
		again: "Every payment returns 502 since this morning", known: "Payments fail with 502"})
	w.act(&tale{person: "wang-fang", channel: "hengtong", lang: "zh-CN", other: "zhao-lei",
		report: "三号分拣线皮带停转,启动键没有反应", taken: "正在处理", note: "仅内部:上周同一台变频器",
		cause: "变频器过热保护。", solution: "清理变频器散热风扇后复位,皮带恢复运转。",
		again: "分拣线的皮带又停转了,启动键没有反应"})
	w.isAsked("emma-olsen", "fjord", "Nobody can log in any more")
	w.gallery()
}

// workspace is the browser at the workspace.
type workspace struct {
	*browsertest.Page
	url string
}

func (w *workspace) act(s *tale) {
	w.reports(s)
	onCall := w.called(s)
	w.takes(s, onCall)
	w.isTold(s)
	w.become(onCall)
	w.resolves(s)
	w.confirms(s)
	w.looksOnline(s)
	w.publishes(s)
	w.seesItAgain(s)
	w.neverSaw(s)
}

// become switches the person at the top left.
func (w *workspace) become(person string) {
	w.Helper()
	w.Press("the switcher", `document.querySelector('details.me:not([open]) summary') || document.querySelector('details.me[open] summary')`)
	w.Press("to be "+person, fmt.Sprintf(`document.querySelector('[data-be=%q]')`, person))
	w.Wait("the page of "+person, fmt.Sprintf(`document.readyState === 'complete' && document.body.dataset.user === %q && document.querySelector('#side .row')`, person))
}

// enter opens a channel from the list.
func (w *workspace) enter(channel string) {
	w.Helper()
	if w.Read(`document.querySelector('#main').dataset.channel || ''`) == channel {
		return
	}
	w.Press("the channel "+channel, fmt.Sprintf(`document.querySelector('#channels a[data-channel=%q]')`, channel))
	w.Wait("being in "+channel, fmt.Sprintf(`document.querySelector('#main').dataset.channel === %q && document.querySelector('form.composer[data-ready] #box')`, channel))
}

// said is the newest post with some words, in the channel or in the open thread.
func said(list string, words ...string) string {
	test := "true"
	for _, word := range words {
		test += fmt.Sprintf(" && p.innerText.includes(%q)", word)
	}
	return fmt.Sprintf(`[...document.querySelectorAll('%s .post')].findLast((p) => %s)`, list, test)
}

// button is a button of a post for a verb, or for "verb:number" where a post stands
// for several cases.
func button(post, verb string) string {
	return fmt.Sprintf(`%s?.querySelector('[data-press^="h:%s:"]')`, post, verb)
}

func (w *workspace) reports(s *tale) {
	w.become(s.person)
	w.enter(s.channel)
	w.Type("#box", s.report)
	w.Key("\r")
	w.Press("the thread with the receipt", said("#posts", s.report)+`?.querySelector('a.replies')`)
	w.Wait("the receipt in the thread", said("#replies", "F-")+`?.querySelector('.card .number, .number')`)
	s.number = caseNumbers.FindString(w.Read(said("#replies", "F-") + `.innerText`))
	if s.number == "" {
		w.Fatal("the receipt has no number")
	}
	if s.known != "" {
		w.Wait("the fix, or whether it is this", said("#replies .list", s.known)+`?.querySelector('[data-press^="h:solved:"], [data-press^="h:isit:"]')`)
	}
	w.Shot("reported-" + s.channel)
}

// called is who the receipt says was called.
func (w *workspace) called(s *tale) string {
	for _, id := range []string{"li-wei", "anna-berg", "chen-jing", "tom-novak"} {
		name := w.Read(fmt.Sprintf(`document.querySelector('[data-be=%q] b').textContent`, id))
		if strings.Contains(w.Read(said("#replies", s.number)+`.innerText`), name) {
			return id
		}
	}
	w.Fatalf("the receipt of %s names nobody who was called", s.number)
	return ""
}

func (w *workspace) takes(s *tale, onCall string) {
	w.become(onCall)
	w.enter("dm:" + onCall)
	page := said("#posts", s.number, s.report)
	w.Wait("the page", button(page, "ack:"+s.number))
	w.Shot("page-" + s.channel)
	w.Press("Acknowledge", button(page, "ack:"+s.number))
	w.enter("hotline-desk")
	card := said("#posts", s.number, s.report)
	w.Wait("the card to be mine", button(card, "resolve:"+s.number)+` && !`+button(card, "ack:"+s.number))
	w.Press("more", card+`?.querySelector('.card details.more summary')`)
	w.Press("Note", button(card, "note:"+s.number))
	w.fill(map[string]string{"text": s.note})
	w.Press("the internal thread", card+`?.querySelector('a.replies')`)
	w.Wait("the note inside", said("#replies .list", s.note))
	w.Shot("desk-" + s.channel)
}

// fill waits for a form, writes, and sends it.
func (w *workspace) fill(values map[string]string) {
	w.Helper()
	for name, text := range values {
		w.Type(fmt.Sprintf(`dialog[open] [name=%q]`, name), text)
	}
	w.Shot("form")
	w.Press("to send the form", `document.querySelector('dialog[open] [type=submit]')`)
	w.Wait("the form to close", `!document.querySelector('dialog[open]')`)
}

// isTold looks as the customer who has the case.
func (w *workspace) isTold(s *tale) {
	w.become(s.person)
	w.enter(s.channel)
	w.Press("the thread", said("#posts", s.report)+`?.querySelector('a.replies')`)
	w.Wait("the receipt to say who has it", said("#replies .list", s.number, s.taken))
	if said := w.Read(`document.body.innerText`); strings.Contains(said, s.note) {
		w.Errorf("the customer saw the note:\n%s", said)
	}
	w.Shot("told-" + s.channel)
}

func (w *workspace) resolves(s *tale) {
	w.enter("hotline-desk")
	w.Press("Resolve", button(said("#posts", s.number, s.report), "resolve:"+s.number))
	w.fill(map[string]string{"solution": s.solution, "cause": s.cause})
}

func (w *workspace) confirms(s *tale) {
	w.become(s.person)
	w.enter(s.channel)
	w.Press("the thread", said("#posts", s.report)+`?.querySelector('a.replies')`)
	ask := said("#replies .list", s.number, s.solution)
	w.Wait("the question", button(ask, "confirm:"+s.number))
	w.Shot("ask-" + s.channel)
	w.Press("Yes, it works", button(ask, "confirm:"+s.number))
	w.Press("five stars", fmt.Sprintf(`document.querySelector('#replies [data-press^="h:rate:%s:"][data-press$=":5"]')`, s.number))
	w.Wait("thanks, for me alone", `document.querySelector('#replies .post.private')`)
	w.Shot("rated-" + s.channel)
}

// looksOnline follows the link of the receipt to the customer's page of the case and
// comes back.
func (w *workspace) looksOnline(s *tale) {
	w.Visit(w.Read(said("#replies .list", s.number) + `.closest('.list').querySelector('.card a[href*="/t/"]').href`))
	w.Wait("the page of the case", fmt.Sprintf(`document.querySelector('body.ticket h1')?.innerText.includes(%q)`, s.number))
	text := w.Read(`document.body.innerText`)
	if lang := w.Read(`document.documentElement.lang`); lang != s.lang {
		w.Errorf("the customer's page of the case is in %s, want %s", lang, s.lang)
	}
	if !strings.Contains(text, s.solution) || strings.Contains(text, s.note) || strings.Contains(text, s.cause) {
		w.Errorf("the customer's page of the case shows:\n%s", text)
	}
	w.Shot("ticket-" + s.channel)
	w.Visit(w.url)
	w.Wait("the workspace", `document.readyState === 'complete' && document.querySelector('#side .row')`)
}

// publishes lets a second person publish the draft.
func (w *workspace) publishes(s *tale) {
	w.become("sofia-rossi")
	w.enter("hotline-desk")
	draft := said("#posts", s.number, s.solution)
	w.Wait("the draft", draft)
	w.Shot("draft-" + s.channel)
	w.Press("Publish", draft+`?.querySelector('[data-press^="h:kbpublish:"]')`)
	w.Wait("it to be published", said("#posts", "KB-", "is published"))
}

// seesItAgain reports the same in other words; what fixed it comes first.
func (w *workspace) seesItAgain(s *tale) {
	w.become(s.other)
	w.enter(s.channel)
	w.Type("#box", s.again)
	w.Key("\r")
	w.Press("the thread", said("#posts", s.again)+`?.querySelector('a.replies')`)
	w.Wait("the suggestions", button(said("#replies .list", "KB-"), "solved"))
	first := w.Read(said("#replies .list", "KB-") + `.querySelector('.items li').innerText`)
	if !strings.Contains(first, s.solution) {
		w.Errorf("the same fault in other words suggests first: %s", first)
	}
	w.Shot("again-" + s.channel)
}

// isAsked reports what the knowledge base is not sure about: it asks one question, and
// the fix is shown once the answer is yes.
func (w *workspace) isAsked(person, channel, text string) {
	w.become(person)
	w.enter(channel)
	w.Type("#box", text)
	w.Key("\r")
	w.Press("the thread", said("#posts", text)+`?.querySelector('a.replies')`)
	question := said("#replies .list", "Is it this:")
	w.Wait("the question", fmt.Sprintf(`%s?.querySelector('[data-press^="h:isit:"]')`, question))
	w.Shot("asked-" + channel)
	w.Press("Yes, this", fmt.Sprintf(`%s?.querySelector('[data-press^="h:isit:"]')`, question))
	w.Wait("the fix", said("#replies .list", "KB-")+`?.querySelector('[data-press^="h:solved:"]')`)
	w.Shot("answered-" + channel)
}

// neverSaw looks at everything that reached the customer's colleague and the
// customer: the note did not.
func (w *workspace) neverSaw(s *tale) {
	w.Helper()
	for _, id := range []string{s.person, s.other} {
		p := webtest.New(w.url, id)
		for _, place := range []string{s.channel, "dm:" + id} {
			top, err := p.Posts(w.Context(), place, "")
			if err != nil {
				w.Fatal(err)
			}
			for _, v := range top {
				replies, err := p.Posts(w.Context(), place, webtest.Thread(v))
				if err != nil {
					w.Fatal(err)
				}
				for _, v := range append(replies, v) {
					if strings.Contains(v.Text+v.HTML, s.note) {
						w.Errorf("%s saw the note: %s", id, v.Text)
					}
				}
			}
		}
	}
}

// gallery keeps pictures of what the journeys left, in every look, when
// HOTLINE_SHOTS names a folder.
func (w *workspace) gallery() {
	if os.Getenv("HOTLINE_SHOTS") == "" {
		return
	}
	look := func(name, person, path, ready string) {
		w.Visit(w.url + path + "?as=" + person)
		w.Wait(name, fmt.Sprintf(`document.readyState === 'complete' && document.querySelector(%q)`, ready))
		w.Shot(name)
	}
	all := func(prefix string) {
		look(prefix+"workspace", "emma-olsen", "/c/fjord", "#posts .post")
		look(prefix+"zh", "wang-fang", "/c/hengtong", "#posts .post")
		look(prefix+"desk", "sofia-rossi", "/c/hotline-desk", "#posts .post")
		for _, page := range []string{"queue", "oncall", "fairness", "kb", "health"} {
			look(prefix+page, "anna-berg", "/"+page, "#main")
		}
		look(prefix+"zh-queue", "li-wei", "/queue", "#main")
	}
	all("")
	w.Dark(true)
	all("dark-")
	w.Size(390, 844, true)
	all("phone-dark-")
	w.Dark(false)
	all("phone-")
}
