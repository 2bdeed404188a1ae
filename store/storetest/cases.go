package storetest

import (
	"slices"

	"hotline/bot"
)

func caseChecks() []check {
	get := func(id int64) func(bot.Reader) (bot.Case, error) {
		return func(r bot.Reader) (bot.Case, error) { return r.Case(id) }
	}
	return []check{
		{"comes back as it was", func(k *kit) {
			k.put(sample(1001))
			same(k, read(k, get(1001)), sample(1001))
		}},
		{"is found by its number", func(k *kit) {
			k.put(sample(1001), sample(1002))
			same(k, read(k, func(r bot.Reader) (bot.Case, error) { return r.CaseByNumber(sample(1002).Number) }), sample(1002))
		}},
		{"an unknown id is not found", func(k *kit) {
			k.absent(func(r bot.Reader) error { _, err := r.Case(77); return err })
		}},
		{"an unknown number is not found", func(k *kit) {
			k.absent(func(r bot.Reader) error { _, err := r.CaseByNumber("F-770"); return err })
		}},
		{"a later version replaces", func(k *kit) {
			k.put(sample(1001))
			c := sample(1001)
			c.Seq, c.State, c.Owner, c.Acked = 2, bot.Acknowledged, "bob", at(60)
			k.do(func(tx bot.Tx) error { return next(tx, c) })
			same(k, read(k, get(1001)), c)
		}},
		{"several events count", func(k *kit) {
			k.put(sample(1001))
			c := sample(1001)
			k.do(func(tx bot.Tx) error {
				for seq := 2; seq <= 4; seq++ {
					e := opened(1001)
					e.Seq = seq
					if err := tx.AppendEvents(e); err != nil {
						return err
					}
				}
				c.Seq = 4
				return tx.PutCase(c)
			})
			same(k, read(k, get(1001)).Seq, 4)
		}},
		{"two steps in one transaction", func(k *kit) {
			k.put(sample(1001))
			k.do(func(tx bot.Tx) error {
				c := sample(1001)
				for seq := 2; seq <= 3; seq++ {
					c.Seq = seq
					if err := next(tx, c); err != nil {
						return err
					}
				}
				return nil
			})
			same(k, read(k, get(1001)).Seq, 3)
		}},
		{"an outdated version is a conflict", func(k *kit) {
			k.put(sample(1001))
			c := sample(1001)
			c.Seq = 3
			e := opened(1001)
			e.Seq = 3
			k.fails(bot.ErrConflict, func(tx bot.Tx) error {
				if err := tx.AppendEvents(e); err != nil {
					return err
				}
				return tx.PutCase(c)
			})
			same(k, read(k, get(1001)).Seq, 1)
		}},
		{"a version without its events is a conflict", func(k *kit) {
			k.put(sample(1001))
			c := sample(1001)
			c.Seq = 2
			k.fails(bot.ErrConflict, func(tx bot.Tx) error { return tx.PutCase(c) })
		}},
		{"opening a case twice is a conflict", func(k *kit) {
			k.put(sample(1001))
			k.fails(bot.ErrConflict, func(tx bot.Tx) error { return next(tx, sample(1001)) })
		}},
		{"two cases of one number are a conflict", func(k *kit) {
			k.put(sample(1001))
			c := sample(1002)
			c.Number = sample(1001).Number
			k.fails(bot.ErrConflict, func(tx bot.Tx) error { return next(tx, c) })
		}},
		{"the same version again, without events, replaces", func(k *kit) {
			k.put(sample(1001))
			c := sample(1001)
			c.Title = "other"
			k.do(func(tx bot.Tx) error { return tx.PutCase(c) })
			same(k, read(k, get(1001)).Title, "other")
		}},
		{"strange text survives", func(k *kit) {
			c := sample(1001)
			c.Text = "a\x00b \u202e <script> ' \" \\ 😀"
			k.put(c)
			same(k, read(k, get(1001)).Text, c.Text)
		}},
	}
}

