package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"hotline/adapters/web"
	"hotline/adapters/web/webtest"
)

const markup = `<script>alert(1)</script><img src=x onerror=alert(2)>"'&</div>`

// TestBadInput does at the demo, over HTTP, what people and programs do wrong. Each
// gets a clear word, alone, and nothing is half done.
func TestBadInput(t *testing.T) {
	url := startDemo(t)
	emma, lars := webtest.New(url, "emma-olsen"), webtest.New(url, "lars-dahl")
	for _, p := range []*webtest.Person{emma, lars} {
		if err := p.Listen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name, text string
		want       string
	}{
		{"nothing", "", "Write something first."},
		{"blanks", " \n\t ", "Write something first."},
		{"100 kB", strings.Repeat("x", 100_000), "Too long: 100000 bytes"},
		{"an unknown verb", "/frobnicate now", "There is no command “frobnicate”."},
		{"a mistyped number", "/status F-99999", "F-99999"},
		{"a number of another world", "/status 10043333333333333333333", "10043333333333333333333"},
		{"markup as a number", "/status " + markup, "is no case number"},
		{"a verb of others", "/resolve F-10019 done", "“resolve” is for responders."},
		{"a page of others", "/queue", "“queue” is for responders."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := len(lars.Heard())
			if told := tell(t, emma, tc.text); !strings.Contains(told, tc.want) {
				t.Errorf("told %q, want %q", told, tc.want)
			}
			for _, v := range lars.Heard()[before:] {
				t.Errorf("somebody else heard %q", v.Text)
			}
		})
	}
	badRequests(t, emma)
	strange(t, emma)
	nothingHalfDone(t, url)
}

// tell says something and returns what the person is told about it, at once or in
// private afterwards.
func tell(t *testing.T, p *webtest.Person, text string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done, err := p.Say(ctx, "fjord", "", text)
	if err != nil {
		return err.Error()
	}
	if done.Say != "" || !done.Follows {
		return done.Say
	}
	v, err := p.Wait(ctx, "the answer", func(v web.View) bool { return v.Private && !v.Mine && done.Post != nil && v.ID > done.Post.ID })
	if err != nil {
		t.Fatal(err)
	}
	return v.Text
}

// badRequests are what only a program sends.
func badRequests(t *testing.T, p *webtest.Person) {
	for _, tc := range []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"invalid UTF-8", "/api/posts", `{"id":"ID","channel":"fjord","text":"a` + "\xff\xfe" + `b"}`, 400, "not valid UTF-8"},
		{"half a request", "/api/posts", `{"id":"ID","chan`, 400, ""},
		{"an unknown field", "/api/posts", `{"id":"ID","channel":"fjord","text":"x","admin":true}`, 400, ""},
		{"markup as id", "/api/posts", `{"id":"<script>","channel":"fjord","text":"x"}`, 400, "id of its own"},
		{"markup as channel", "/api/posts", `{"id":"ID","channel":"<script>","text":"x"}`, 404, "no such channel"},
		{"another customer's channel", "/api/posts", `{"id":"ID","channel":"hengtong","text":"x"}`, 404, "no such channel"},
		{"the desk", "/api/posts", `{"id":"ID","channel":"hotline-desk","text":"x"}`, 404, "no such channel"},
		{"another person's messages", "/api/posts", `{"id":"ID","channel":"dm:anna-berg","text":"x"}`, 404, "no such channel"},
		{"a button that is none", "/api/posts/1/press", `{"id":"ID","action":"garbage"}`, 400, "not valid"},
		{"a button of nothing", "/api/posts/99999/press", `{"id":"ID","action":"h:ack:F-10019:1:"}`, 404, "not there"},
		{"a form of others", "/api/forms", `{"id":"ID","channel":"fjord","form":"h:resolve:F-10019:1:","values":{"solution":"x"}}`, 200, "is for responders"},
		{"a form that is none", "/api/forms", `{"id":"ID","channel":"fjord","form":"garbage","values":{}}`, 200, "older version"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := strings.ReplaceAll(tc.body, "ID", uuid.NewString())
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.Base+tc.path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Hotline-As", p.User)
			req.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			var answer struct {
				Say   string
				Error web.Refusal
			}
			if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
				t.Fatal(err)
			}
			if said := answer.Say + answer.Error.Say; res.StatusCode != tc.status || !strings.Contains(said, tc.want) || said == "" {
				t.Errorf("%d %q, want %d %q", res.StatusCode, said, tc.status, tc.want)
			}
		})
	}
}

