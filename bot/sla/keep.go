package sla

// standing is what holds for all clocks of a case between two facts.
type standing struct {
	severity int
	policy   *Policy // nil if not known
	ref      PolicyRef
	waiting  Waiting
}

// keeper goes through the facts of a case and keeps its clocks.
type keeper struct {
	policies []Policy
	now      standing
	opened   bool
	ended    bool // the episode has ended
	episode  int
	runs     []*run
}

func (k *keeper) apply(f Fact) {
	if (f.Type == Opened) == k.opened {
		return
	}
	at := f.At.UnixNano()
	for _, r := range k.runs {
		if !r.stopped {
			r.advance(at, k.now)
		}
	}
	switch f.Type {
	case Opened:
		k.opened = true
		k.now.severity = f.Severity
		k.setPolicy(f.Policy)
		k.begin(at)
	case SeverityChanged:
		k.now.severity = f.Severity
		k.retarget(at, f)
	case CustomerChanged, PolicyChanged:
		k.setPolicy(f.Policy)
		k.retarget(at, f)
	case WaitingFor:
		if !k.ended {
			k.wait(at, f.Waiting)
		}
	case Resumed:
		k.wait(at, "")
	case Reopened:
		if k.ended {
			k.begin(at)
		}
	default:
		k.stop(at, f)
	}
}

func (k *keeper) setPolicy(ref PolicyRef) {
	k.now.ref, k.now.policy = ref, find(k.policies, ref)
}

// begin starts an episode.
func (k *keeper) begin(at int64) {
	k.episode++
	k.ended = false
	for _, kind := range Kinds() {
		k.start(at, kind, 1)
	}
}

func (k *keeper) start(at int64, kind Kind, cycle int) {
	r := &run{kind: kind, episode: k.episode, cycle: cycle, started: at, at: at}
	r.retarget(at, k.now, Reason{Rule: Started})
	k.runs = append(k.runs, r)
}

func (k *keeper) retarget(at int64, f Fact) {
	for _, r := range k.runs {
		if !r.stopped {
			r.retarget(at, k.now, Reason{Rule: Changed, Fact: f.Type})
		}
	}
}

func (k *keeper) wait(at int64, waiting Waiting) {
	if k.now.waiting == waiting {
		return
	}
	k.now.waiting = waiting
	for _, r := range k.runs {
		if !r.stopped {
			r.wait(at, k.now)
		}
	}
}

func (k *keeper) stop(at int64, f Fact) {
	for _, r := range k.runs {
		if r.stopped || !f.stops(r.kind) {
			continue
		}
		r.stop(at, k.now, f)
		if r.kind == Update && !f.ends() {
			k.start(at, Update, r.cycle+1)
		}
	}
	if f.ends() {
		k.ended = true
		k.now.waiting = ""
	}
}
