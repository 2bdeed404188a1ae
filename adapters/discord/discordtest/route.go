package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRequest is the largest request Discord takes, 25 MiB.
const maxRequest = 25 << 20

// maxUpload is the largest file a server without boosts takes, 10 MiB.
const maxUpload = 10 << 20

// maxRequests bounds the record of requests.
const maxRequests = 20000

// Request is one REST request of the bot, for tests that look at the wire.
type Request struct {
	Method string
	// Route is the path with names in braces, as in the OpenAPI document.
	Route  string
	Path   string
	Body   json.RawMessage
	Status int
	At     time.Time
}

// apiError is a refusal with Discord's own code.
type apiError struct {
	status int
	code   int
	msg    string
	detail []string
}

func (e *apiError) Error() string { return e.msg }

func refuse(status, code int, msg string) *apiError {
	return &apiError{status: status, code: code, msg: msg}
}

func badForm(details ...string) *apiError {
	return &apiError{status: http.StatusBadRequest, code: 50035, msg: "Invalid Form Body", detail: details}
}

// call is one request being served.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	route string
	body  json.RawMessage
	files []upload
}

// upload is one file part of a multipart request.
type upload struct {
	field string
	name  string
	kind  string
	data  []byte
}

func (c *call) id(name string) string { return c.r.PathValue(name) }

// into decodes the body; a wrong type is a refusal.
func (c *call) into(v any) *apiError {
	if len(c.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		return badForm(err.Error())
	}
	return nil
}

// handler answers a call with the lock held.
type handler func(c *call) (int, any, *apiError)

// open routes need no bot token: they carry one in the path.
func open(route string) bool {
	return strings.HasPrefix(route, "/interactions/") || strings.HasPrefix(route, "/webhooks/")
}

func (s *Server) handle(method, route string, h handler) {
	s.mux.HandleFunc(method+" /api/v10"+route, func(w http.ResponseWriter, r *http.Request) {
		s.serve(&call{w: w, r: r, route: route}, h)
	})
}

func (s *Server) serve(c *call, h handler) {
	readErr := s.read(c)
	s.mu.Lock()
	status, out, err := s.decide(c, h, readErr)
	if err != nil {
		status = err.status
		out = map[string]any{"code": err.code, "message": err.msg}
		if len(err.detail) > 0 {
			out.(map[string]any)["errors"] = map[string]any{"_errors": err.detail}
		}
		if err.code == 50035 {
			s.problem("%s %s: %s", c.r.Method, c.route, strings.Join(err.detail, "; "))
		}
	}
	if status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests {
		s.invalid++
	}
	if len(s.requests) < maxRequests {
		s.requests = append(s.requests, Request{c.r.Method, c.route, c.r.URL.Path, c.body, status, s.now()})
	}
	s.touch()
	s.mu.Unlock()
	write(c.w, status, out)
}

// decide runs the checks in Discord's order: token, faults, limits, body, act.
func (s *Server) decide(c *call, h handler, readErr *apiError) (int, any, *apiError) {
	if !open(c.route) && c.r.Header.Get("Authorization") != "Bot "+s.token {
		return 0, nil, refuse(http.StatusUnauthorized, 0, "401: Unauthorized")
	}
	if c.r.Header.Get("User-Agent") == "" || strings.HasPrefix(c.r.Header.Get("User-Agent"), "Go-http-client") {
		s.problem("%s %s: no User-Agent of its own", c.r.Method, c.route)
	}
	late := s.fault(c)
	if late != nil && !late.After {
		return late.answer(c)
	}
	if status, out, limited := s.throttled(c); limited {
		return status, out, nil
	}
	if readErr != nil {
		return 0, nil, readErr
	}
	if err := s.validate(c); err != nil {
		return 0, nil, err
	}
	status, out, err := h(c)
	if late != nil && err == nil {
		return late.answer(c)
	}
	return status, out, err
}

func write(w http.ResponseWriter, status int, out any) {
	if cut, ok := out.(hangUp); ok {
		cut.end(w)
		return
	}
	if status == http.StatusNoContent || out == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(mustJSON(out)) //nolint:errcheck // the client may have gone
}

