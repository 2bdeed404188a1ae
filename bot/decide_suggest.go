package bot

import "slices"

// offer records suggestions and shows the customer those that are not internal. A
// further offer on the same case changes the message that is there.
func (d *decision) offer(o Offer) {
	if len(o.Hits) == 0 {
		return
	}
	mode := ""
	if o.Ask {
		mode = ModeAsk
	}
	before := d.c.Suggested
	d.emit(CaseEvent{Type: EvSuggested, Hits: keepOffered(o.Hits, before), Mode: mode, Advice: o.Advice, Actor: system})
	d.refresh = true
	if anyShown(o.Hits) && !anyShown(before) && d.c.State.Active() {
		d.tellCustomer(TplSuggest, nil)
	}
}

// maxOffered is how many suggestions a case remembers; three are shown.
const maxOffered = 6

// keepOffered puts new suggestions first and keeps earlier ones behind them, so that
// a button of a message that was just changed still finds its own, with what people
// said of each.
func keepOffered(hits, before []Hit) []Hit {
	kept := slices.Clone(hits)
	for _, old := range before {
		if i := slices.IndexFunc(kept, func(h Hit) bool { return h.ID == old.ID }); i >= 0 {
			kept[i].Tried = old.Tried
		} else if len(kept) < maxOffered {
			kept = append(kept, old)
		}
	}
	return kept
}

// anyShown reports whether the customer may see one of the hits.
func anyShown(hits []Hit) bool {
	return slices.ContainsFunc(hits, func(h Hit) bool { return !h.Internal })
}

// TimerLearn counts what a suggestion did and learns the words that led to it. Key is
// the article.
const TimerLearn TimerKind = "learn"

// tried says what became of a suggestion, or of the fix of a known problem. A
// customer's "solved it" resolves and closes the case as self-service; "it is this" of
// a known problem links the case, so that they are told of the fix.
func (d *decision) tried(t Tried) error {
	hit, ok := find(d.c.Suggested, func(h *Hit) bool { return h.ID == t.Article })
	if !ok && t.Article != "" && t.Article == d.c.Known.Article {
		hit, ok = Hit{ID: t.Article, Kind: "article", Title: d.c.Known.Title}, true
	}
	if !ok {
		return d.refuse(ErrInvalid, wordsNoSuggestion, hintLookAgain, t.Article)
	}
	d.public(CaseEvent{Type: EvTried, To: t.Article, Mode: t.Outcome})
	d.refresh = true
	if hit.Kind == "article" && (t.Outcome == TriedSolved || t.Outcome == TriedNot) {
		d.timer(TimerLearn, t.Article, d.w.Now, 0)
	}
	if t.Outcome == TriedSame && hit.Known == KnownOpen && d.c.Known.Article == "" && d.c.State.Active() {
		d.emit(CaseEvent{Type: EvKnown, To: hit.ID, Title: hit.Title, Actor: system})
	}
	if t.Outcome != TriedSolved || d.actor.Role != RoleCustomer || !d.c.State.Active() {
		return nil
	}
	d.stopPaging(Reason{Code: WhyResolved})
	d.public(CaseEvent{Type: EvResolved, Text: hit.Title, To: t.Article})
	d.public(CaseEvent{Type: EvConfirmed})
	d.endTimers()
	d.finish(Reason{Code: WhyConfirmed})
	return nil
}