// strange is text that is taken, and must do no harm: it becomes a case without
// characters that steer, and never markup.
func strange(t *testing.T, p *webtest.Person) {
	text := "printer \x1b[31m\u202egnp.exe\u2066 " + markup
	done, err := p.Say(t.Context(), "fjord", "", text)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	receipt, err := p.Wait(ctx, "the receipt", func(v web.View) bool { return v.Thread == webtest.Thread(*done.Post) })
	if err != nil {
		t.Fatal(err)
	}
	sofia := webtest.New(p.Base, "sofia-rossi")
	if err := sofia.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	card, err := sofia.Wait(ctx, "the card", func(v web.View) bool {
		return v.Channel == "hotline-desk" && v.Number == receipt.Number && v.Number != ""
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []web.View{*done.Post, receipt, card} {
		if strings.ContainsAny(v.Text+v.HTML, "\x1b\u202e\u2066") {
			t.Errorf("characters that steer are in %q", v.Text)
		}
		if strings.Contains(v.HTML, "<script>") || strings.Contains(v.HTML, "<img src=x") {
			t.Errorf("markup came through: %s", v.HTML)
		}
	}
}

// nothingHalfDone: of all that, one case came.
func nothingHalfDone(t *testing.T, url string) {
	posts, err := webtest.New(url, "sofia-rossi").Posts(t.Context(), "hotline-desk", "")
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, v := range posts {
		if v.Number != "" {
			numbers = append(numbers, v.Number)
		}
	}
	if len(numbers) != 1 {
		t.Errorf("cases %v, want one", numbers)
	}
}

// TestAReadOnlyFolder starts as somebody who may not write there.
func TestAReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil { //nolint:gosec // read-only is the point
		t.Fatal(err)
	}
	// A child that is not root must be able to run the test program.
	open := filepath.Join(os.TempDir(), "hotline-readonly-"+uuid.NewString())
	if err := copyProgram(open); err != nil {
		unable(t, "the program cannot be copied for another user: %v", err)
	}
	t.Cleanup(func() { os.Remove(open) })
	cmd := exec.CommandContext(t.Context(), open)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), runEnv+"=demo\x1f--addr\x1f127.0.0.1:0\x1f--data\x1f"+filepath.Join(dir, "data"))
	if os.Geteuid() == 0 {
		for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
			if err := os.Chmod(d, 0o755); err != nil && d == dir { //nolint:gosec // a folder of the test, to be looked into by the child
				t.Fatal(err)
			}
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if cmd.ProcessState == nil {
		unable(t, "no process of another user can be started here: %v", err)
	}
	if cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(errOut.String(), "data") || out.Len() > 0 || strings.Contains(errOut.String(), "goroutine") {
		t.Errorf("code %d, said %q, %q", cmd.ProcessState.ExitCode(), out.String(), errOut.String())
	}
}

// unable skips a test for want of a right, and fails it where nothing may be missing.
func unable(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("HOTLINE_REQUIRE_ALL") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

func copyProgram(to string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	program, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return os.WriteFile(to, program, 0o755) //nolint:gosec // somebody else runs it
}

// TestAFullDisk fills the disk below a running demo: reports are refused with
// words, nothing is receipted that is not kept, and it goes on once there is room.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		unable(t, "a small disk can be mounted by root on Linux only")
	}
	if err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", dir).Run(); err != nil {
		unable(t, "no disk can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			t.Error(err)
		}
	})
	url := startDemo(t, "--data", filepath.Join(dir, "data"))
	emma := webtest.New(url, "emma-olsen")
	if err := fill(filepath.Join(dir, "ballast")); err != nil {
		t.Fatal(err)
	}
	var refused *webtest.Refused
	for i := range 2000 { // what the log has room for is still taken
		if _, err := emma.Say(t.Context(), "fjord", "", fmt.Sprintf("report %d %s", i, strings.Repeat("long ", 3000))); err != nil {
			refused, _ = err.(*webtest.Refused) //nolint:errorlint // it is returned as it is
			break
		}
	}
	if refused == nil || refused.Status < 500 || refused.Say == "" {
		t.Fatalf("a full disk is answered with %v", refused)
	}
	t.Logf("told: %s", refused.Say)
	if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		_, err := emma.Say(ctx, "fjord", "", "there is room again")
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("it did not recover: %v", err)
		}
		sleep(50 * time.Millisecond)
	}
}

// fill writes until there is no room, and leaves none.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for block := make([]byte, 64<<10); len(block) > 0; block = block[:len(block)/2] {
		for {
			if _, err := f.Write(block); err != nil {
				break
			}
		}
	}
	return f.Close()
}
