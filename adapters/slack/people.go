package slack

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/bot/chat"
)

// people knows accounts by id: their team, name and language.
type people struct {
	a    *Adapter
	mu   sync.Mutex
	list map[string]profile
	// direct are the conversations with people, by user.
	direct map[string]string
}

type profile struct {
	team, name, lang string
	until            time.Time
}

// How long a profile is kept, how long a failed look-up is not repeated, how long
// an event waits for one, and how many are kept.
const (
	profileLife  = 6 * time.Hour
	profileRetry = time.Minute
	profileWait  = 700 * time.Millisecond
	maxProfiles  = 20_000
)

func newPeople(a *Adapter) *people {
	return &people{a: a, list: map[string]profile{}, direct: map[string]string{}}
}

// get looks an account up, from memory or with a short question to Slack. Without
// an answer it knows nothing, which is no error.
func (p *people) get(ctx context.Context, user string) profile {
	p.mu.Lock()
	known, ok := p.list[user]
	p.mu.Unlock()
	if ok && p.a.cfg.Now().Before(known.until) {
		return known
	}
	ctx, cancel := context.WithTimeout(ctx, profileWait)
	defer cancel()
	var got profile
	res := p.a.limited("users.info", "", func() error {
		u, err := p.a.api.GetUserInfoContext(ctx, user)
		if err == nil {
			got = profile{team: u.TeamID, name: firstOf(u.Profile.DisplayName, u.RealName, u.Name), lang: language(u.Locale)}
		}
		return err
	})
	got.until = p.a.cfg.Now().Add(profileLife)
	if res.Class != chat.Sent {
		got = known
		got.until = p.a.cfg.Now().Add(profileRetry)
	}
	p.put(user, got)
	return got
}

func (p *people) put(user string, got profile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.list) >= maxProfiles {
		clear(p.list)
	}
	p.list[user] = got
}

// firstOf is the first string that is not empty.
func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// language is the language of a locale, as far as Hotline speaks it.
func language(locale string) string {
	lang, _, _ := strings.Cut(locale, "-")
	if lang == "zh" || lang == "en" {
		return lang
	}
	return ""
}

// principal makes the account of somebody who acted in a channel. team and name
// may be empty; they are looked up then.
func (a *Adapter) principal(ctx context.Context, user, team, name, channel string) chat.Principal {
	p := chat.Principal{Platform: Platform, Tenant: team, User: user, Name: name}
	if user == "" {
		return p
	}
	if team == "" || name == "" {
		got := a.people.get(ctx, user)
		p.Tenant, p.Name, p.Lang = firstOf(team, got.team, a.me().team), firstOf(name, got.name), got.lang
	}
	p.External = a.outsider(user, p.Tenant, channel)
	return p
}

// outsider decides from the team, and what the configuration says about team,
// account and channel. The most exact rule wins; a display name never counts.
func (a *Adapter) outsider(user, team, channel string) bool {
	for _, id := range []string{channel + ":" + user, channel + ":" + team, user, team} {
		if slices.Contains(a.cfg.Inside, "-"+id) {
			return true
		}
		if slices.Contains(a.cfg.Inside, id) {
			return false
		}
	}
	return team != a.me().team
}
