package config

import (
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml/ast"
)

// entries lists the keys and values of a group of settings; ok is false when the
// node is none.
func entries(n ast.Node) (list []*ast.MappingValueNode, ok bool) {
	switch v := n.(type) {
	case *ast.MappingNode:
		return v.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{v}, true
	default:
		return nil, false
	}
}

// mapping fills a struct by its yaml tags.
func (d *decoder) mapping(path string, n ast.Node, v reflect.Value) {
	list, ok := entries(n)
	if !ok {
		d.add(path, "must be a group of settings", "write \"name: value\" lines below it")
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]bool{}
	for _, e := range list {
		if e.Key.IsMergeKey() {
			if from := d.node(e.Value); from != nil {
				d.mapping(path, from, v)
			}
			continue
		}
		key := keyText(e.Key)
		p := join(path, key)
		d.mark(p, e.Key)
		i, known := fields[key]
		switch {
		case !known:
			d.add(p, "there is no such setting", meant(key, sortedKeys(fields)))
			continue
		case seen[key]:
			d.add(p, "is set twice", "remove one of them")
			continue
		}
		seen[key] = true
		if e.Value != nil && isLeaf(e.Value) {
			d.mark(p, e.Value)
		}
		d.decode(p, e.Value, v.Field(i))
	}
}

// table fills a map from text to text, or from text to a list of texts.
func (d *decoder) table(path string, n ast.Node, v reflect.Value) {
	list, ok := entries(n)
	if !ok {
		d.add(path, "must be a group of settings", "write \"name: value\" lines below it")
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, e := range list {
		key := keyText(e.Key)
		p := join(path, key)
		d.mark(p, e.Key)
		if out.MapIndex(reflect.ValueOf(key)).IsValid() {
			d.add(p, "is set twice", "remove one of them")
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.decode(p, e.Value, item)
		out.SetMapIndex(reflect.ValueOf(key), item)
	}
	v.Set(out)
}

// maxKey bounds a key that is repeated in a message.
const maxKey = 64

func keyText(k ast.MapKeyNode) string {
	s := scalar(k)
	if s == "" {
		s = k.String()
	}
	if len(s) > maxKey {
		s = fmt.Sprintf("%.*q…", maxKey, s)
	}
	return s
}

func isLeaf(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, *ast.NullNode, *ast.AnchorNode, *ast.TagNode:
		return false
	default:
		return true
	}
}

// fieldsOf maps the yaml names of a struct's fields to their indices.
func fieldsOf(t reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" {
			fields[name] = i
		}
	}
	return fields
}
