package knowledge

import (
	"fmt"
	"strings"
)

// maxRedact is how much of one text is redacted and returned; the rest of a
// longer text is dropped, because what was not looked at must not get out.
const maxRedact = 1 << 20

// Redact takes out of a text what identifies a person or opens a door: names
// after words that announce them, telephone numbers, postal addresses, mail
// addresses, tokens, keys, passwords, serial numbers, identity and card
// numbers, network addresses. Each is replaced by its kind in brackets, such as
// [phone]. Error codes, versions, digests and identifiers of programs stay. Of a
// text beyond 1 MiB the rest is dropped.
func Redact(text string) string {
	return redact(text, func(kind, _ string) string { return "[" + kind + "]" })
}

// redact replaces each secret by what hide returns for it.
func redact(text string, hide func(kind, secret string) string) string {
	if len(text) > maxRedact {
		text = strings.ToValidUTF8(text[:maxRedact], "")
	}
	for i := range redactRules {
		text = redactRules[i].apply(text, hide)
	}
	return text
}

func (r *redactRule) apply(text string, hide func(kind, secret string) string) string {
	if r.hint != "" && !strings.ContainsAny(text, r.hint) {
		return text
	}
	var b strings.Builder
	end := 0
	for _, m := range r.re.FindAllStringSubmatchIndex(text, -1) {
		from, to := m[2*r.group], m[2*r.group+1]
		if from < end || from == to {
			continue
		}
		secret := text[from:to]
		if strings.HasPrefix(secret, "[") && strings.HasSuffix(secret, "]") || r.ok != nil && !r.ok(secret) {
			continue
		}
		b.WriteString(text[end:from])
		b.WriteString(hide(r.kind, secret))
		end = to
	}
	if end == 0 {
		return text
	}
	b.WriteString(text[end:])
	return b.String()
}

// Mask redacts the texts of one request with numbered placeholders, so that the
// same secret gets the same placeholder everywhere and can be put back into an
// answer to the same asker. The zero value is ready; not for two goroutines.
type Mask struct {
	byName map[string]string // secret by placeholder
	bySaid map[string]string // placeholder by secret
}

// Hide redacts a text.
func (m *Mask) Hide(text string) string {
	if m.byName == nil {
		m.byName, m.bySaid = map[string]string{}, map[string]string{}
	}
	return redact(text, func(kind, secret string) string {
		name, ok := m.bySaid[secret]
		if !ok {
			name = fmt.Sprintf("[%s-%d]", kind, len(m.byName)+1)
			m.bySaid[secret], m.byName[name] = name, secret
		}
		return name
	})
}

// Restore puts the secrets back. Only for a reply to whom they came from.
func (m *Mask) Restore(text string) string {
	for name, secret := range m.byName {
		text = strings.ReplaceAll(text, name, secret)
	}
	return text
}
