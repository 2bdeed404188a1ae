package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/bot"
	"hotline/store"
)

// kbSite writes a small configuration and returns its path and the database's.
func kbSite(t *testing.T, extra string) (config, db string) {
	t.Helper()
	dir := t.TempDir()
	config = filepath.Join(dir, "config.yaml")
	text := "data: {dir: '" + filepath.Join(dir, "data") + "'}\nhttp: {addr: '127.0.0.1:0'}\nweb: {enabled: false}\npeople: [{id: ann, name: Ann, role: lead}]\n" +
		"policies: [{id: p, steps: [{targets: [{person: ann}], wait: 5m}]}]\nroutes: [{policy: p}]\n" + extra
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, filepath.Join(dir, "data", "hotline.db")
}

// TestReindex makes the index of a database anew, and says what to do when a
// running hotline has the database.
func TestReindex(t *testing.T) {
	config, db := kbSite(t, "")
	csv := filepath.Join(t.TempDir(), "in.csv")
	table := "id,lang,title,symptom,cause,solution\nKB-1,en,Gateway 502,payments fail with 502,pool too small,raise the pool\nKB-2,zh,无法登录,登录超时,线程耗尽,重启认证服务\n"
	if err := os.WriteFile(csv, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := invoke(t, "kb", "import", "--config", config, csv); code != exitOK {
		t.Fatal(errOut)
	}
	if code, out, errOut := invoke(t, "kb", "reindex", "--config", config); code != exitOK || !strings.Contains(out, "index made anew: 2 documents in ") {
		t.Fatalf("code %d, %q, %q", code, out, errOut)
	}
	s, err := store.Open(t.Context(), db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var rows []string
	err = s.View(t.Context(), func(r bot.Reader) error {
		return r.TokenBlobs(func(b bot.TokenBlob) error {
			rows = append(rows, b.ID)
			return nil
		})
	})
	if err != nil || len(rows) != 2 {
		t.Errorf("rows %v, %v", rows, err)
	}
	code, _, errOut := invoke(t, "kb", "reindex", "--config", config)
	if code != exitFailed || !strings.Contains(errOut, "is using the data file") || !strings.Contains(errOut, "stop it, run this again, start it") {
		t.Errorf("while it is open: code %d, %q", code, errOut)
	}
	if code, _, _ := invoke(t, "kb", "reindex", "more"); code != exitUsage {
		t.Errorf("too many arguments: code %d", code)
	}
}

// TestDictionarySetting: a dictionary that cannot be read is named by check and
// keeps the hotline from starting; one that can is used.
func TestDictionarySetting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cedict.txt")
	config, _ := kbSite(t, "knowledge: {cedict: '"+file+"'}\n")
	for _, tt := range []struct {
		name, text, want string
	}{
		{"not there", "", "cannot be read"},
		{"another format", "水锤 = water hammer\n", "line 1 is not in the format of CC-CEDICT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.text != "" {
				if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, verb := range [][]string{{"check"}, {"serve"}, {"kb", "reindex"}} {
				code, out, errOut := invoke(t, append(verb, "--config", config)...)
				if code == exitOK || !strings.Contains(out+errOut, "knowledge.cedict: ") || !strings.Contains(out+errOut, tt.want) {
					t.Errorf("%v: code %d, %q", verb, code, out+errOut)
				}
			}
		})
	}
	if err := os.WriteFile(file, []byte("# a comment\n水錘 水锤 [shui3 chui2] /water hammer/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := invoke(t, "kb", "reindex", "--config", config); code != exitOK {
		t.Errorf("a good one: %q", errOut)
	}
}

// TestReadyShowsTheIndex looks at /readyz of the real program.
func TestReadyShowsTheIndex(t *testing.T) {
	c := newCrashSite(t, t.TempDir())
	s := c.start()
	defer s.kill()
	res, err := http.Get(s.base + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var r readiness
	if err := json.NewDecoder(res.Body).Decode(&r); err != nil || !r.Index.Ready || r.Index.Documents != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
