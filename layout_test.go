package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// imports is who may import whom: docs/design.md section 4. Test support packages
// are listed with what they stand on.
var imports = map[string][]string{
	"bot/say":                         {},
	"bot/chat":                        {},
	"bot/wallclock":                   {},
	"bot/wallclock/wallclocktest":     {},
	"bot/oncall":                      {"bot/wallclock"},
	"bot/sla":                         {"bot/wallclock"},
	"bot":                             {"bot/say", "bot/chat", "bot/oncall", "bot/sla", "bot/wallclock"},
	"bot/config":                      {"bot", "bot/say", "bot/chat", "bot/oncall", "bot/sla", "bot/wallclock"},
	"bot/bottest":                     {"bot", "bot/say", "bot/chat", "bot/oncall", "bot/sla", "bot/wallclock", "store"},
	"commands":                        {"bot", "bot/say", "bot/chat", "bot/oncall", "bot/sla", "bot/config"},
	"store":                           {"bot", "bot/chat", "bot/oncall", "bot/sla"},
	"store/memory":                    {"bot", "bot/chat"},
	"store/storetest":                 {"bot", "bot/chat", "bot/oncall", "bot/sla"},
	"store/powercut":                  {},
	"knowledge":                       {"bot", "bot/say", "bot/chat"},
	"knowledge/model":                 {"bot", "bot/chat", "bot/say", "knowledge"},
	"knowledge/model/modeltest":       {},
	"adapters/loose":                  {},
	"adapters/slack":                  {"bot/chat", "bot/say", "adapters/loose"},
	"adapters/discord":                {"bot/chat", "bot/say", "adapters/loose"},
	"adapters/web":                    {"bot/chat", "bot/say"},
	"adapters/web/browsertest":        {},
	"adapters/web/webtest":            {"bot/chat", "adapters/web", "adapters/adaptertest"},
	"adapters/hooks":                  {"bot/chat", "bot/say"},
	"adapters/notify":                 {"bot/chat", "bot/say"},
	"adapters/adaptertest/nodeclient": {},
	"adapters/slack/slacktest":        {"bot/chat", "adapters/adaptertest"},
	"adapters/discord/discordtest":    {"bot/chat", "adapters/adaptertest"},
	"adapters/adaptertest":            {"bot", "bot/chat", "bot/oncall", "bot/sla", "commands", "knowledge", "knowledge/model", "knowledge/model/modeltest", "store"},
}

// sdks may be imported below one folder only.
var sdks = map[string]string{
	"github.com/slack-go/slack":           "adapters/slack",
	"github.com/bwmarrin/discordgo":       "adapters/discord",
	"modernc.org/sqlite":                  "store knowledge",
	"github.com/sashabaranov/go-openai":   "knowledge",
	"github.com/wneessen/go-mail":         "adapters/notify",
	"github.com/nicholas-fedor/shoutrrr":  "adapters/notify",
	"github.com/goccy/go-yaml":            "bot/config",
	"github.com/prometheus/client_golang": ".",
}

type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	Doc        string
	Name       string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,Doc,Name", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestArrowsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		rel := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "hotline"), "/")
		if p.Doc == "" && p.Name != "main" {
			t.Errorf("package %s has no doc comment", rel)
		}
		may, known := imports[rel]
		if !known && rel != "" && !strings.HasSuffix(rel, "cmd") {
			t.Errorf("package %s is not in the table of docs/design.md", rel)
			continue
		}
		for _, i := range p.Imports {
			for sdk, where := range sdks {
				if (i == sdk || strings.HasPrefix(i, sdk+"/")) && !slices.ContainsFunc(strings.Fields(where), func(w string) bool {
					return w == "." && rel == "" || rel == w || strings.HasPrefix(rel, w+"/")
				}) {
					t.Errorf("package %q imports %s, which belongs to %s", rel, i, where)
				}
			}
			ours, ok := strings.CutPrefix(i, "hotline/")
			if ok && rel != "" && !slices.Contains(may, ours) {
				t.Errorf("package %s imports %s", rel, ours)
			}
		}
	}
}

