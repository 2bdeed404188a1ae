package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the problems found into testdata/mistakes")

// testEnv is the environment of the files under testdata. None is a real secret.
func testEnv(name string) (string, bool) {
	v, ok := map[string]string{
		"SLACK_APP_TOKEN": "xapp-for-tests", "TOKEN": "a-long-token-for-tests", "SHORT": "short",
	}[name]
	return v, ok
}

// TestMistakes reads one file per mistake. What is said about it stands at the
// end of the file, one problem a line after "# want ".
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files of mistakes", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			cfg, problems := Load(name, testEnv)
			var got []string
			for _, p := range problems {
				p.File = filepath.Base(p.File)
				got = append(got, p.String())
			}
			if cfg != nil || !Broken(problems) {
				t.Errorf("the file was taken, with the problems %v", problems)
			}
			body, wants, _ := strings.Cut(string(text), "\n# want ")
			if *update {
				text := body
				for _, g := range got {
					text += "\n# want " + g
				}
				if err := os.WriteFile(name, []byte(text+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := strings.Split(strings.TrimSpace(wants), "\n# want ")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
