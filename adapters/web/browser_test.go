package web_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"hotline/adapters/web/browsertest"
	"hotline/bot/chat"
)

// browser starts a headless Chromium for the test, or skips when there is none. It
// fails the test when the page logs an error.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(browsertest.Open(t).Context(), 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

type step = chromedp.Action[chromedp.Void]

// size sets the size of the screen.
func size(w, h int64, scale float64, mobile bool) step {
	return command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: w, Height: h, DeviceScaleFactor: scale, Mobile: mobile})
}

// command sends one command of the protocol.
func command[P, R any](cmd cdp.Command[P, R], params P) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cmd, params)
		return err
	})
}

// run does steps in the browser and fails when one cannot be done.
func run(t *testing.T, ctx context.Context, what string, steps ...step) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// shot keeps a picture when HOTLINE_SHOTS names a folder.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("HOTLINE_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestABrowserCanDoItAll(t *testing.T) {
	now := time.Now()
	s := newSite(t, withPages(now))
	scene(t, s, now)
	s.inbox.set(func(ev chat.Event) (chat.Answer, error) {
		switch {
		case ev.Action.Verb == "resolve":
			return chat.Answer{Form: &chat.Form{ID: "resolve:F-10427", Title: "Resolve F-10427", Submit: "Resolve", Inputs: []chat.Input{
				{Name: "cause", Label: "Cause", Kind: chat.FieldLine}, {Name: "solution", Label: "What fixed it", Hint: "The customer reads this.", Kind: chat.FieldText, Required: true}}}}, nil
		case ev.Kind == chat.KindForm && !strings.Contains(ev.Form.Values["solution"], "reload"):
			return chat.Answer{Errors: map[string]string{"solution": "Say how to do it again."}}, nil
		case ev.Kind == chat.KindCommand:
			return chat.Answer{Say: "F-10427 is in progress with Ana Ruiz."}, nil
		}
		return chat.Answer{}, nil
	})
	ctx := browser(t)
	visible := func(sel string) step { return chromedp.WaitVisible(chromedp.CSS(sel)) }
	run(t, ctx, "open", size(1280, 800, 1, false), chromedp.Navigate(s.url+"/c/acme?as=tom"), visible("#posts .post .replies"))
	shot(t, ctx, "desktop")
	run(t, ctx, "say something", chromedp.SendKeys(chromedp.CSS("#box"), "is <b>this</b> still going on?\r"),
		chromedp.WaitVisible(`//div[@id="posts"]//div[contains(., "is <b>this</b> still")]`))
	run(t, ctx, "complete a command", chromedp.SendKeys(chromedp.CSS("#box"), "/st"), visible(`.suggest [role=option]`))
	shot(t, ctx, "suggest")
	run(t, ctx, "send it", chromedp.SendKeys(chromedp.CSS("#box"), "\tF-10427\r"),
		chromedp.WaitVisible(`//article[contains(@class,"private")][contains(., "in progress with Ana")]`))
	run(t, ctx, "react", chromedp.Evaluate[chromedp.Void](`document.querySelector('#posts .post .pick').open = true`), visible("#posts .emojis button"),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error { // on a touch screen it appears a moment later
			_, err := chromedp.Poll[bool](`getComputedStyle(document.querySelector('#posts .emojis')).visibility === 'visible'`)(ctx, t)
			return err
		}))
	shot(t, ctx, "emojis")
	run(t, ctx, "choose one", chromedp.Click(chromedp.CSS(`#posts .emojis [data-react="tada"]`)), visible(`#posts .react.on`))
	run(t, ctx, "walk by keys", chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`), chromedp.KeyEvent("k"), chromedp.KeyEvent("k"), visible(".post:focus"))
	shot(t, ctx, "keys")
	run(t, ctx, "open a thread", chromedp.Click(chromedp.CSS("#posts .replies")), visible("#thread #reply"))
	shot(t, ctx, "thread")
	if _, err := s.as("ana").Say(t.Context(), "acme", rootOf(t, s), "All six workers answer again."); err != nil {
		t.Fatal(err)
	}
	run(t, ctx, "see a reply arrive", chromedp.WaitVisible(`//div[@id="replies"]//div[contains(., "All six workers")]`))
	run(t, ctx, "act as staff", chromedp.Navigate(s.url+"/c/desk?as=ana"), visible(".card"), chromedp.Click(chromedp.CSS(".card .more summary")), visible(".card .menu"))
	shot(t, ctx, "card")
	run(t, ctx, "open a form", chromedp.Click(`//button[text()="Resolve"]`), visible("dialog textarea"),
		chromedp.SendKeys(chromedp.CSS("dialog textarea"), "restarted it"), chromedp.Click(chromedp.CSS("dialog button[type=submit]")), visible("dialog .fields .bad:not([hidden])"))
	shot(t, ctx, "form")
	run(t, ctx, "correct it", chromedp.SendKeys(chromedp.CSS("dialog textarea"), ", with gatewayctl reload"), chromedp.Click(chromedp.CSS("dialog button[type=submit]")),
		chromedp.WaitNotPresent(chromedp.CSS("dialog[open]")))
	s.send(t, chat.Outgoing{Key: "page2", Intent: chat.IntentPage, Audience: chat.Internal(), Urgent: true, To: to("ana"), Content: chat.Content{Card: &chat.Card{Number: "F-10440", Title: "VPN is down"}}})
	run(t, ctx, "be told of a page", visible("#toast.alarm a"))
	shot(t, ctx, "alarm")
	run(t, ctx, "follow it", chromedp.Click(chromedp.CSS("#toast.alarm a")), chromedp.WaitVisible(chromedp.Search(`//main//h4[contains(., "VPN is down")]`)),
		chromedp.Navigate(s.url+"/c/desk?as=ana"), visible("#box"))
	run(t, ctx, "keep a draft", chromedp.SendKeys(chromedp.CSS("#box"), "half a thought"), chromedp.Reload(), chromedp.WaitReady(chromedp.CSS("#box")))
	draft, err := chromedp.Run(ctx, chromedp.Poll[string](`document.querySelector('#box').value || false`))
	if err != nil || draft != "half a thought" {
		t.Errorf("the draft is %q, %v", draft, err)
	}
	pages(t, ctx, s)
}

