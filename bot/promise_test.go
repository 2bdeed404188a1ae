package bot_test

import (
	"testing"
	"time"

	"hotline/bot"
	"hotline/bot/sla"
)

// promising is the house whose contract promises to resolve within a time.
func promising(t *testing.T) *house {
	h := newHouse(t)
	h.promise("1", 8*time.Hour)
	return h
}

// promise edits the contract as a reload of the configuration does.
func (h *house) promise(version string, within time.Duration) {
	h.Helper()
	org := *h.org
	k := org.Contracts["gold"]
	k.Policy.Version, k.Policy.Targets = version, []sla.Target{{Severity: 3, Kind: sla.Resolve, Within: within}}
	org.Contracts = map[string]bot.Contract{"gold": k}
	h.replace(&org)
}

func (h *house) replace(org *bot.Organisation) {
	h.Helper()
	h.desk.SetOrganisation(org)
	if err := h.desk.RenewContracts(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// clock is how the promise to resolve stands.
func (h *house) clock(id int64) sla.Clock {
	h.Helper()
	c := h.load(id)
	w := h.desk.Snapshot()
	w.Now = h.at
	list := w.Clocks(&c)
	if len(list) != 1 {
		h.Fatalf("the case has %d clocks", len(list))
	}
	return list[0]
}

// TestAnEditedContract counts from the edit on: the time before it stays as it was.
func TestAnEditedContract(t *testing.T) {
	h := promising(t)
	c := h.open(bot.Open{})
	h.do("maria", c.ID, bot.Acknowledge{})
	h.at = start.Add(time.Hour)
	h.do("maria", c.ID, bot.Wait{On: bot.WaitingCustomer, Reason: "which build?"})
	h.at = start.Add(3 * time.Hour)
	h.do("maria", c.ID, bot.Resume{})
	h.promise("2", 4*time.Hour)
	k := h.clock(c.ID)
	if k.Spent != time.Hour || !k.Due.Equal(start.Add(6*time.Hour)) || k.Policy.Version != "2" {
		t.Errorf("an hour of four is used, due three hours from now: %+v", k)
	}
	before := len(h.events(c.ID))
	h.promise("2", 4*time.Hour)
	if n := len(h.events(c.ID)); n != before {
		t.Errorf("the same contract again made %d events", n-before)
	}
	replayed := bot.Case{ID: c.ID}
	for _, e := range h.events(c.ID) {
		replayed.Apply(e)
	}
	if replayed.Promise != "2" {
		t.Errorf("replayed, the case counts by version %q", replayed.Promise)
	}
	h.pass(4 * time.Hour)
	if h.load(c.ID).Warned["resolve/1/1"] != 100 {
		t.Errorf("the clock ran out at the new time and nobody was told: %v", h.load(c.ID).Warned)
	}
}

// TestVersionsOutliveARestart and a contract that is taken away.
func TestVersionsOutliveARestart(t *testing.T) {
	h := promising(t)
	c := h.open(bot.Open{})
	h.at = start.Add(2 * time.Hour)
	desk, err := bot.NewDesk(t.Context(), h.store, h.org)
	if err != nil {
		t.Fatal(err)
	}
	h.desk = desk
	org := *h.org
	org.Contracts = nil
	h.replace(&org)
	if k := h.clock(c.ID); k.Spent != 2*time.Hour || !k.Due.Equal(start.Add(8*time.Hour)) {
		t.Errorf("without the contract the case counts %+v", k)
	}
}

// TestAReopenedCase counts by the contract as it reads then, although nobody looked at
// it when the contract was edited.
func TestAReopenedCase(t *testing.T) {
	h := promising(t)
	c := h.open(bot.Open{})
	h.do("maria", c.ID, bot.Resolve{Solution: "raised the pool"})
	h.promise("2", 4*time.Hour)
	if got := h.load(c.ID).Promise; got != "1" {
		t.Fatalf("a resolved case counts by version %q", got)
	}
	h.at = start.Add(time.Hour)
	h.do("anna", c.ID, bot.Reopen{Text: "still down"})
	reopened := h.load(c.ID)
	w := h.desk.Snapshot()
	w.Now = h.at
	clocks := w.Clocks(&reopened)
	if last := clocks[len(clocks)-1]; reopened.Promise != "2" || last.Episode != 2 || last.Target != 4*time.Hour {
		t.Errorf("reopened it counts by version %q: %+v", reopened.Promise, last)
	}
}

// TestACaseOfBefore the versions follows the contract from the first start on.
func TestACaseOfBefore(t *testing.T) {
	h := newHouse(t) // its contract has no version
	c := h.open(bot.Open{})
	h.at = start.Add(time.Hour)
	h.promise("1", 8*time.Hour)
	if k := h.clock(c.ID); k.Spent != time.Hour || !k.Due.Equal(start.Add(8*time.Hour)) || h.load(c.ID).Promise != "1" {
		t.Errorf("it counts %+v", k)
	}
}
