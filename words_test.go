package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var verbRE = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*\d*(?:\.\d+)?([a-zA-Z%])`)

// arguments lists which arguments a sentence takes and how, in order of argument.
func arguments(s string) []string {
	var list []string
	next := 1
	for _, m := range verbRE.FindAllStringSubmatch(s, -1) {
		if m[2] == "%" {
			continue
		}
		n := next
		if m[1] != "" {
			n, _ = strconv.Atoi(m[1])
		}
		next = n + 1
		list = append(list, strconv.Itoa(n))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestEverySentenceIsThereInBothLanguages reads every say.Words in the source: both
// languages are there, take the same arguments, and Chinese is written in Chinese.
func TestEverySentenceIsThereInBothLanguages(t *testing.T) {
	sentences := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			en, zh, ok := pair(lit)
			if !ok {
				return true
			}
			sentences++
			where := set.Position(lit.Pos())
			if en == "" || zh == "" {
				t.Errorf("%s: a language is missing: %q, %q", where, en, zh)
			}
			if a, b := arguments(en), arguments(zh); !slices.Equal(a, b) {
				t.Errorf("%s: %q takes %v, %q takes %v", where, en, a, zh, b)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d sentences", sentences)
	if sentences < 100 {
		t.Error("the sentences were not found")
	}
}

// pair gives the two languages of a literal with the fields EN and ZH.
func pair(lit *ast.CompositeLit) (en, zh string, ok bool) {
	for _, e := range lit.Elts {
		kv, isKV := e.(*ast.KeyValueExpr)
		if !isKV {
			return "", "", false
		}
		key, isIdent := kv.Key.(*ast.Ident)
		val, isLit := kv.Value.(*ast.BasicLit)
		if !isIdent || !isLit || val.Kind != token.STRING {
			return "", "", false
		}
		text, err := strconv.Unquote(val.Value)
		if err != nil {
			return "", "", false
		}
		switch key.Name {
		case "EN":
			en, ok = text, true
		case "ZH":
			zh, ok = text, true
		default:
			return "", "", false
		}
	}
	return en, zh, ok
}
