package slacktest

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds what a caller may send.
const maxBody = 4 << 20

// apiError is an error word of the API, with details.
type apiError struct {
	word   string
	detail []string
	extra  map[string]any
}

func (e *apiError) Error() string { return e.word }

func fail(word string, detail ...string) *apiError { return &apiError{word: word, detail: detail} }

// args are the arguments of a call, from a form or a JSON body.
type args map[string]string

func (a args) int(key string, def int) int {
	if n, err := strconv.Atoi(a[key]); err == nil {
		return n
	}
	return def
}

func (a args) bool(key string) bool { return a[key] == "true" || a[key] == "1" }

// call is a request on its way through a method. mu is held.
type call struct {
	*Server
	args  args
	token *token
	// events are sent after the lock is released.
	events []func()
}

// need checks the scopes: any one of them is enough.
func (c *call) need(scopes ...string) *apiError {
	for _, sc := range scopes {
		if c.token.scopes[sc] {
			return nil
		}
	}
	have := slices.Sorted(maps.Keys(c.token.scopes))
	return &apiError{word: "missing_scope", extra: map[string]any{
		"needed": strings.Join(scopes, ","), "provided": strings.Join(have, ","),
	}}
}

// channel finds the conversation of the call and checks a scope of a family.
func (c *call) channel(families ...string) (*Channel, *apiError) {
	ch := c.channels[c.args["channel"]]
	if ch == nil {
		return nil, fail("channel_not_found")
	}
	if len(families) > 0 {
		var any []string
		for _, f := range families {
			any = append(any, ch.scope(f))
		}
		if err := c.need(any...); err != nil {
			return nil, err
		}
	}
	if (ch.Private || ch.IM != "") && !ch.has(BotUserID) {
		return nil, fail("channel_not_found")
	}
	return ch, nil
}

type methodFunc func(*call) (map[string]any, *apiError)

// methods is the table of the Web API.
func methods() map[string]methodFunc {
	return map[string]methodFunc{
		"auth.test":                    authTest,
		"apps.connections.open":        connectionsOpen,
		"chat.postMessage":             chatPost,
		"chat.postEphemeral":           chatEphemeral,
		"chat.update":                  chatUpdate,
		"chat.delete":                  chatDelete,
		"chat.getPermalink":            chatPermalink,
		"conversations.history":        convHistory,
		"conversations.replies":        convReplies,
		"conversations.info":           convInfo,
		"conversations.list":           convList,
		"conversations.open":           convOpen,
		"conversations.create":         convCreate,
		"conversations.invite":         convInvite,
		"conversations.setTopic":       convTopic,
		"conversations.members":        convMembers,
		"conversations.archive":        convArchive,
		"users.info":                   usersInfo,
		"users.lookupByEmail":          usersLookup,
		"views.open":                   viewsOpen,
		"views.push":                   viewsPush,
		"views.update":                 viewsUpdate,
		"views.publish":                viewsPublish,
		"reactions.add":                reactionsAdd,
		"reactions.remove":             reactionsRemove,
		"reactions.get":                reactionsGet,
		"files.getUploadURLExternal":   filesGetURL,
		"files.completeUploadExternal": filesComplete,
		"files.info":                   filesInfo,
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	method := r.PathValue("method")
	a, auth, isJSON, err := readArgs(w, r)
	if err != nil {
		writeError(w, "", err)
		return
	}
	rec := Call{Method: method, Channel: a["channel"], Args: a, Auth: auth, JSON: isJSON, At: time.Now()}
	f := s.fault(method, a["channel"])
	if f != nil && f.Hold != nil {
		select {
		case <-f.Hold:
		case <-r.Context().Done():
		case <-s.closed:
		}
	}
	if f != nil && !f.After && (f.Word != "" || f.Status > 0 || f.RetryAfter > 0 || f.Cut) {
		rec.Answer = "fault"
		s.record(rec)
		f.answer(w)
		return
	}
	body, scopes, events, apiErr := s.run(method, a, auth)
	rec.Answer = "ok"
	if apiErr != nil {
		rec.Answer = apiErr.word
	}
	s.record(rec)
	for _, ev := range events {
		ev()
	}
	if f != nil && f.After {
		f.answer(w)
		return
	}
	if apiErr != nil {
		writeError(w, scopes, apiErr)
		return
	}
	scopeHeader(w, scopes)
	writeJSON(w, http.StatusOK, body)
}

func (s *Server) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
}

