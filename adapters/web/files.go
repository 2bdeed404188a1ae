package web

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hotline/bot/chat"
)

// uploads are files that were sent and are not yet part of a message. Only who
// sent one can attach it; the list is in memory, because a browser that waited
// across a restart sends it again.
type uploads struct {
	mu sync.Mutex
	by map[string]upload
}

type upload struct {
	owner string
	file  chat.File // without data
	at    time.Time
}

// Bounds on uploads that nobody attached.
const (
	uploadLife = 6 * time.Hour
	maxUploads = 2000
)

func (u *uploads) add(owner string, f chat.File, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.by == nil || len(u.by) >= maxUploads {
		u.by = map[string]upload{}
	}
	for id, up := range u.by {
		if now.Sub(up.at) > uploadLife {
			delete(u.by, id)
		}
	}
	u.by[f.ID] = upload{owner, f, now}
}

// claim finds a person's uploads. They stay, so that a second try of the same
// message finds them again.
func (u *uploads) claim(owner string, ids []string) ([]chat.File, error) {
	if len(ids) > chat.MaxFiles {
		return nil, refuse(http.StatusBadRequest, "many_files", chat.MaxFiles)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	var list []chat.File
	for _, id := range ids {
		up, ok := u.by[id]
		if !ok || up.owner != owner {
			return nil, refuse(http.StatusBadRequest, "no_file")
		}
		list = append(list, up.file)
	}
	return list, nil
}

func (a *Adapter) upload(c *call) (any, error) {
	f, err := a.readUpload(c.w, c.Request, c.user.ID)
	if err != nil {
		return nil, err
	}
	return map[string]any{"id": f.ID, "name": f.Name, "type": f.Type, "size": f.Size}, nil
}

// readUpload stores the body of a request as a file of owner.
func (a *Adapter) readUpload(w http.ResponseWriter, r *http.Request, owner string) (chat.File, error) {
	if a.cfg.Files == nil {
		return chat.File{}, refuse(http.StatusNotImplemented, "no_files")
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, chat.MaxFile))
	if _, tooBig := errors.AsType[*http.MaxBytesError](err); tooBig {
		return chat.File{}, refuse(http.StatusRequestEntityTooLarge, "too_large", chat.MaxFile>>20)
	}
	if err != nil {
		return chat.File{}, refuse(http.StatusBadRequest, "bad_json", "the body ended early")
	}
	return a.keepUpload(r.Context(), owner, r.URL.Query().Get("name"), r.Header.Get("Content-Type"), data)
}

func (a *Adapter) keepUpload(ctx context.Context, owner, name, mediaType string, data []byte) (chat.File, error) {
	if len(data) == 0 {
		return chat.File{}, refuse(http.StatusBadRequest, "empty_file")
	}
	f := chat.File{Name: fileName(name), Type: fileType(mediaType, data), Size: int64(len(data)), Data: data}
	id, err := a.cfg.Files.Put(ctx, f)
	if err != nil {
		return chat.File{}, err
	}
	f.ID, f.Data = id, nil
	a.uploads.add(owner, f, a.cfg.Now())
	return f, nil
}

// fileName keeps the last part of a name, without what could mislead.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(cleanText(s), "\\", "/"))
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune("\n\t\"<>:|?*", r) {
			return '_'
		}
		return r
	}, s))
	if s == "" || s == "." || s == "/" {
		return "file"
	}
	return cutText(s, 200)
}

func fileType(declared string, data []byte) string {
	if t, _, err := mime.ParseMediaType(declared); err == nil && t != "application/x-www-form-urlencoded" && len(t) <= 100 {
		return t
	}
	t, _, _ := mime.ParseMediaType(http.DetectContentType(data))
	return t
}

// inlineTypes are shown in the page; everything else is downloaded, because a
// browser would run it with this site's rights.
var inlineTypes = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

func isImage(f chat.File) bool { return slices.Contains(inlineTypes, f.Type) }

func (a *Adapter) download(w http.ResponseWriter, r *http.Request) {
	u, ok := a.identify(r)
	lang := a.langOf(r, u)
	if !ok {
		a.writeFault(w, r, lang, refuse(http.StatusUnauthorized, "login"))
		return
	}
	p, err := a.postFor(r.Context(), u, r.PathValue("post"))
	n, nerr := strconv.Atoi(r.PathValue("n"))
	if err != nil || nerr != nil || n < 0 || n >= len(p.Content.Files) {
		a.writeFault(w, r, lang, refuse(http.StatusNotFound, "no_file"))
		return
	}
	a.serveFile(w, r, lang, p.Content.Files[n])
}

func (a *Adapter) serveFile(w http.ResponseWriter, r *http.Request, lang string, f chat.File) {
	if a.cfg.Files == nil {
		a.writeFault(w, r, lang, refuse(http.StatusNotFound, "no_file"))
		return
	}
	got, err := a.cfg.Files.Get(r.Context(), f.ID)
	if err != nil {
		a.writeFault(w, r, lang, refuse(http.StatusNotFound, "no_file"))
		return
	}
	way, mediaType := "attachment", "application/octet-stream"
	if isImage(f) {
		way, mediaType = "inline", f.Type
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(way, map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("Content-Length", strconv.Itoa(len(got.Data)))
	_, _ = w.Write(got.Data) // the reader is gone
}

// MemoryFiles keeps attachments in memory, for tests and short demos. The zero
// value is ready.
type MemoryFiles struct {
	mu sync.Mutex
	by map[string]chat.File
}

// Put stores a copy of f.
func (m *MemoryFiles) Put(_ context.Context, f chat.File) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.by == nil {
		m.by = map[string]chat.File{}
	}
	f.ID, f.Data = rand.Text(), slices.Clone(f.Data)
	m.by[f.ID] = f
	return f.ID, nil
}

// Get returns what Put stored.
func (m *MemoryFiles) Get(_ context.Context, id string) (chat.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.by[id]
	if !ok {
		return chat.File{}, errors.New("web: no such file")
	}
	return f, nil
}
