package config

import (
	"encoding"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/bot"
)

func TestDuration(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       time.Duration
		written    string
	}{
		{"zero", "0", 0, "0"},
		{"seconds", "90s", 90 * time.Second, "1m30s"},
		{"minutes", "10m", 10 * time.Minute, "10m"},
		{"hours", "72h", 72 * time.Hour, "3d"},
		{"mixed", "1h30m", 90 * time.Minute, "1h30m"},
		{"days", "3d", 72 * time.Hour, "3d"},
		{"weeks", "2w", 14 * 24 * time.Hour, "14d"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var d Duration
			if err := d.UnmarshalText([]byte(tc.text)); err != nil {
				t.Fatal(err)
			}
			if d.Std() != tc.want || d.String() != tc.written {
				t.Errorf("got %v written %s, want %v written %s", d.Std(), d, tc.want, tc.written)
			}
		})
	}
	for _, text := range []string{"", "d", "10", "1.5", "-5m", "5 minutes", "1e9h", "99999999999d", "-1d", "1.5d", "NaN", "Inf"} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken as %v", text, d)
		}
	}
}

func TestScalarsRefuse(t *testing.T) {
	for _, tc := range []struct {
		name string
		into encoding.TextUnmarshaler
		text string
	}{
		{"zone empty", &zone{}, ""},
		{"zone of the machine", &zone{}, "Local"},
		{"zone path", &zone{}, "../../etc/passwd"},
		{"wall", &wall{}, "tomorrow"},
		{"clock", &clock{}, "25:00"},
		{"date", &date{}, "2026-13-01"},
		{"weekday", new(weekday), "someday"},
		{"span without end", &span{}, "09:00"},
		{"span from the end of the day", &span{}, "24:00-06:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.into.UnmarshalText([]byte(tc.text)); err == nil {
				t.Errorf("%q was taken", tc.text)
			}
		})
	}
}

func TestSecretNeverPrints(t *testing.T) {
	const value = "hunter2-hunter2"
	s := NewSecret(value)
	b, err := json.Marshal(struct{ S Secret }{s})
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "secret", s, "in", struct{ S Secret }{s})
	for _, out := range []string{
		fmt.Sprint(s), fmt.Sprintf("%s %v %+v %#v %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%+v", Slack{BotToken: s}),
		fmt.Sprintf("%#v", &Slack{BotToken: s}), string(b), logged.String(),
	} {
		if strings.Contains(out, value) || strings.Contains(out, "68756e7465") || !strings.Contains(out, "[secret]") {
			t.Errorf("the secret shows in %q", out)
		}
	}
	if s.Reveal() != value || s.IsZero() || !(Secret{}).IsZero() {
		t.Error("the value is lost")
	}
}

// TestLiteralSecretIsNotRepeated looks for the refused secret in every message.
func TestLiteralSecretIsNotRepeated(t *testing.T) {
	text := "slack:\n  enabled: true\n  bot_token: xoxb-very-secret\nnotify:\n  shoutrrr: [{id: a, url: telegram://very-secret@telegram}]\n"
	_, problems := Parse("c.yaml", []byte(text), noEnv)
	found := false
	for _, p := range problems {
		found = found || strings.Contains(p.Say, "must not stand in this file")
		if strings.Contains(fmt.Sprintf("%+v", p), "very-secret") {
			t.Errorf("the secret is repeated: %v", p)
		}
	}
	if !found {
		t.Errorf("the secret was not refused: %v", problems)
	}
}

func TestSecretFromFile(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"token": "from-a-file-1234\r\n", "big": strings.Repeat("x", maxSecret+1)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ name, ref, want, err string }{
		{"relative", "file:token", "from-a-file-1234", ""},
		{"absolute", "file:" + filepath.Join(dir, "token"), "from-a-file-1234", ""},
		{"too large", "file:big", "", "larger"},
		{"missing", "file:none", "", "cannot be read"},
		{"folder", "file:.", "", "cannot be read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := referTo(tc.ref)
			if err != nil {
				t.Fatal(err)
			}
			err = s.resolve(dir, noEnv)
			if s.Reveal() != tc.want || (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("got %q, %v", s.Reveal(), err)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	known := []string{"people", "policies", "role", "name", "group_window"}
	for _, tc := range []struct{ name, word, want string }{
		{"swap", "nmae", "name"},
		{"missing letter", "peple", "people"},
		{"case", "Role", "role"},
		{"dash", "group-window", "group_window"},
		{"nothing near", "zebra", ""},
		{"empty", "", ""},
		{"endless", strings.Repeat("x", 100000), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := nearest(tc.word, known); got != tc.want {
				t.Errorf("nearest(%.20q) = %q, want %q", tc.word, got, tc.want)
			}
		})
	}
}

// TestSecretsAreListed finds every Secret of the settings in the list that logs are
// cleaned with, so that a new setting cannot be forgotten.
func TestSecretsAreListed(t *testing.T) {
	cfg := &Config{Org: &bot.Organisation{Services: []bot.Service{{HookKey: "key-of-a-hook", HookSecret: "secret-of-a-hook"}}}}
	cfg.Web.Users = make([]WebUser, 1)
	cfg.Notify.Shoutrrr = make([]Shoutrrr, 1)
	n := 0
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		switch {
		case v.Type() == reflect.TypeFor[Secret]():
			n++
			v.Set(reflect.ValueOf(NewSecret(fmt.Sprintf("secret-number-%d", n))))
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					fill(v.Field(i))
				}
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				fill(v.Index(i))
			}
		}
	}
	fill(reflect.ValueOf(cfg).Elem())
	listed := cfg.Secrets()
	for i := range n {
		if want := fmt.Sprintf("secret-number-%d", i+1); !slices.Contains(listed, want) {
			t.Errorf("%s of %d is not listed", want, n)
		}
	}
	if !slices.Contains(listed, "secret-of-a-hook") || n < 10 {
		t.Errorf("%d secrets, listed %v", n, listed)
	}
}
