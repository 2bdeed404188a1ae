// Package nodeclient drives a platform's own JavaScript client against one of our
// servers: the client prints what it sees, one JSON object a line.
package nodeclient

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Line is what the client reports.
type Line struct {
	What  string `json:"what"`
	Text  string `json:"text"`
	User  string `json:"user"`
	Name  string `json:"name"`
	Value string `json:"value"`
	ID    string `json:"id"`
	OK    bool   `json:"ok"`
}

// Client is a client that runs.
type Client struct {
	t       *testing.T
	library string
	lines   chan Line
}

// Start runs client.js of a folder, with environment added, until the test ends.
// Without Node or the library in the folder it skips the test, and fails it when
// HOTLINE_REQUIRE_ALL=1.
func Start(t *testing.T, folder, library string, environment ...string) *Client {
	t.Helper()
	missing := func(what string) {
		msg := what + " is missing: install Node 18 or later, then run `npm ci` in the test's folder " + folder
		if os.Getenv("HOTLINE_REQUIRE_ALL") == "1" {
			t.Fatal(msg)
		}
		t.Skip(msg)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing("node")
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", filepath.FromSlash(library), "package.json")); err != nil {
		missing(library)
	}
	cmd := exec.CommandContext(t.Context(), node, "client.js")
	cmd.Dir, cmd.Env, cmd.Stderr = folder, append(os.Environ(), environment...), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c, done := &Client{t: t, library: library, lines: make(chan Line, 1000)}, make(chan struct{})
	go func() {
		defer close(done)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			var l Line
			if json.Unmarshal(sc.Bytes(), &l) == nil && l.What != "" {
				c.lines <- l
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-done
		_ = cmd.Wait()
	})
	return c
}

// Await reads on until the client reports what is named. An error that it reports
// fails the test, and so does silence for two minutes.
func (c *Client) Await(what string) Line {
	c.t.Helper()
	limit := time.After(2 * time.Minute)
	for {
		select {
		case l := <-c.lines:
			if l.What == "error" {
				c.t.Fatalf("%s reports: %s", c.library, l.Text)
			}
			if l.What == what {
				return l
			}
		case <-limit:
			c.t.Fatalf("%s reported no %s", c.library, what)
		}
	}
}
