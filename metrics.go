package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/config"
)

// metrics is what /metrics shows.
type metrics struct {
	registry *prometheus.Registry
	received *prometheus.CounterVec
	sent     *prometheus.CounterVec
	refused  *prometheus.CounterVec
	took     *prometheus.HistogramVec
	late     prometheus.Histogram
	page     prometheus.Histogram
	model    *prometheus.CounterVec
	tokens   prometheus.Counter
	waited   *prometheus.HistogramVec
}

// buckets reach from half a millisecond to a minute.
var buckets = []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60}

func newMetrics(h *hotline) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hotline_events_received_total", Help: "Events taken from platforms."}, []string{"platform", "kind"}),
		sent:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hotline_sends_total", Help: "Sends by how they ended."}, []string{"platform", "intent", "class"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hotline_refused_total", Help: "Requests refused, by code."}, []string{"code"}),
		took:     prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hotline_send_seconds", Help: "How long a send took.", Buckets: buckets}, []string{"platform"}),
		late:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "hotline_timer_late_seconds", Help: "How late timers fired.", Buckets: buckets}),
		page:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "hotline_first_page_seconds", Help: "From the stored report to the first page.", Buckets: buckets}),
	}
	m.model = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hotline_model_calls_total", Help: "Calls to the language model by task and how they ended: used, refused by the checks, failed, resting, spent."}, []string{"task", "result"})
	m.tokens = prometheus.NewCounter(prometheus.CounterOpts{Name: "hotline_model_tokens_total", Help: "Tokens of the language model."})
	m.waited = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hotline_model_seconds", Help: "How long the language model took.", Buckets: buckets}, []string{"task"})
	m.registry.MustRegister(m.received, m.sent, m.refused, m.took, m.late, m.page, m.model, m.tokens, m.waited,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &stateCollector{h: h})
	return m
}

func (m *metrics) observer() bot.Observer {
	return bot.Observer{
		Received: func(p chat.Platform, k chat.Kind) { m.received.WithLabelValues(string(p), string(k)).Inc() },
		Sent: func(p chat.Platform, i chat.Intent, c chat.Class, took time.Duration) {
			m.sent.WithLabelValues(string(p), string(i), c.String()).Inc()
			m.took.WithLabelValues(string(p)).Observe(took.Seconds())
		},
		TimerLate: func(late time.Duration) { m.late.Observe(late.Seconds()) },
		FirstPage: func(after time.Duration) { m.page.Observe(after.Seconds()) },
		Refused:   func(why string) { m.refused.WithLabelValues(why).Inc() },
	}
}

// asked counts a call to the language model.
func (m *metrics) asked(t bot.Trace) {
	m.model.WithLabelValues(t.Task, t.Result).Inc()
	m.tokens.Add(float64(t.Tokens))
	if t.Result != bot.TraceResting && t.Result != bot.TraceSpent {
		m.waited.WithLabelValues(t.Task).Observe(float64(t.Millis) / 1000)
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// stateCollector reads how things stand when it is asked.
type stateCollector struct {
	h        *hotline
	coverage coverage
}

// coverage counts what is weak on call, at most every coverageEvery unless the
// organisation changed.
type coverage struct {
	mu    sync.Mutex
	at    time.Time
	org   *bot.Organisation
	count int
}

// coverageEvery bounds the work of walking 90 days of every schedule.
const coverageEvery = 5 * time.Minute

func (c *coverage) problems(desk *bot.Desk) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := desk.Snapshot()
	if w.Org != c.org || w.Now.Sub(c.at) > coverageEvery {
		c.org, c.at, c.count = w.Org, w.Now, len(config.CheckOrganisation(w.Org, w.Roster, w.Now))
	}
	return c.count
}

var (
	descWaiting = prometheus.NewDesc("hotline_outbox_letters", "Letters that wait or are under way.", nil, nil)
	descOldest  = prometheus.NewDesc("hotline_outbox_oldest_seconds", "How long the oldest letter that is due has waited.", nil, nil)
	descCases   = prometheus.NewDesc("hotline_open_cases", "Cases that are not closed, by severity.", []string{"severity"}, nil)
	descUntaken = prometheus.NewDesc("hotline_untaken_cases", "Cases that nobody has taken.", nil, nil)
	descOnCall  = prometheus.NewDesc("hotline_oncall_problems", "Weaknesses of schedules, policies and contact methods in the next 90 days, as hotline check lists them.", nil, nil)
	descAdapter = prometheus.NewDesc("hotline_adapter_up", "1 when the adapter is up or degraded.", []string{"platform"}, nil)
)

// Describe lists what Collect gives.
func (c *stateCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descWaiting, descOldest, descCases, descUntaken, descOnCall, descAdapter} {
		ch <- d
	}
}

