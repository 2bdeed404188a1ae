package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Secret is a token or password. It prints as [secret] however it is printed;
// [Secret.Reveal] is the only way to its value.
type Secret struct{ ref, value string }

// shownSecret is what a secret looks like everywhere.
const shownSecret = "[secret]"

// NewSecret wraps a value that is already known, for the demo and for tests.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal is the value; empty when none was given.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether there is no value.
func (s Secret) IsZero() bool { return s.value == "" }

// String hides the value.
func (s Secret) String() string {
	if s.value == "" && s.ref == "" {
		return ""
	}
	return shownSecret
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// Format hides the value from every verb of fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText hides the value from JSON and other encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// maxSecret bounds a secret read from a file, in bytes.
const maxSecret = 64 << 10

var (
	envName   = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)
	errSecret = errors.New("a secret must not stand in this file")
)

// isReference reports whether text is a reference to a secret.
func isReference(text string) bool {
	return envName.MatchString(text) || strings.HasPrefix(text, "file:")
}

// referTo makes an unresolved secret. The text is never repeated in the error.
func referTo(text string) (Secret, error) {
	if text == "" {
		return Secret{}, nil
	}
	if !isReference(text) {
		return Secret{}, errSecret
	}
	return Secret{ref: text}, nil
}

// resolve reads the value. Relative file names count from dir.
func (s *Secret) resolve(dir string, env func(string) (string, bool)) error {
	if s.ref == "" {
		return nil
	}
	if m := envName.FindStringSubmatch(s.ref); m != nil {
		v, ok := env(m[1])
		if !ok || v == "" {
			return fmt.Errorf("the environment variable %s is not set", m[1])
		}
		s.value = v
		return nil
	}
	name := strings.TrimPrefix(s.ref, "file:")
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("the secret cannot be read: %w", err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch v := strings.TrimRight(string(b), "\r\n"); {
	case err != nil:
		return fmt.Errorf("the secret cannot be read: %w", err)
	case len(b) > maxSecret:
		return fmt.Errorf("the file %s is larger than %d bytes: no secret is that long", name, maxSecret)
	case v == "":
		return fmt.Errorf("the file %s is empty", name)
	default:
		s.value = v
		return nil
	}
}
