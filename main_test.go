package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"hotline/store/powercut"
)

// runEnv makes the test program run as hotline itself, with these arguments
// (separated by 0x1f): tests kill and measure it as a process of its own.
const runEnv = "HOTLINE_TEST_RUN"

func TestMain(m *testing.M) {
	if powercut.Serve() {
		return
	}
	if args := os.Getenv(runEnv); args != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := run(ctx, strings.Split(args, "\x1f"), environment{os.LookupEnv}, os.Stdin, os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// invoke runs the program in this process and returns what it said.
func invoke(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, environment{func(string) (string, bool) { return "", false }}, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestUsage(t *testing.T) {
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"nothing", nil, exitUsage, "Usage: hotline VERB"},
		{"help", []string{"--help"}, exitOK, "hotline demo"},
		{"an unknown verb", []string{"frobnicate"}, exitUsage, `there is no verb "frobnicate"`},
		{"version", []string{"version"}, exitOK, "hotline "},
		{"too much", []string{"version", "more"}, exitUsage, "too much: more"},
		{"an unknown flag", []string{"demo", "--port", "1"}, exitUsage, "flag provided but not defined"},
		{"help of a verb", []string{"bench", "--help"}, exitOK, "-json"},
		{"no such configuration", []string{"serve", "--config", "testdata/nothing.yaml"}, exitFailed, "testdata/nothing.yaml"},
		{"check without a configuration", []string{"check", "--config", "testdata/nothing.yaml"}, exitProblems, "testdata/nothing.yaml"},
		{"login without a person", []string{"login"}, exitUsage, "for whom"},
		{"backup without a name", []string{"backup"}, exitUsage, "which file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, out, errOut := invoke(t, tc.args...)
			if code != tc.code || !strings.Contains(out+errOut, tc.want) {
				t.Errorf("code %d, said %q %q; want %d and %q", code, out, errOut, tc.code, tc.want)
			}
		})
	}
}

func TestEveryVerbHasHelp(t *testing.T) {
	for _, c := range commandTable() {
		if code, out, errOut := invoke(t, c.name, "--help"); code != exitOK || !strings.Contains(strings.ToLower(out+errOut), "usage") {
			t.Errorf("%s --help: code %d, %q %q", c.name, code, out, errOut)
		}
	}
}

// TestBadSurroundings is what a new operator runs into.
func TestBadSurroundings(t *testing.T) {
	busy := newReceiver(t) // an address that is in use
	dir := t.TempDir()
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"a port in use", []string{"demo", "--addr", strings.TrimPrefix(busy.URL, "http://"), "--data", dir}, "cannot be used"},
		{"no such address", []string{"demo", "--addr", "256.1.1.1:1", "--data", dir}, "cannot be used"},
		{"a folder that is a file", []string{"demo", "--addr", "127.0.0.1:0", "--data", "go.mod"}, "cannot be opened"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, out, errOut := invoke(t, tc.args...)
			if code != exitFailed || !strings.Contains(errOut, tc.want) || strings.Contains(errOut, "goroutine") {
				t.Errorf("code %d, said %q %q", code, out, errOut)
			}
		})
	}
}
