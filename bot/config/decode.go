package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// place is where a setting stands in the file.
type place struct{ line, column int }

// decoder fills structs from the nodes of a YAML file, collects every problem and
// remembers where each setting stands.
type decoder struct {
	file     string
	problems []Problem
	places   map[string]place
	anchors  map[string]ast.Node
	// budget bounds the nodes looked at, so that aliases of aliases cannot make a
	// small file endless.
	budget int
}

// maxNodes bounds the nodes of one file, aliases counted as often as they are used.
const maxNodes = 1_000_000

func newDecoder(file string) *decoder {
	return &decoder{file: file, places: map[string]place{}, anchors: map[string]ast.Node{}, budget: maxNodes}
}

// maxProblems bounds how many problems are listed.
const maxProblems = 200

// add records a problem at a path; the place is that of the nearest known parent.
// Where something is wrong already, at the path or below it, nothing is added,
// because that would only follow from the first problem.
func (d *decoder) add(path, say, hint string) {
	if len(d.problems) >= maxProblems {
		return
	}
	for _, p := range d.problems {
		if rest, below := strings.CutPrefix(p.Path, path); below && path != "" && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return
		}
	}
	p := Problem{File: d.file, Path: path, Say: say, Hint: hint}
	at := d.placeOf(path)
	p.Line, p.Column = at.line, at.column
	d.problems = append(d.problems, p)
}

func (d *decoder) placeOf(path string) place {
	for path != "" {
		if at, ok := d.places[path]; ok {
			return at
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return place{1, 1}
}

// has reports whether the file has a setting at a path.
func (d *decoder) has(path string) bool {
	_, ok := d.places[path]
	return ok
}

func (d *decoder) mark(path string, n ast.Node) {
	if t := n.GetToken(); t != nil && t.Position != nil {
		d.places[path] = place{t.Position.Line, t.Position.Column}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// node follows anchors, aliases and tags to what they stand for.
func (d *decoder) node(n ast.Node) ast.Node {
	for range 100 {
		switch v := n.(type) {
		case *ast.AnchorNode:
			if v.Name != nil {
				d.anchors[v.Name.String()] = v.Value
			}
			n = v.Value
		case *ast.AliasNode:
			if v.Value == nil {
				return nil
			}
			n = d.anchors[v.Value.String()]
		case *ast.TagNode:
			n = v.Value
		default:
			return n
		}
	}
	return nil
}

// decode puts a node into v.
func (d *decoder) decode(path string, n ast.Node, v reflect.Value) {
	if d.budget--; d.budget <= 0 {
		if d.budget == 0 {
			d.add(path, "the file is too large", fmt.Sprintf("at most %d values are read", maxNodes))
		}
		return
	}
	resolved := d.node(n)
	if resolved == nil {
		if _, alias := n.(*ast.AliasNode); alias {
			d.add(path, "there is no anchor of that name above", "")
		}
		return
	}
	if _, null := resolved.(*ast.NullNode); null {
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if d.scalarType(path, resolved, v) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(path, resolved, v)
	case reflect.Slice:
		d.list(path, resolved, v)
	case reflect.Map:
		d.table(path, resolved, v)
	case reflect.String:
		if s, ok := d.text(path, resolved); ok {
			v.SetString(s)
		}
	case reflect.Bool:
		if b, ok := resolved.(*ast.BoolNode); ok {
			v.SetBool(b.Value)
		} else {
			d.add(path, "must be true or false", "")
		}
	case reflect.Int:
		d.integer(path, resolved, v)
	case reflect.Float64:
		f, err := strconv.ParseFloat(scalar(resolved), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			d.add(path, "must be a number", "")
			return
		}
		v.SetFloat(f)
	}
}

// scalarType decodes secrets and types that read themselves; false means that v
// is of another type.
func (d *decoder) scalarType(path string, n ast.Node, v reflect.Value) bool {
	if s, ok := v.Addr().Interface().(*Secret); ok {
		text, ok := d.text(path, n)
		if !ok {
			return true
		}
		ref, err := referTo(text)
		if err != nil {
			d.add(path, err.Error(), "put it into the environment and write ${NAME}, or into a file and write file:/path")
		}
		*s = ref
		return true
	}
	u, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	if !ok {
		return false
	}
	if text, ok := d.text(path, n); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			say, hint, _ := strings.Cut(err.Error(), "; ")
			d.add(path, say, hint)
		}
	}
	return true
}

// maxTextBytes bounds one text of the file.
const maxTextBytes = 64 << 10

func (d *decoder) text(path string, n ast.Node) (string, bool) {
	s := ""
	switch v := n.(type) {
	case *ast.StringNode:
		s = v.Value
	case *ast.LiteralNode:
		s = v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode:
		s = scalar(n) // as it was written: ids keep their zeros
	case *ast.BoolNode:
		d.add(path, "must be a text, and YAML reads this as true or false", "put it in quotes")
		return "", false
	case *ast.SequenceNode:
		d.add(path, "must be one text, not a list", "")
		return "", false
	case *ast.MappingNode, *ast.MappingValueNode:
		d.add(path, "must be one text, not a group of settings", "if it contains \": \", put it in quotes")
		return "", false
	default:
		d.add(path, "must be a text", "put it in quotes")
		return "", false
	}
	switch {
	case len(s) > maxTextBytes:
		d.add(path, fmt.Sprintf("is longer than %d bytes", maxTextBytes), "")
		return "", false
	case strings.ContainsRune(s, 0):
		d.add(path, "contains a zero byte", "")
		return "", false
	}
	return s, true
}

func scalar(n ast.Node) string {
	if t := n.GetToken(); t != nil {
		return t.Value
	}
	return ""
}

func (d *decoder) integer(path string, n ast.Node, v reflect.Value) {
	i, err := strconv.ParseInt(scalar(n), 10, 32)
	if _, ok := n.(*ast.IntegerNode); !ok || err != nil {
		d.add(path, "must be a whole number", "")
		return
	}
	v.SetInt(i)
}

func (d *decoder) list(path string, n ast.Node, v reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, group := n.(*ast.MappingNode); group {
			d.add(path, "must be a list", "begin each entry with \"- \"")
			return
		}
		// One value stands for a list of one, as people write it.
		if v.Type().Elem().Kind() != reflect.Struct || isScalar(v.Type().Elem()) {
			item := reflect.New(v.Type().Elem()).Elem()
			d.decode(path, n, item)
			v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), item))
			return
		}
		d.add(path, "must be a list", "begin each entry with \"- \"")
		return
	}
	out := reflect.MakeSlice(v.Type(), 0, len(seq.Values))
	for i, entry := range seq.Values {
		item := reflect.New(v.Type().Elem()).Elem()
		d.mark(at(path, i), entry)
		d.decode(at(path, i), entry, item)
		out = reflect.Append(out, item)
	}
	v.Set(out)
}

// isScalar reports whether a struct type is written as one text.
func isScalar(t reflect.Type) bool {
	_, ok := reflect.New(t).Interface().(encoding.TextUnmarshaler)
	return ok || t == reflect.TypeFor[Secret]()
}
