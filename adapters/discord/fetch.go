package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hotline/bot/chat"
)

// fileHosts are where Discord keeps attachments.
var fileHosts = []string{"cdn.discordapp.com", "media.discordapp.net"}

// Fetch reads an attachment. Addresses of attachments end after a day, so the
// message is asked for a new one when the old one is refused. The token is never
// sent along.
func (a *Adapter) Fetch(ctx context.Context, f chat.File) ([]byte, error) {
	data, err := a.fetch(ctx, f.URL)
	if err == nil {
		return data, nil
	}
	fresh, ferr := a.freshURL(ctx, f.ID)
	if ferr != nil || fresh == f.URL {
		return nil, err
	}
	return a.fetch(ctx, fresh)
}

func (a *Adapter) fetch(ctx context.Context, addr string) ([]byte, error) {
	u, err := url.Parse(addr)
	if err != nil || !a.mayFetch(u) {
		return nil, errors.New("discord: the file is not kept by Discord")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	client := *a.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return nil, networkError(err, true)
	}
	defer drain(resp.Body)
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("discord: file not read: HTTP %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, chat.MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > chat.MaxFile {
		return nil, errors.New("discord: the file is too large")
	}
	return data, nil
}

// mayFetch allows Discord's own hosts, and the configured one, so that a stored
// address cannot point the bot anywhere else.
func (a *Adapter) mayFetch(u *url.URL) bool {
	if slices.Contains(fileHosts, u.Host) {
		return u.Scheme == "https"
	}
	base, err := url.Parse(a.opt.APIURL)
	return err == nil && u.Host == base.Host && u.Scheme == base.Scheme && strings.HasPrefix(u.Path, "/attachments/")
}

// freshURL asks the message of an attachment for its address. id is
// channel/message/attachment.
func (a *Adapter) freshURL(ctx context.Context, id string) (string, error) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 || slices.ContainsFunc(parts, func(p string) bool { return !snowflake.MatchString(p) }) {
		return "", errors.New("discord: no id of a file")
	}
	var raw json.RawMessage
	q := request{method: "GET", path: "/channels/" + parts[0] + "/messages/" + parts[1]}
	if err := a.rest.call(ctx, q, &raw); err != nil {
		return "", err
	}
	m, _ := decodeMessage(raw, a.self())
	for _, f := range m.files {
		if f.ID == id {
			return f.URL, nil
		}
	}
	return "", errors.New("discord: the file is gone")
}