// next appends the event c.Seq and puts c.
func next(tx bot.Tx, c bot.Case) error {
	e := opened(c.ID)
	e.Seq = c.Seq
	if err := tx.AppendEvents(e); err != nil {
		return err
	}
	return tx.PutCase(c)
}

// queryChecks ask one filled store for everything a query can name.
func queryChecks() []check {
	fill := func(k *kit) {
		states := []bot.State{
			bot.New, bot.Acknowledged, bot.InProgress, bot.WaitingCustomer, bot.WaitingOthers,
			bot.Resolved, bot.Closed, bot.Reopened, bot.Cancelled, bot.Duplicate,
		}
		for i, state := range states {
			c := sample(1001 + int64(i))
			c.State, c.Severity = state, bot.Severity(4-i%4)
			if i%2 == 1 {
				c.Customer, c.Service, c.Reporter, c.Owner = "zen", "mail", "web::zoe", "bob"
			}
			if i%5 == 0 {
				c.DedupKey = "disk"
			}
			k.put(c)
		}
	}
	tests := []struct {
		name string
		q    bot.CaseQuery
		want []int64
	}{
		{"everything by severity, then age", bot.CaseQuery{}, []int64{1004, 1008, 1003, 1007, 1002, 1006, 1010, 1001, 1005, 1009}},
		{"one state", bot.CaseQuery{States: []bot.State{bot.New}}, []int64{1001}},
		{"untaken", bot.CaseQuery{States: []bot.State{bot.New, bot.Reopened}}, []int64{1008, 1001}},
		{"states that are over", bot.CaseQuery{States: []bot.State{bot.Closed, bot.Cancelled, bot.Duplicate}}, []int64{1007, 1010, 1009}},
		{"open and over together", bot.CaseQuery{States: []bot.State{bot.New, bot.Closed}}, []int64{1007, 1001}},
		{"a customer", bot.CaseQuery{Customer: "zen"}, []int64{1004, 1008, 1002, 1006, 1010}},
		{"a service", bot.CaseQuery{Service: "print"}, []int64{1003, 1007, 1001, 1005, 1009}},
		{"an owner", bot.CaseQuery{Owner: "bob"}, []int64{1004, 1008, 1002, 1006, 1010}},
		{"what an owner has open", bot.CaseQuery{Owner: "bob", States: []bot.State{bot.Acknowledged, bot.WaitingCustomer}}, []int64{1004, 1002}},
		{"a reporter", bot.CaseQuery{Reporter: "web::ann"}, []int64{1003, 1007, 1001, 1005, 1009}},
		{"a reporter, newest first", bot.CaseQuery{Reporter: "web::ann", Newest: true}, []int64{1009, 1007, 1005, 1003, 1001}},
		{"a dedup key", bot.CaseQuery{DedupKey: "disk"}, []int64{1006, 1001}},
		{"an open case of a dedup key", bot.CaseQuery{DedupKey: "disk", States: []bot.State{bot.New}}, []int64{1001}},
		{"updated since", bot.CaseQuery{Since: at(1008)}, []int64{1008, 1010, 1009}},
		{"newest first", bot.CaseQuery{Newest: true, Limit: 3}, []int64{1010, 1009, 1008}},
		{"page by page", bot.CaseQuery{After: 1003, Limit: 2}, []int64{1004, 1005}},
		{"limited", bot.CaseQuery{Limit: 2}, []int64{1004, 1008}},
		{"several conditions", bot.CaseQuery{Customer: "zen", Service: "mail", Reporter: "web::zoe", Owner: "bob", Since: at(1004), After: 1006}, []int64{1008, 1010}},
		{"nobody", bot.CaseQuery{Customer: "nobody"}, nil},
	}
	var checks []check
	for _, tt := range tests {
		checks = append(checks, check{tt.name, func(k *kit) {
			fill(k)
			var ids []int64
			for _, c := range read(k, func(r bot.Reader) ([]bot.Case, error) { return r.Cases(tt.q) }) {
				ids = append(ids, c.ID)
			}
			same(k, ids, tt.want)
			all := tt.q
			all.Limit = 1000
			n := len(read(k, func(r bot.Reader) ([]bot.Case, error) { return r.Cases(all) }))
			same(k, read(k, func(r bot.Reader) (int, error) { return r.CountCases(tt.q) }), n)
		}})
	}
	return append(checks, check{"the default limit is 100", func(k *kit) {
		cases := make([]bot.Case, 120)
		for i := range cases {
			cases[i] = sample(1001 + int64(i))
		}
		for chunk := range slices.Chunk(cases, 40) {
			k.put(chunk...)
		}
		same(k, len(read(k, func(r bot.Reader) ([]bot.Case, error) { return r.Cases(bot.CaseQuery{}) })), 100)
		same(k, read(k, func(r bot.Reader) (int, error) { return r.CountCases(bot.CaseQuery{}) }), 120)
	}})
}

