package bot

import (
	"encoding/json"
	"slices"
	"time"
)

// The kinds of record that hold a [Cluster], by the number of its first case.
const (
	RecAlike = "alike" // open cases that look like one known problem
	RecFAQ   = "faq"   // solved cases that ask the same
)

// MaxCluster is how many cases a cluster keeps.
const MaxCluster = maxArticleCases

// Cluster is a group of cases that are alike. It stays when it was acted upon or
// dismissed, so that the same is not announced twice.
type Cluster struct {
	Cases   []string  `json:"cases"`             // numbers, at most MaxCluster
	Article string    `json:"article,omitempty"` // what was made of it
	At      time.Time `json:"at"`
}

// ReadCluster reads a cluster by its kind of record and the number of its first case.
func ReadCluster(r Reader, kind, id string) (Cluster, error) {
	var c Cluster
	rec, err := r.Record(kind, id)
	if err == nil {
		err = json.Unmarshal(rec.Body, &c)
	}
	return c, err
}

// Join adds cases to the cluster and reports whether that changed it.
func (c *Cluster) Join(numbers ...string) bool {
	joined := false
	for _, n := range numbers {
		if len(c.Cases) < MaxCluster && !slices.Contains(c.Cases, n) {
			c.Cases = append(c.Cases, n)
			joined = true
		}
	}
	return joined
}
