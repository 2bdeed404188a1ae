package slacktest

import (
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
)

// File is an uploaded file.
type File struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Title      string `json:"title"`
	Mimetype   string `json:"mimetype"`
	Filetype   string `json:"filetype"`
	Size       int    `json:"size"`
	User       string `json:"user"`
	Mode       string `json:"mode"`
	URLPrivate string `json:"url_private"`
	Download   string `json:"url_private_download"`

	Data     []byte `json:"-"`
	complete bool
}

// newFile makes a file with its addresses.
func (s *Server) newFile(user, name string, size int) *File {
	f := &File{ID: s.id("F"), Name: name, Title: name, Size: size, User: user, Mode: "hosted"}
	f.Filetype = strings.TrimPrefix(path.Ext(name), ".")
	f.Mimetype = map[string]string{"txt": "text/plain", "png": "image/png", "json": "application/json"}[f.Filetype]
	if f.Mimetype == "" {
		f.Mimetype = "application/octet-stream"
	}
	f.URLPrivate = s.web.URL + "/files-pri/" + f.ID + "/" + strings.ReplaceAll(name, "/", "_")
	f.Download = f.URLPrivate
	s.files[f.ID] = f
	return f
}

func filesGetURL(c *call) (map[string]any, *apiError) {
	if err := c.need("files:write"); err != nil {
		return nil, err
	}
	size := c.args.int("length", 0)
	if c.args["filename"] == "" || size <= 0 {
		return nil, fail("invalid_arguments", "filename and length are required")
	}
	f := c.newFile(BotUserID, c.args["filename"], size)
	token := c.id("up")
	c.uploads[token] = f.ID
	return map[string]any{"upload_url": c.web.URL + "/upload/" + token, "file_id": f.ID}, nil
}

// serveUpload takes the bytes, raw or as a multipart form.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(http.MaxBytesReader(w, r.Body, 32<<20))
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		mr, err := r.MultipartReader()
		if err != nil {
			http.Error(w, "bad form", http.StatusBadRequest)
			return
		}
		part, err := mr.NextPart()
		if err != nil {
			http.Error(w, "bad form", http.StatusBadRequest)
			return
		}
		body = io.LimitReader(part, 32<<20)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		http.Error(w, "bad body", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[s.uploads[r.PathValue("id")]]
	if f == nil || len(data) != f.Size {
		http.Error(w, "unknown upload or wrong length", http.StatusBadRequest)
		return
	}
	f.Data = data
	_, _ = io.WriteString(w, "OK - "+http.StatusText(200))
}

func filesComplete(c *call) (map[string]any, *apiError) {
	if err := c.need("files:write"); err != nil {
		return nil, err
	}
	var list []struct{ ID, Title string }
	if json.Unmarshal([]byte(c.args["files"]), &list) != nil || len(list) == 0 {
		return nil, fail("invalid_arguments", "files")
	}
	var files []*File
	for _, e := range list {
		f := c.files[e.ID]
		if f == nil || f.Data == nil || f.complete {
			return nil, fail("file_not_found")
		}
		f.complete = true
		if e.Title != "" {
			f.Title = e.Title
		}
		files = append(files, f)
	}
	if id := c.args["channel_id"]; id != "" {
		c.args["channel"] = id
		ch, err := c.destination()
		if err != nil {
			return nil, err
		}
		m := &Message{Type: "message", User: BotUserID, BotID: BotID, AppID: AppID, Team: TeamID, Text: c.args["initial_comment"], Files: files}
		if err := thread(ch, m, c.args["thread_ts"]); err != nil {
			return nil, err
		}
		c.append(ch, m)
		c.events = append(c.events, c.messageEvent(ch, m))
	}
	return map[string]any{"files": files}, nil
}

func filesInfo(c *call) (map[string]any, *apiError) {
	if err := c.need("files:read"); err != nil {
		return nil, err
	}
	f := c.files[c.args["file"]]
	if f == nil {
		return nil, fail("file_not_found")
	}
	return map[string]any{"file": f}, nil
}

// serveFile gives the bytes to a token with files:read; others get a login page,
// as the real service answers.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	auth, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	tok, f := s.tokens[auth], s.files[r.PathValue("id")]
	allowed := tok != nil && tok.dead == "" && tok.scopes["files:read"]
	s.mu.Unlock()
	switch {
	case !allowed:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html>sign in</html>")
	case f == nil:
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", f.Mimetype)
		_, _ = w.Write(f.Data)
	}
}