// run checks the token, does the work and writes the answer under the lock.
func (s *Server) run(method string, a args, auth string) (json.RawMessage, string, []func(), *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn := methods()[method]
	if fn == nil {
		return nil, "", nil, fail("unknown_method")
	}
	tok := s.tokens[auth]
	scopes := ""
	if tok != nil {
		scopes = strings.Join(slices.Sorted(maps.Keys(tok.scopes)), ",")
	}
	switch {
	case auth == "":
		return nil, "", nil, fail("not_authed")
	case tok == nil:
		return nil, "", nil, fail("invalid_auth")
	case tok.dead != "":
		return nil, scopes, nil, fail(tok.dead)
	case tok.app != (method == "apps.connections.open"):
		return nil, scopes, nil, fail("not_allowed_token_type")
	}
	c := &call{Server: s, args: a, token: tok}
	res, apiErr := fn(c)
	if res == nil {
		res = map[string]any{}
	}
	res["ok"] = true
	body, err := json.Marshal(res)
	if err != nil {
		return nil, scopes, c.events, fail("internal_error")
	}
	return body, scopes, c.events, apiErr
}

// readArgs reads the arguments and the token. JSON bodies must carry the token in
// the header, as on the real service.
func readArgs(w http.ResponseWriter, r *http.Request) (args, string, bool, *apiError) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	auth, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		a, err := jsonArgs(r.Body)
		return a, auth, true, err
	}
	values := r.URL.Query()
	switch kind {
	case "application/x-www-form-urlencoded":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, "", false, fail("request_timeout")
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, "", false, fail("invalid_form_data")
		}
		maps.Copy(values, form)
	case "multipart/form-data":
		if r.ParseMultipartForm(maxBody) != nil {
			return nil, "", false, fail("invalid_form_data")
		}
		maps.Copy(values, r.MultipartForm.Value)
	case "":
	default:
		return nil, "", false, fail("invalid_post_type")
	}
	a := args{}
	for k, v := range values {
		a[k] = v[0]
	}
	if auth == "" {
		auth = a["token"]
	}
	delete(a, "token")
	return a, auth, false, nil
}

func jsonArgs(r io.Reader) (args, *apiError) {
	var raw map[string]json.RawMessage
	if err := json.NewDecoder(r).Decode(&raw); err != nil && !errors.Is(err, io.EOF) {
		return nil, fail("invalid_json")
	}
	a := args{}
	for k, v := range raw {
		var text string
		if json.Unmarshal(v, &text) == nil {
			a[k] = text
		} else {
			a[k] = string(v)
		}
	}
	return a, nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func scopeHeader(w http.ResponseWriter, scopes string) {
	if scopes != "" {
		w.Header().Set("X-OAuth-Scopes", scopes)
	}
}

func writeError(w http.ResponseWriter, scopes string, e *apiError) {
	res := map[string]any{"ok": false, "error": e.word}
	maps.Copy(res, e.extra)
	if len(e.detail) > 0 {
		res["response_metadata"] = map[string]any{"messages": e.detail}
		res["errors"] = e.detail
	}
	scopeHeader(w, scopes)
	writeJSON(w, http.StatusOK, res)
}

func authTest(c *call) (map[string]any, *apiError) {
	return map[string]any{
		"url": c.web.URL + "/", "team": "Home", "user": "hotline", "team_id": TeamID,
		"user_id": BotUserID, "bot_id": BotID, "app_id": AppID, "is_enterprise_install": false,
	}, nil
}

func connectionsOpen(c *call) (map[string]any, *apiError) {
	if err := c.need("connections:write"); err != nil {
		return nil, err
	}
	ticket := c.id("K")
	c.tickets[ticket] = true
	return map[string]any{"url": "ws" + strings.TrimPrefix(c.web.URL, "http") + "/link?ticket=" + ticket + "&app_id=" + AppID}, nil
}
