package bot

import (
	"context"
	"encoding/json"
	"errors"
	"maps"

	"hotline/bot/sla"
)

// renewPage is how many cases are looked at in one transaction.
const renewPage = 500

// RenewContracts keeps every contract as it reads now, and lets it count from now
// on for the open cases under it: the time that was spent under the version before
// stays spent, and that version stays known. Cases that are resolved or closed follow
// when they are reopened. Call it at start and after the organisation was replaced;
// while no contract was edited it looks at no case.
func (d *Desk) RenewContracts(ctx context.Context) error {
	if err := d.store.Do(ctx, d.keepContracts); err != nil {
		return err
	}
	done, err := d.renewed(ctx)
	if err != nil || done {
		return err
	}
	active := []State{New, Reopened, Acknowledged, InProgress, WaitingCustomer, WaitingOthers}
	for after, more := int64(1), true; more; {
		err := d.store.Do(ctx, func(tx Tx) error {
			cases, err := tx.Cases(CaseQuery{States: active, After: after, Limit: renewPage})
			if err != nil {
				return err
			}
			more = len(cases) == renewPage
			for i := range cases {
				after = cases[i].ID
				if !d.World(tx).edited(&cases[i]) {
					continue
				}
				if _, err := d.Apply(tx, system, after, Renew{}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return d.store.Do(ctx, func(tx Tx) error { return PutJSON(tx, RecSetting, renewedKey, d.org.Load().promises()) })
}

// renewedKey is the setting that says for which versions of the contracts the open
// cases were last looked through to the end.
const renewedKey = "contracts"

func (d *Desk) renewed(ctx context.Context) (done bool, err error) {
	err = d.store.View(ctx, func(r Reader) error {
		rec, err := r.Record(RecSetting, renewedKey)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var last map[string]string
		done = json.Unmarshal(rec.Body, &last) == nil && maps.Equal(last, d.org.Load().promises())
		return nil
	})
	return done, err
}

// promises are the versions of the contracts as they read now, by id.
func (o *Organisation) promises() map[string]string {
	versions := map[string]string{}
	for id, k := range o.Contracts {
		versions[id] = k.Policy.Version
	}
	return versions
}

// keepContracts stores the versions of contracts that are new.
func (d *Desk) keepContracts(tx Tx) error {
	known := d.roster.Load().Promises
	for id, k := range d.org.Load().Contracts {
		p := k.Policy
		p.ID = id
		if p.Version == "" || knows(known[id], p.Ref()) {
			continue
		}
		if err := d.ChangeRoster(tx, RecPromise, p.Ref().String(), p); err != nil {
			return err
		}
	}
	return nil
}

func knows(list []sla.Policy, ref sla.PolicyRef) bool {
	for i := range list {
		if list[i].Ref() == ref {
			return true
		}
	}
	return false
}

// edited reports whether a case counts by another version of its contract than the
// one that reads now. A contract that was taken out of the configuration goes on as
// it was for the cases under it.
func (w World) edited(c *Case) bool {
	k, ok := w.Org.Contracts[c.Contract]
	return ok && k.Policy.Version != "" && k.Policy.Version != c.Promise
}

// renew records that the contract was edited.
func (d *decision) renew() {
	if d.w.edited(&d.c) {
		d.emit(CaseEvent{Type: EvPromise, From: d.c.Promise, To: d.w.Org.Contracts[d.c.Contract].Policy.Version})
		d.refresh = true
	}
}
