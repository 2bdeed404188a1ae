package config

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"hotline/bot"
	"hotline/bot/oncall"
	"hotline/bot/sla"
)

// builder turns a decoded file into a Config and collects what is wrong.
type builder struct {
	*decoder
	file *file
	dir  string
	env  func(string) (string, bool)

	kinds     map[string]kind
	calendars map[string]*sla.Calendar
	org       *bot.Organisation
}

func (b *builder) build() *Config {
	f := b.file
	b.org = &bot.Organisation{Contracts: map[string]bot.Contract{}, Holidays: map[string][]oncall.Wall{}}
	b.calendars = map[string]*sla.Calendar{}
	cfg := &Config{
		Org: b.org, Data: f.Data, HTTP: f.HTTP, Log: f.Log, Slack: f.Slack, Discord: f.Discord, Web: f.Web,
		Mail: f.Mail, Notify: f.Notify, Hooks: f.Hooks, Knowledge: f.Knowledge, Model: f.Model, places: b.decoder,
	}
	b.identities()
	b.settings(cfg)
	b.house(cfg)
	b.people()
	b.buildTeams()
	b.buildCalendars()
	b.buildContracts()
	b.buildCustomers()
	b.buildServices(&cfg.Hooks)
	b.buildChannels()
	b.buildSchedules()
	b.buildPolicies()
	b.buildRoutes()
	return cfg
}

func (b *builder) house(cfg *Config) {
	f, r := b.file, b.file.Rules
	if f.Name == "" {
		b.add("name", "must not be empty", "it is shown in messages and calendars")
	}
	b.oneOf("lang", f.Lang, languages)
	b.org.Name, b.org.Lang, b.org.Zone = f.Name, f.Lang, f.Zone.loc
	b.org.BaseURL = cfg.HTTP.BaseURL
	b.severity("rules.max_room_severity", r.MaxRoomSev, 0)
	if r.BundleMax < r.BundleFirst {
		b.add("rules.bundle_max", "is shorter than bundle_first", "make it at least "+r.BundleFirst.String())
	}
	if r.Fallback < Duration(time.Second) {
		b.add("rules.fallback", "is too short for any provider to answer", "use at least 1s")
	}
	b.org.Rules = bot.Rules{
		GroupWindow: r.GroupWindow.Std(), AckTimeout: r.AckTimeout.Std(), AutoClose: r.AutoClose.Std(),
		Cooldown: r.Cooldown.Std(), MaxRoomSev: bot.Severity(r.MaxRoomSev), Fallback: r.Fallback.Std(),
		BundleFirst: r.BundleFirst.Std(), BundleMax: r.BundleMax.Std(),
	}
}

// languages are those that Hotline speaks.
var languages = []string{"en", "zh"}

// lang checks a language, or gives the one that counts when none is set.
func (b *builder) lang(path, own, otherwise string) string {
	if own == "" {
		return otherwise
	}
	b.oneOf(path, own, languages)
	return own
}

// idPattern is what an id may look like: it is typed in commands.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// id checks an id and that it is the only one of its kind.
func (b *builder) id(path, kind, id string, seen map[string]string) {
	p := join(path, "id")
	switch first, twice := seen[id]; {
	case id == "":
		b.add(p, "this "+kind+" has no id", "add one, such as id: "+example(kind))
		return
	case !idPattern.MatchString(id):
		b.add(p, fmt.Sprintf("%q cannot be an id", id), "use letters, digits, . _ - and at most 64 of them, because it is typed in commands")
	case twice:
		b.add(p, fmt.Sprintf("there are two of kind %s with the id %q (the other is %s)", kind, id, first), "rename one of them")
	}
	seen[id] = path
}

func example(kind string) string { return strings.ReplaceAll(kind, " ", "-") + "-1" }

// kind is every id of one kind, for references.
type kind struct {
	list []string
	set  map[string]bool
	// unread says that the section could not be read, so that nothing can be said
	// about references to it.
	unread bool
}

// known lists the ids of a kind in the order of the file.
func (b *builder) known(name string) []string { return b.kinds[name].list }

// ref checks that an id names something that is defined. Empty is fine.
func (b *builder) ref(path, name, id string) {
	if k := b.kinds[name]; id != "" && !k.set[id] && !k.unread {
		b.add(path, fmt.Sprintf("there is no %s %q", name, id), meant(id, b.known(name)))
	}
}

// refs checks a list of references.
func (b *builder) refs(path, name string, ids []string) {
	for i, id := range ids {
		if id == "" {
			b.add(at(path, i), "is empty", "name a "+name)
			continue
		}
		b.ref(at(path, i), name, id)
	}
}

// oneOf checks a word against a short list. Empty is an error.
func (b *builder) oneOf(path, word string, known []string) {
	if !slices.Contains(known, word) {
		b.add(path, fmt.Sprintf("%q is not possible here", word), meant(word, known))
	}
}

// severity checks a severity from least to 4.
func (b *builder) severity(path string, n, least int) {
	if n < least || n > 4 {
		b.add(path, fmt.Sprintf("%d is no severity", n), fmt.Sprintf("use %d to 4; 1 is the worst", least))
	}
}

// need checks that a text is there.
func (b *builder) need(path, text, why string) {
	if strings.TrimSpace(text) == "" {
		b.add(path, "is missing", why)
	}
}

// secrets reads the secrets of a section that is in use.
func (b *builder) secrets(path string, section any) {
	v := reflect.ValueOf(section).Elem()
	for name, i := range fieldsOf(v.Type()) {
		if s, ok := v.Field(i).Addr().Interface().(*Secret); ok {
			b.secret(join(path, name), s)
		}
	}
}

func (b *builder) secret(path string, s *Secret) {
	if err := s.resolve(b.dir, b.env); err != nil {
		b.add(path, err.Error(), "set it before starting, or point to a file with file:/path")
	}
}

// needSecret checks that a section in use has a secret, once it was read.
func (b *builder) needSecret(path string, s Secret, why string) {
	if s.IsZero() && s.ref == "" {
		b.add(path, "is missing", why)
	}
}

// HookKey is the key of a service whose key is made from the one secret of
// section hooks: 32 hexadecimal digits.
func HookKey(secret Secret, service string) string {
	h := hmac.New(sha256.New, []byte(secret.Reveal()))
	h.Write([]byte("hook:" + service))
	return hex.EncodeToString(h.Sum(nil))[:32]
}