// Collect reads the outbox, the cases and the adapters.
func (c *stateCollector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if c.h.engine == nil {
		return
	}
	letters, oldest := c.h.engine.Waiting()
	gauge(descWaiting, float64(letters))
	gauge(descOldest, oldest.Seconds())
	gauge(descOnCall, float64(c.coverage.problems(c.h.desk)))
	for _, a := range c.h.adapters() {
		up := 0.0
		if s := a.Health().State; s == chat.StateUp || s == chat.StateDegraded {
			up = 1
		}
		gauge(descAdapter, up, string(a.Platform()))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	counts, untaken := [5]float64{}, 0.0
	err := c.h.store.View(ctx, func(r bot.Reader) error {
		cases, err := r.Cases(bot.CaseQuery{States: openStates, Limit: 10_000})
		for _, k := range cases {
			counts[k.Severity]++
			if k.State.Untaken() {
				untaken++
			}
		}
		return err
	})
	if err != nil {
		return
	}
	gauge(descUntaken, untaken)
	for sev := 1; sev <= 4; sev++ {
		gauge(descCases, counts[sev], bot.SeverityText(bot.Severity(sev)))
	}
}

var openStates = []bot.State{bot.New, bot.Reopened, bot.Acknowledged, bot.InProgress, bot.WaitingCustomer, bot.WaitingOthers, bot.Resolved}

// readiness is what /readyz shows.
type readiness struct {
	Ready    bool                   `json:"ready"`
	Problems []string               `json:"problems,omitempty"`
	Adapters map[string]chat.Health `json:"adapters"`
	Letters  int                    `json:"letters"`
	OldestMS int64                  `json:"oldest_letter_ms"`
	Index    indexState             `json:"index"`
}

// indexState is how far the search index is. One that is still being read keeps
// nothing else back.
type indexState struct {
	Ready     bool `json:"ready"`
	Documents int  `json:"documents"`
}

// lateLetter is how long a due letter may wait before the hotline counts as not
// ready.
const lateLetter = 30 * time.Second

// ready says whether everything works. An adapter that is degraded or down is shown
// and does not make the others unready; one that failed does.
func (h *hotline) ready(ctx context.Context) readiness {
	r := readiness{Ready: true, Adapters: map[string]chat.Health{}}
	fail := func(s string) { r.Ready, r.Problems = false, append(r.Problems, s) }
	if !h.engine.Ready() {
		fail("the engine is not running")
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := h.store.Do(ctx, func(bot.Tx) error { return nil }); err != nil {
		fail("the database does not take writes")
	}
	letters, oldest := h.engine.Waiting()
	r.Letters, r.OldestMS = letters, oldest.Milliseconds()
	if oldest > lateLetter {
		fail("the oldest letter that is due has waited for " + bot.Ago(oldest))
	}
	index := h.shelf.State()
	r.Index = indexState{index.Done, index.Documents}
	for _, a := range h.adapters() {
		health := a.Health()
		r.Adapters[string(a.Platform())] = health
		if health.State == chat.StateFailed {
			fail("adapter " + string(a.Platform()) + " has stopped: a person must act")
		}
	}
	return r
}

func (h *hotline) serveReady(w http.ResponseWriter, req *http.Request) {
	r := h.ready(req.Context())
	w.Header().Set("Content-Type", "application/json")
	if !r.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if err := json.NewEncoder(w).Encode(r); err != nil {
		h.log.Debug("readyz", "err", err)
	}
}