func rootOf(t *testing.T, s *site) string {
	t.Helper()
	posts, err := s.as("tom").Posts(t.Context(), "acme", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range posts {
		if v.Replies > 0 {
			return refID(v.ID)
		}
	}
	t.Fatal("no thread")
	return ""
}

// pages opens every page in every look.
func pages(t *testing.T, ctx context.Context, s *site) {
	t.Helper()
	dark := func(value string) step {
		return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
	}
	look := func(name, path string, more ...step) {
		t.Helper()
		steps := append([]step{chromedp.Navigate(s.url + path), chromedp.WaitReady(chromedp.CSS("main"))}, more...)
		run(t, ctx, name, steps...)
		shot(t, ctx, name)
	}
	desktop := size(1280, 800, 1, false)
	phone := size(390, 844, 2, true)
	for _, page := range []string{"queue", "oncall", "fairness", "kb", "health"} {
		look(page, "/"+page+"?as=ana", desktop)
	}
	look("trust", "/trust?as=bo")
	look("switcher", "/c/desk?as=ana", chromedp.Click(chromedp.CSS(".me summary")), chromedp.WaitVisible(chromedp.CSS(".personrow")))
	look("article", "/kb/KB-12?as=ana")
	look("duplicates", "/kb?view=duplicates&as=ana")
	look("ticket", "/t/good")
	look("page", "/c/dm:ana?as=ana")
	look("zh", "/c/huachen?as=mei")
	run(t, ctx, "dark", dark("dark"))
	look("dark-desk", "/c/desk?as=ana")
	look("dark-thread", "/c/acme/t/"+rootOf(t, s)+"?as=ana")
	look("dark-queue", "/queue?as=ana")
	run(t, ctx, "phone", phone)
	look("phone-dark", "/c/acme?as=tom")
	run(t, ctx, "light", dark("light"))
	look("phone", "/c/dm:ana?as=ana")
	look("phone-thread", "/c/acme/t/"+rootOf(t, s)+"?as=tom")
	look("phone-menu", "/c/huachen?as=mei", chromedp.Click(chromedp.CSS(".burger")), chromedp.WaitVisible(chromedp.CSS("#side .row")))
	look("phone-queue", "/queue?as=ana")
	look("phone-article", "/kb/KB-12?as=ana")
	look("phone-kb-zh", "/kb?as=mei")
	look("phone-ticket", "/t/mail")
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`))
	if err != nil || wide {
		t.Error("the ticket page is wider than a phone")
	}
}
