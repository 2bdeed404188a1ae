package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets are the embedded files, served under names that hold their hash, so that
// browsers keep them for ever and never use an old one.
type assets struct {
	byHashed map[string][]byte
	hashed   map[string]string
}

func loadAssets() *assets {
	s := &assets{byHashed: map[string][]byte{}, hashed: map[string]string{}}
	names, err := fs.Glob(assetFiles, "assets/*")
	if err != nil {
		panic(err) // the pattern is fixed
	}
	for _, name := range names {
		data, err := assetFiles.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded
		}
		sum := sha256.Sum256(data)
		base, ext := path.Base(name), path.Ext(name)
		hashed := strings.TrimSuffix(base, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		s.byHashed[hashed], s.hashed[base] = data, hashed
	}
	return s
}

// url is the address of an asset.
func (s *assets) url(name string) string { return "/assets/" + s.hashed[name] }

func (s *assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	data, ok := s.byHashed[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(data) // the reader is gone
}