// read takes the body in, JSON or multipart with payload_json.
func (s *Server) read(c *call) *apiError {
	kind, params, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	raw, err := io.ReadAll(io.LimitReader(c.r.Body, maxRequest+1))
	if err != nil {
		return refuse(http.StatusBadRequest, 0, "body cannot be read")
	}
	if len(raw) > maxRequest {
		return refuse(http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
	}
	switch {
	case len(raw) == 0:
		return nil
	case kind == "application/json":
		c.body = raw
	case kind == "multipart/form-data":
		return c.readParts(multipart.NewReader(bytes.NewReader(raw), params["boundary"]))
	default:
		return refuse(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	}
	if !json.Valid(c.body) {
		c.body = nil
		return refuse(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	}
	return nil
}

func (c *call) readParts(mr *multipart.Reader) *apiError {
	for {
		p, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badForm("multipart: " + err.Error())
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return badForm("multipart: " + err.Error())
		}
		switch field := p.FormName(); {
		case field == "payload_json":
			c.body = data
		case strings.HasPrefix(field, "files["):
			if len(data) > maxUpload {
				return refuse(http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
			}
			c.files = append(c.files, upload{field, p.FileName(), p.Header.Get("Content-Type"), data})
		default:
			return badForm(fmt.Sprintf("unknown part %q", field))
		}
	}
}

// Requests lists what the bot asked of the REST interface, oldest first. method
// and route select; an empty one selects all.
func (s *Server) Requests(method, route string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.requests {
		if (method == "" || r.Method == method) && (route == "" || r.Route == route) {
			out = append(out, r)
		}
	}
	return out
}

// Invalid counts answers 401, 403 and 429; at 10,000 in ten minutes Discord bans.
func (s *Server) Invalid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.invalid
}

func (s *Server) routes() {
	for _, path := range []string{"/gateway", "/gateway-resume"} {
		s.mux.HandleFunc("GET "+path, s.serveGateway)
		s.mux.HandleFunc("GET "+path+"/{$}", s.serveGateway) // clients join "/?v=10" on
	}
	s.mux.HandleFunc("GET /attachments/{id}/{name}", s.serveFile)
	s.metaRoutes()
	s.messageRoutes()
	s.threadRoutes()
	s.channelRoutes()
	s.commandRoutes()
	s.interactionRoutes()
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.problem("%s %s: no such route in version 10", r.Method, r.URL.Path)
		s.mu.Unlock()
		write(w, http.StatusNotFound, map[string]any{"code": 0, "message": "404: Not Found"})
	})
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	data, ok := s.files[r.PathValue("id")]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Write(data) //nolint:errcheck // the client may have gone
}

func (s *Server) metaRoutes() {
	s.handle("GET", "/gateway", func(*call) (int, any, *apiError) {
		return http.StatusOK, map[string]any{"url": s.socketURL("/gateway")}, nil
	})
	s.handle("GET", "/gateway/bot", func(*call) (int, any, *apiError) {
		return http.StatusOK, map[string]any{
			"url": s.socketURL("/gateway"), "shards": 1,
			"session_start_limit": map[string]int{
				"total": 1000, "remaining": max(0, 1000-s.identifies), "reset_after": 14400000, "max_concurrency": 1,
			},
		}, nil
	})
	s.handle("GET", "/users/@me", func(*call) (int, any, *apiError) { return http.StatusOK, s.bot, nil })
	s.handle("GET", "/applications/@me", func(*call) (int, any, *apiError) {
		flags := 1 << 19 // message content, limited: fewer than 100 servers
		if s.opt.NoMessageContent {
			flags = 0
		}
		return http.StatusOK, map[string]any{
			"id": s.bot.ID, "name": s.bot.Username, "description": "", "flags": flags,
			"verify_key": s.endpoint.verifyKey(), "bot_public": false, "bot": s.bot,
		}, nil
	})
	s.handle("GET", "/users/@me/guilds", func(*call) (int, any, *apiError) {
		return http.StatusOK, []map[string]any{{"id": s.guild, "name": "Acme", "owner": false, "permissions": "0"}}, nil
	})
}

func (s *Server) socketURL(path string) string {
	return "ws" + strings.TrimPrefix(s.http.URL, "http") + path
}
