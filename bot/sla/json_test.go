package sla_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"hotline/bot/sla"
	"hotline/bot/wallclock/wallclocktest"
)

// A policy that was stored and read again counts like the one it was.
func TestPolicyThroughJSON(t *testing.T) {
	for seed := range uint64(50) {
		g := newGenerator(t, wallclocktest.Zones(), rand.New(rand.NewPCG(seed, 1)))
		at := time.Unix(g.base+int64(g.n)*g.step, 0)
		facts := g.facts()
		want := sla.Clocks(facts, g.policies, at)
		body, err := json.Marshal(g.policies)
		if err != nil {
			t.Fatal(err)
		}
		var back []sla.Policy
		if err := json.Unmarshal(body, &back); err != nil {
			t.Fatal(err)
		}
		if got := sla.Clocks(facts, back, at); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: read back from %s it counts\n%+v\ninstead of\n%+v", seed, body, got, want)
		}
	}
}

func TestCalendarJSONIsChecked(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"no such zone", `{"id":"c","zone":"Mars/Olympus","weekly":[[{"From":0,"To":0}],null,null,null,null,null,null]}`},
		{"never open", `{"id":"c","zone":"UTC","weekly":[null,null,null,null,null,null,null]}`},
		{"no such time", `{"id":"c","zone":"UTC","weekly":[[{"From":-5,"To":0}],null,null,null,null,null,null]}`},
		{"no calendar", `[1]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := new(sla.Calendar).UnmarshalJSON([]byte(tt.text)); err == nil {
				t.Error("read without an error")
			}
		})
	}
}
