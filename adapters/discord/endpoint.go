package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"hotline/bot/chat"
)

// InteractionsPath is where interactions arrive by HTTP; its address goes into
// the developer portal under Interactions Endpoint URL.
const InteractionsPath = "/discord/interactions"

const (
	// signedFor is how old a signed request may be, and how far ahead. Discord's
	// signature has no end, so a captured request would work for ever.
	signedFor = 5 * time.Minute
	maxPosted = 1 << 20
)

// Mount registers the endpoint when it is switched on.
func (a *Adapter) Mount(mux *http.ServeMux, in chat.Inbox) {
	if !a.opt.HTTP {
		return
	}
	key, err := hex.DecodeString(a.opt.PublicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		a.health.note("endpoint", "discord.public_key is no key: copy it from General Information in the developer portal.")
		return
	}
	mux.HandleFunc("POST "+InteractionsPath, func(w http.ResponseWriter, r *http.Request) {
		a.serve(w, r, key, in)
	})
}

// verified reads the body of a request that Discord signed within the last five
// minutes.
func verified(r *http.Request, key ed25519.PublicKey, now time.Time) ([]byte, bool) {
	sec, err := strconv.ParseInt(r.Header.Get("X-Signature-Timestamp"), 10, 64)
	if err != nil || now.Sub(time.Unix(sec, 0)).Abs() > signedFor {
		return nil, false
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxPosted+1))
	if err != nil || len(raw) > maxPosted {
		return nil, false
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	return raw, discordgo.VerifyInteraction(r, key)
}

// serve answers one interaction. The first answer is the response; what follows
// goes the usual way.
func (a *Adapter) serve(w http.ResponseWriter, r *http.Request, key ed25519.PublicKey, in chat.Inbox) {
	raw, ok := verified(r, key, time.Now())
	if !ok {
		http.Error(w, "invalid request signature", http.StatusUnauthorized)
		return
	}
	it, ok := decodeInteraction(raw)
	if !ok {
		http.Error(w, "not an interaction", http.StatusBadRequest)
		return
	}
	if it.Type == discordgo.InteractionPing {
		respond(w, callback{Type: discordgo.InteractionResponsePong})
		return
	}
	// The response must leave before the work is over when the answer is put off.
	first := make(chan callback, 1)
	var once sync.Once
	answer := func(_ context.Context, c callback) error {
		err := errors.New("answered already")
		once.Do(func() {
			first <- c
			err = nil
		})
		return err
	}
	ctx := context.WithoutCancel(r.Context())
	go func() {
		ctx, cancel := context.WithTimeout(ctx, tokenLife)
		defer cancel()
		rec := &receiver{a: a}
		rec.safely("interaction", func() { a.work(ctx, in, it, answer) })
		once.Do(func() { close(first) })
	}()
	c, ok := <-first
	if !ok {
		c = privately(sayTrouble.in(langOf(it.Locale)))
	}
	respond(w, c)
}

func respond(w http.ResponseWriter, c callback) {
	b, err := json.Marshal(c)
	if err != nil {
		http.Error(w, "answer not written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(b) //nolint:errcheck // Discord may have gone
}
