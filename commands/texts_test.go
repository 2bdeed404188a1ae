package commands

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestTexts reads every sentence of the package out of its source: both languages
// are there, take the same arguments, and are written in their own script.
func TestTexts(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			lit, ok := node.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if en, zh, ok := sentences(lit); ok {
				n++
				checkTexts(t, fset.Position(lit.Pos()).String(), en, zh)
			}
			return true
		})
	}
	if n < 250 {
		t.Errorf("only %d sentences were found", n)
	}
}

// sentences takes the two languages out of a literal; ok is false when it is none.
func sentences(lit *ast.CompositeLit) (en, zh string, ok bool) {
	for _, e := range lit.Elts {
		kv, isPair := e.(*ast.KeyValueExpr)
		if !isPair {
			return "", "", false
		}
		key, isName := kv.Key.(*ast.Ident)
		value, isText := kv.Value.(*ast.BasicLit)
		if !isName || !isText || value.Kind != token.STRING {
			return "", "", false
		}
		s, err := strconv.Unquote(value.Value)
		if err != nil {
			return "", "", false
		}
		switch key.Name {
		case "EN":
			en = s
		case "ZH":
			zh = s
		default:
			return "", "", false
		}
	}
	return en, zh, en != "" || zh != ""
}

var verbPattern = regexp.MustCompile(`%(?:\[(\d+)\])?([a-z%])`)

// arguments lists which arguments a sentence takes, by position.
func arguments(s string) []string {
	var list []string
	next := 1
	for _, m := range verbPattern.FindAllStringSubmatch(s, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		list = append(list, strconv.Itoa(next)+m[2])
		next++
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func checkTexts(t *testing.T, at, en, zh string) {
	t.Helper()
	if en == "" || zh == "" {
		t.Errorf("%s: one language is missing: %q / %q", at, en, zh)
	}
	if a, b := arguments(en), arguments(zh); !slices.Equal(a, b) {
		t.Errorf("%s: %q takes %v, %q takes %v", at, en, a, zh, b)
	}
	if hasHan(en) {
		t.Errorf("%s: Chinese in the English %q", at, en)
	}
	letters := strings.IndexFunc(verbPattern.ReplaceAllString(en, ""), unicode.IsLetter) >= 0
	if letters && !hasHan(zh) && zh != en && utf8.RuneCountInString(zh) > 3 {
		t.Errorf("%s: no Chinese in %q", at, zh)
	}
}
