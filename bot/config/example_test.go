package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const examplePath = "../../config.example.yaml"

func exampleText(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestExampleLoads loads the example as it is, without any environment, and finds
// nothing weak in it.
func TestExampleLoads(t *testing.T) {
	cfg, problems := Load(examplePath, noEnv)
	for _, p := range problems {
		t.Error(p)
	}
	if cfg == nil {
		return
	}
	for _, p := range Check(cfg, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
		if p.Path != "notify.webhook.secret" {
			t.Error(p)
		}
	}
}

// settingsOf lists every setting that a struct type has, with [] for list entries
// and * for keys that people choose.
func settingsOf(typ reflect.Type, path string, add func(string)) {
	switch {
	case typ.Kind() == reflect.Pointer:
		settingsOf(typ.Elem(), path, add)
	case typ.Kind() == reflect.Slice:
		settingsOf(typ.Elem(), path+"[]", add)
	case typ.Kind() == reflect.Map:
		settingsOf(typ.Elem(), path+".*", add)
	case typ.Kind() == reflect.Struct && !isScalar(typ):
		for name, i := range fieldsOf(typ) {
			p := join(path, name)
			add(p)
			settingsOf(typ.Field(i).Type, p, add)
		}
	}
}

var (
	listIndex = regexp.MustCompile(`\[\d+\]`)
	freeKeys  = regexp.MustCompile(`(forum_tags|hours|targets)\.[a-z0-9-]+`)
)

// TestExampleIsComplete compares the settings in the example with those of the
// code: none may be missing.
func TestExampleIsComplete(t *testing.T) {
	d := newDecoder(examplePath)
	doc := d.parse(exampleText(t))
	var f file
	d.decode("", doc, reflect.ValueOf(&f).Elem())
	shown := map[string]bool{}
	for path := range d.places {
		p := listIndex.ReplaceAllString(path, "[]")
		shown[p] = true
		shown[freeKeys.ReplaceAllString(p, "$1.*")] = true
	}
	settingsOf(reflect.TypeFor[file](), "", func(path string) {
		if !shown[path] {
			t.Errorf("config.example.yaml does not show %s", path)
		}
	})
	for _, p := range d.problems {
		t.Error(p)
	}
}

// TestExampleShowsDefaults compares the values of part 1 with the code's own.
// Secrets and lists are examples there, because their default is nothing.
func TestExampleShowsDefaults(t *testing.T) {
	d := newDecoder(examplePath)
	var f file
	d.decode("", d.parse(exampleText(t)), reflect.ValueOf(&f).Elem())
	want := defaultFile()
	got := reflect.ValueOf(&f).Elem()
	organisation := []string{
		"people", "teams", "calendars", "contracts", "customers", "sites", "assets", "services", "channels",
		"schedules", "policies", "routes",
	}
	for name, i := range fieldsOf(got.Type()) {
		if slices.Contains(organisation, name) {
			continue
		}
		compareDefaults(t, name, reflect.ValueOf(want).Field(i), got.Field(i))
	}
}

func compareDefaults(t *testing.T, path string, want, got reflect.Value) {
	t.Helper()
	switch {
	case got.Type() == reflect.TypeFor[Secret](), got.Kind() == reflect.Slice, got.Kind() == reflect.Map:
		if !want.IsZero() {
			t.Errorf("%s: a secret or list with a default is not compared here: %v", path, want)
		}
	case got.Type() == reflect.TypeFor[zone]():
		if g, w := got.Interface().(zone), want.Interface().(zone); g.name() != w.name() {
			t.Errorf("%s: the example shows %s, the default is %s", path, g.name(), w.name())
		}
	case got.Kind() == reflect.Struct:
		for name, i := range fieldsOf(got.Type()) {
			compareDefaults(t, join(path, name), want.Field(i), got.Field(i))
		}
	default:
		if diff := cmp.Diff(want.Interface(), got.Interface()); diff != "" {
			t.Errorf("%s: the example and the default differ (-default +example):\n%s", path, diff)
		}
	}
}

// TestExampleSaysWhy asks for a word of why on every line.
func TestExampleSaysWhy(t *testing.T) {
	key := regexp.MustCompile(`^ *(- )?[a-z0-9_-]+:( |$)`)
	for i, line := range strings.Split(string(exampleText(t)), "\n") {
		_, why, ok := strings.Cut(line, " # ")
		if key.MatchString(line) && (!ok || len(strings.TrimSpace(why)) < 5) {
			t.Errorf("config.example.yaml:%d says no word of why: %s", i+1, line)
		}
	}
}
