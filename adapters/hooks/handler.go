package hooks

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Options are what a door is made of. The zero value of a number means its
// default.
type Options struct {
	Desk Desk
	// Rate is how many requests a second one key may make (200), Burst how many at
	// once (10,000).
	Rate  float64
	Burst int
	// MaxBody bounds a request in bytes (256 KiB).
	MaxBody int64
	Log     *slog.Logger
}

// storeWithin bounds how long a request waits for the store; then the sender is
// asked to try again.
const storeWithin = 5 * time.Second

// Handler answers POST /hooks/. It is safe for concurrent use.
type Handler struct {
	opt  Options
	keys atomic.Pointer[map[[32]byte]*door]
	now  func() time.Time
}

// door is one service with its limiter.
type door struct {
	Service
	limit *rate.Limiter
}

// New makes a handler for the services that have a key.
func New(o Options, services []Service) *Handler {
	if o.Rate <= 0 {
		o.Rate = 200
	}
	if o.Burst <= 0 {
		o.Burst = 10_000
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 256 << 10
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &Handler{opt: o, now: time.Now}
	h.SetServices(services)
	return h
}

// SetServices replaces the services after a reload. A key that stays keeps its
// count.
func (h *Handler) SetServices(services []Service) {
	old := h.keys.Load()
	doors := make(map[[32]byte]*door, len(services))
	for _, s := range services {
		if s.Key == "" {
			continue
		}
		sum := sha256.Sum256([]byte(s.Key))
		d := &door{Service: s, limit: rate.NewLimiter(rate.Limit(h.opt.Rate), h.opt.Burst)}
		if old != nil {
			if was := (*old)[sum]; was != nil {
				d.limit = was.limit
			}
		}
		doors[sum] = d
	}
	h.keys.Store(&doors)
}

// Mount registers the routes.
func (h *Handler) Mount(mux *http.ServeMux) {
	mux.HandleFunc("POST /hooks/{key}", func(w http.ResponseWriter, r *http.Request) { h.serve(w, r, readGeneric) })
	mux.HandleFunc("POST /hooks/{key}/alertmanager", func(w http.ResponseWriter, r *http.Request) { h.serve(w, r, readAlertmanager) })
}

// find looks a key up by its hash, so that the time taken says nothing about how
// much of a guess was right.
func (h *Handler) find(key string) *door {
	sum := sha256.Sum256([]byte(key))
	d := (*h.keys.Load())[sum]
	if d == nil || subtle.ConstantTimeCompare([]byte(d.Key), []byte(key)) != 1 {
		return nil
	}
	return d
}

// request is what a format reads its signals from.
type request struct {
	body    []byte
	header  http.Header
	service string
}

// read is one format: it gives the signals of a request, the names of fields it
// did not know, or what is wrong.
type read func(r request) (signals []Signal, ignored []string, err error)

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, format read) {
	d := h.find(r.PathValue("key"))
	if d == nil {
		refuse(w, http.StatusNotFound, "no service has this key: copy the address again from the configuration")
		return
	}
	if res := d.limit.Reserve(); res.Delay() > 0 {
		wait := res.Delay()
		res.Cancel()
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		refuse(w, http.StatusTooManyRequests, "too many requests for this key: send this one again later")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.opt.MaxBody))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			refuse(w, http.StatusRequestEntityTooLarge, "the request is larger than "+strconv.FormatInt(h.opt.MaxBody, 10)+" bytes: send less at a time")
			return
		}
		refuse(w, http.StatusBadRequest, "the request ended early")
		return
	}
	signature := r.Header.Get(SignatureHeader)
	if d.Secret != "" {
		if err := Verify(d.Secret, signature, h.now(), body); err != nil {
			refuse(w, http.StatusUnauthorized, err.Error())
			return
		}
	}
	signals, ignored, err := format(request{body: body, header: r.Header, service: d.ID})
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if d.Secret != "" && len(signals) == 1 && signals[0].EventID == "" {
		// A signed request that is played again is the same event.
		sum := sha256.Sum256([]byte(signature))
		signals[0].EventID = "signed:" + hex.EncodeToString(sum[:16])
	}
	h.take(w, r.Context(), signals, ignored)
}

// inFlight is how many signals of one request are stored side by side; the store
// commits those that wait together.
const inFlight = 32

// take stores the signals and answers.
func (h *Handler) take(w http.ResponseWriter, ctx context.Context, signals []Signal, ignored []string) {
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	results := make([]Result, len(signals))
	errs := make([]error, len(signals))
	slots := make(chan struct{}, inFlight)
	var wg sync.WaitGroup
	for i := range signals {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			results[i], errs[i] = h.opt.Desk.Signal(ctx, signals[i])
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err == nil {
			continue
		}
		if no, ok := errors.AsType[*Refused](err); ok {
			refuse(w, http.StatusUnprocessableEntity, no.Say)
			return
		}
		h.opt.Log.Error("signal not stored", "service", signals[i].Service, "event", signals[i].EventID, "err", err)
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "it could not be stored just now: send it again")
		return
	}
	answerAll(w, signals, results, ignored)
}

// answer is what the sender gets for one signal.
type answer struct {
	// Case is the number of the case, empty when there was nothing to resolve.
	Case   string `json:"case"`
	Result string `json:"result"` // opened, updated, duplicate or nothing_to_resolve
	// DedupKey is repeated, so that a sender that gave none can resolve the alarm.
	DedupKey string `json:"dedup_key"`
}

type answers struct {
	answer
	Cases   []answer `json:"cases,omitempty"`
	Ignored []string `json:"ignored_fields,omitempty"`
}

func answerAll(w http.ResponseWriter, signals []Signal, results []Result, ignored []string) {
	out := answers{Ignored: ignored}
	status := http.StatusOK
	for i, r := range results {
		a := answer{Case: r.Number, DedupKey: signals[i].DedupKey, Result: "updated"}
		switch {
		case r.Duplicate:
			a.Result = "duplicate"
		case r.Created:
			a.Result = "opened"
			status = http.StatusCreated
		case r.Number == "":
			a.Result = "nothing_to_resolve"
		}
		out.Cases = append(out.Cases, a)
	}
	if len(out.Cases) > 0 {
		out.answer = out.Cases[0]
	}
	if len(out.Cases) == 1 {
		out.Cases = nil
	}
	write(w, status, out)
}

func refuse(w http.ResponseWriter, status int, say string) {
	write(w, status, map[string]string{"error": say})
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the sender has gone; it will ask again
}