// banned folder names say nothing.
var banned = []string{"internal", "utils", "util", "helpers", "models", "types", "common"}

// house is what the numbers of the house are counted from.
type house struct {
	funcs, files       []int
	prod, test         int
	undocumented       []string
	tooLong, forbidden []string
}

func TestHouseNumbers(t *testing.T) {
	var h house
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || name == "data") {
				return filepath.SkipDir
			}
			if slices.Contains(banned, d.Name()) {
				t.Errorf("folder %s: the name says nothing", path)
			}
			return nil
		}
		if strings.HasSuffix(path, ".go") {
			return h.file(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(h.funcs)
	slices.Sort(h.files)
	at := func(list []int, p int) int { return list[(len(list)-1)*p/100] }
	t.Logf("%d lines of Go, %d of tests; functions: median %d, p90 %d, max %d; files: p90 %d, max %d", h.prod, h.test,
		at(h.funcs, 50), at(h.funcs, 90), at(h.funcs, 100), at(h.files, 90), at(h.files, 100))
	for _, c := range []struct {
		name     string
		got, max int
	}{
		{"function median", at(h.funcs, 50), 10}, {"function p90", at(h.funcs, 90), 35}, {"function max", at(h.funcs, 100), 120},
		{"file p90", at(h.files, 90), 300}, {"file max", at(h.files, 100), 600},
	} {
		if c.got > c.max {
			t.Errorf("%s is %d, the house allows %d: %v", c.name, c.got, c.max, h.tooLong)
		}
	}
	if len(h.undocumented) > 0 {
		t.Errorf("exported without a doc comment: %s", strings.Join(h.undocumented, ", "))
	}
	if len(h.forbidden) > 0 {
		t.Errorf("not in this house: %s", strings.Join(h.forbidden, ", "))
	}
}

// file counts one file.
func (h *house) file(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := bytes.Count(src, []byte("\n"))
	if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test") {
		h.test += lines
		return nil
	}
	h.prod += lines
	h.files = append(h.files, lines)
	if lines > 600 {
		h.tooLong = append(h.tooLong, path)
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, src, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, d := range f.Decls {
		h.decl(path, set, d)
	}
	return nil
}

func (h *house) decl(path string, set *token.FileSet, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		n := set.Position(d.End()).Line - set.Position(d.Pos()).Line + 1
		h.funcs = append(h.funcs, n)
		if n > 120 {
			h.tooLong = append(h.tooLong, fmt.Sprintf("%s:%s (%d)", path, d.Name.Name, n))
		}
		if d.Name.Name == "init" && d.Recv == nil {
			h.forbidden = append(h.forbidden, path+": init()")
		}
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
			h.undocumented = append(h.undocumented, path+":"+d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
				h.undocumented = append(h.undocumented, path+":"+s.Name.Name)
			}
			if s, ok := s.(*ast.ValueSpec); ok && d.Doc == nil && s.Doc == nil && s.Comment == nil && s.Names[0].IsExported() {
				h.undocumented = append(h.undocumented, path+":"+s.Names[0].Name)
			}
		}
	}
}

// exportedReceiver reports whether a function can be seen from outside: methods of
// types that cannot are not documented for readers of the package.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	if i, ok := t.(*ast.IndexExpr); ok {
		t = i.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

// TestLibcIsTheDriversOwn compares the pinned libc with the one that the SQLite
// driver was tested with; they must be the same version.
func TestLibcIsTheDriversOwn(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	version := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := modfile.Parse(path, b, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range f.Require {
			if r.Mod.Path == "modernc.org/libc" {
				return r.Mod.Version
			}
		}
		return ""
	}
	ours, theirs := version("go.mod"), version(filepath.Join(strings.TrimSpace(string(dir)), "go.mod"))
	if ours != theirs {
		t.Errorf("modernc.org/libc is %s, the driver pins %s", ours, theirs)
	}
}
