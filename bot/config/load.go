package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxFile bounds the configuration file, in bytes.
const MaxFile = 8 << 20

// Load reads and checks the file at path. env looks up environment variables
// (os.LookupEnv). The problems come in the order of the file; with one that is
// more than a warning ([Broken]) the Config is nil.
func Load(path string, env func(string) (string, bool)) (*Config, []Problem) {
	f, err := os.Open(path)
	if err != nil {
		return nil, []Problem{{File: path, Say: "the configuration cannot be read: " + cause(err), Hint: "name an existing file with --config"}}
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, []Problem{{File: path, Say: "the configuration cannot be read: " + cause(err)}}
	}
	return Parse(path, text, env)
}

// cause is an error without the path, which the problem names already.
func cause(err error) string {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// Parse is [Load] for text at hand; path is used in messages and to find secrets
// with relative file names.
func Parse(path string, text []byte, env func(string) (string, bool)) (*Config, []Problem) {
	d := newDecoder(path)
	if len(text) > MaxFile {
		d.add("", fmt.Sprintf("the file is larger than %d bytes", MaxFile), "")
		return nil, d.problems
	}
	doc := d.parse(text)
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	f := defaultFile()
	if doc != nil {
		d.decode("", doc, reflect.ValueOf(&f).Elem())
	}
	b := &builder{decoder: d, file: &f, dir: filepath.Dir(path), env: env}
	cfg := b.build()
	problems := sortProblems(d.problems)
	if Broken(problems) {
		return nil, problems
	}
	cfg.Path = path
	return cfg, problems
}

// parse returns the document of a YAML file, nil when it is empty.
func (d *decoder) parse(text []byte) (doc ast.Node) {
	defer func() {
		if r := recover(); r != nil { // the library gives up on some broken files
			d.add("", "this is no YAML", "check quotes, colons and indentation")
		}
	}()
	f, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		p := Problem{File: d.file, Line: 1, Column: 1, Say: "this is no YAML", Hint: "check quotes, colons and indentation"}
		if ye, ok := errors.AsType[yaml.Error](err); ok {
			p.Say = "this is no YAML: " + ye.GetMessage()
			if t := ye.GetToken(); t != nil && t.Position != nil {
				p.Line, p.Column = t.Position.Line, t.Position.Column
			}
		}
		d.problems = append(d.problems, p)
		return nil
	}
	for _, part := range f.Docs {
		if part == nil || part.Body == nil {
			continue
		}
		if doc != nil {
			d.mark("---", part.Body)
			at := d.places["---"]
			d.problems = append(d.problems, Problem{
				File: d.file, Line: at.line, Column: at.column,
				Say: "the file holds two documents", Hint: "remove the line --- above and what follows",
			})
			return nil
		}
		doc = part.Body
	}
	return doc
}