func eventChecks() []check {
	list := func(id int64, after int) func(bot.Reader) ([]bot.CaseEvent, error) {
		return func(r bot.Reader) ([]bot.CaseEvent, error) { return r.Events(id, after) }
	}
	many := func(id int64, n int) []bot.CaseEvent {
		var events []bot.CaseEvent
		for i := range n {
			e := opened(id)
			e.Seq, e.At, e.Type, e.Text = i+1, at(i), bot.EvSaid, "第 events"
			e.Actor = bot.Actor{ID: "bob", Role: bot.RoleResponder}
			e.Hits = []bot.Hit{{ID: "KB-1", Score: 0.25}}
			events = append(events, e)
		}
		return events
	}
	return []check{
		{"come back in order and whole", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.AppendEvents(many(1001, 3)...) })
			same(k, read(k, list(1001, 0)), many(1001, 3))
		}},
		{"many at once", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.AppendEvents(many(1001, 75)...) })
			same(k, read(k, list(1001, 0)), many(1001, 75))
		}},
		{"after a number", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.AppendEvents(many(1001, 5)...) })
			same(k, read(k, list(1001, 3)), many(1001, 5)[3:])
		}},
		{"after the last there are none", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.AppendEvents(many(1001, 5)...) })
			same(k, len(read(k, list(1001, 5))), 0)
		}},
		{"cases do not mix", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.AppendEvents(append(many(1001, 2), many(1002, 3)...)...) })
			same(k, read(k, list(1001, 0)), many(1001, 2))
			same(k, read(k, list(1002, 0)), many(1002, 3))
		}},
		{"a number is given once", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.AppendEvents(many(1001, 2)...) })
			k.fails(bot.ErrConflict, func(tx bot.Tx) error { return tx.AppendEvents(many(1001, 3)...) })
			same(k, len(read(k, list(1001, 0))), 2)
		}},
		{"a conflict that is ignored still undoes the closure", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.AppendEvents(many(1001, 2)...) })
			k.fails(bot.ErrConflict, func(tx bot.Tx) error {
				_ = tx.AppendEvents(many(1001, 3)...)
				return tx.PutRecord(record("k", "a", 1))
			})
			k.absent(func(r bot.Reader) error { _, err := r.Record("k", "a"); return err })
		}},
		{"without a number they are refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { return tx.AppendEvents(bot.CaseEvent{Case: 1001}) })
		}},
		{"without a case they are refused", func(k *kit) {
			k.fails(bot.ErrInvalid, func(tx bot.Tx) error { return tx.AppendEvents(bot.CaseEvent{Seq: 1}) })
		}},
		{"appending none is fine", func(k *kit) {
			k.do(func(tx bot.Tx) error { return tx.AppendEvents() })
		}},
	}
}
