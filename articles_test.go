package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestArticlesGoOutAndComeBack exports the articles of a configuration and reads
// them into another one, as Markdown and as CSV.
func TestArticlesGoOutAndComeBack(t *testing.T) {
	dir := t.TempDir()
	config := func(name string) string {
		path := filepath.Join(dir, name+".yaml")
		text := "data: {dir: '" + filepath.Join(dir, name) + "'}\nweb: {enabled: false}\npeople: [{id: ann, name: Ann, role: lead}]\n" +
			"policies: [{id: p, steps: [{targets: [{person: ann}], wait: 5m}]}]\nroutes: [{policy: p}]\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	csv := filepath.Join(dir, "in.csv")
	table := "id,lang,kind,known,title,symptom,cause,solution\nKB-1,en,poem,open,Gateway 502,payments fail with 502,pool too small,raise the pool\nKB-2,zh,faq,,无法登录,登录超时,线程耗尽,重启认证服务\n"
	if err := os.WriteFile(csv, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	first, second := config("first"), config("second")
	say := func(want string, args ...string) {
		t.Helper()
		code, out, errOut := invoke(t, append([]string{"kb"}, args...)...)
		if code != exitOK || !strings.Contains(out, want) {
			t.Fatalf("kb %v: code %d, %q, %q", args, code, out, errOut)
		}
	}
	say("2 articles read, 2 new", "import", "--config", first, csv)
	say("2 articles read, 0 new", "import", "--config", first, csv)
	folder := filepath.Join(dir, "articles")
	say("2 articles written", "export", "--config", first, folder)
	say("2 articles read, 2 new", "import", "--config", second, folder)
	again := filepath.Join(dir, "out.csv")
	say("2 articles written", "export", "--config", second, again)
	text, err := os.ReadFile(again)
	if !strings.Contains(string(text), ",faq,") || !strings.Contains(string(text), ",open,") || strings.Contains(string(text), "poem") {
		t.Errorf("kinds and known problems: %s", text)
	}
	if err != nil || !strings.Contains(string(text), "重启认证服务") || !strings.Contains(string(text), "raise the pool") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestLoginLink(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	text := "data: {dir: '" + filepath.Join(dir, "data") + "'}\npeople: [{id: ann, name: Ann, role: lead}]\n" +
		"policies: [{id: p, steps: [{targets: [{person: ann}], wait: 5m}]}]\nroutes: [{policy: p}]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := invoke(t, "login", "--config", path, "ann")
	if code != exitOK || !strings.Contains(out, "/login/") {
		t.Errorf("code %d, %q, %q", code, out, errOut)
	}
	if code, _, errOut = invoke(t, "login", "--config", path, "bob"); code != exitFailed || !strings.Contains(errOut, `"bob"`) {
		t.Errorf("code %d, %q", code, errOut)
	}
}
