// Package browsertest drives the web workspace in a real browser, headless
// Chromium, as a person would: look, press, type. Every step waits for a
// condition of the page, never for a time.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Patience is how long one step may take. It is generous: a slow machine is no
// failure.
const Patience = 60 * time.Second

// Page is one tab of a browser of its own. It is not for concurrent use.
type Page struct {
	testing.TB
	ctx context.Context
}

// Open starts a headless Chromium with an empty profile that ends with the test.
// The test is skipped when there is none, but fails when HOTLINE_REQUIRE_ALL is 1.
// It also fails when the page logs an error or throws.
func Open(t testing.TB) *Page {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(find(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	p := &Page{TB: t, ctx: ctx}
	p.hearComplaints()
	return p
}

// Context is the browser's own, for steps that Page has no name for.
func (p *Page) Context() context.Context { return p.ctx }

func find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "Chromium is missing; install it with: apt-get install -y chromium"
	if os.Getenv("HOTLINE_REQUIRE_ALL") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// hearComplaints fails the test when the page complains, until the test ends.
func (p *Page) hearComplaints() {
	ctx, cancel := context.WithCancel(p.ctx)
	messages := chromedp.Console(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for m, err := range messages {
			if err != nil {
				return // the test is over
			}
			if m.IsException() || m.Type == "error" && m.Source != "network" {
				p.Errorf("the page complains: %s %s:%d", m.Text, m.URL, m.Line)
			}
		}
	})
	p.Cleanup(func() {
		cancel()
		wg.Wait()
	})
}

// Step is something that a browser does.
type Step = chromedp.Action[chromedp.Void]

// Do does steps in turn; the test ends when one cannot be done.
func (p *Page) Do(what string, steps ...Step) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Fatalf("%s: %v\nThe page says:\n%s", what, err, p.words())
	}
}

// Visit opens an address.
func (p *Page) Visit(url string) {
	p.Helper()
	p.Do("open "+url, chromedp.Navigate(url))
}

// Wait waits until an expression of JavaScript is true, across navigation.
func (p *Page) Wait(what, expression string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	poll := chromedp.Poll[bool]("!!("+expression+")", chromedp.WithPollingTimeout(0))
	for {
		ok, err := chromedp.Run(ctx, poll)
		if ok && err == nil {
			return
		}
		if ctx.Err() != nil {
			p.Fatalf("waited in vain for: %s (%s)\nThe page says:\n%s", what, expression, p.words())
		}
	}
}

// Read evaluates an expression of JavaScript that is a text.
func (p *Page) Read(expression string) string {
	p.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return text
}

// words is the visible text of the page, for reports.
func (p *Page) words() string {
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText.slice(-3000) : ''`))
	if err != nil {
		return err.Error()
	}
	return text
}

// Press waits until the element that an expression of JavaScript finds could be
// hit by a mouse at its middle, nothing lying over it, and clicks it in the same
// moment, because a live page may exchange it at any time.
func (p *Page) Press(what, expression string) {
	p.Helper()
	p.Wait(what, fmt.Sprintf(`(() => {
		const e = %s;
		if (!e || e.disabled) return false;
		e.scrollIntoView({block: 'center'});
		const r = e.getBoundingClientRect(), top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
		if (!top || !(top === e || e.contains(top))) return false;
		e.focus({preventScroll: true});
		e.click();
		return true;
	})()`, expression))
}

// Type puts text where a CSS selector says, as a keyboard or an input method would.
func (p *Page) Type(selector, text string) {
	p.Helper()
	p.Press("a place to write: "+selector, "document.querySelector("+strconv.Quote(selector)+")")
	p.Do("write", command(input.InsertText, input.InsertTextParams{Text: text}))
}

// Key presses one key, such as "\r".
func (p *Page) Key(key string) {
	p.Helper()
	p.Do("press a key", chromedp.KeyEvent(key))
}

// Size sets the size of the screen in CSS pixels. A phone is a screen that is
// touched.
func (p *Page) Size(width, height int64, phone bool) {
	p.Helper()
	p.Do("size", command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: phone}))
}

// Dark says whether the person likes it dark.
func (p *Page) Dark(yes bool) {
	p.Helper()
	value := "light"
	if yes {
		value = "dark"
	}
	p.Do("colours", command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}}))
}

// Shot keeps a picture of the screen as a PNG file when HOTLINE_SHOTS names a
// folder, and does nothing otherwise.
func (p *Page) Shot(name string) {
	p.Helper()
	dir := os.Getenv("HOTLINE_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		p.Fatal(err)
	}
}

// command sends one command of the protocol.
func command[P, R any](cmd cdp.Command[P, R], params P) Step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cmd, params)
		return err
	})
}
