package knowledge

import (
	"math"
	"slices"
	"time"
)

// Metrics are what `hotline kb eval` measures, each a mean over the queries
// that have at least one answer.
type Metrics struct {
	Success1 float64 `json:"success_at_1"`
	Success3 float64 `json:"success_at_3"`
	Recall5  float64 `json:"recall_at_5"`
	MRR10    float64 `json:"mrr_at_10"`
	NDCG10   float64 `json:"ndcg_at_10"`
	Hit10    float64 `json:"hit_at_10"`
	MAP      float64 `json:"map"`
}

// add adds the measures of one ranked list.
func (m *Metrics) add(ids []string, want map[string]int) {
	relevant := 0
	var gains []float64
	for _, grade := range want {
		if grade > 0 {
			relevant++
			gains = append(gains, math.Pow(2, float64(grade))-1)
		}
	}
	slices.SortFunc(gains, func(a, b float64) int { return int(math.Copysign(1, b-a)) })
	found, first, dcg, precision := 0, 0, 0.0, 0.0
	found5 := 0
	for i, id := range ids {
		grade := want[id]
		if grade <= 0 {
			continue
		}
		found++
		precision += float64(found) / float64(i+1)
		if first == 0 {
			first = i + 1
		}
		if i < 5 {
			found5++
		}
		if i < 10 {
			dcg += (math.Pow(2, float64(grade)) - 1) / math.Log2(float64(i+2))
		}
	}
	ideal := 0.0
	for i, gain := range gains[:min(10, len(gains))] {
		ideal += gain / math.Log2(float64(i+2))
	}
	m.Recall5 += float64(found5) / float64(relevant)
	m.MAP += precision / float64(relevant)
	m.NDCG10 += dcg / ideal
	switch {
	case first == 0 || first > 10:
		return
	case first == 1:
		m.Success1++
		fallthrough
	case first <= 3:
		m.Success3++
	}
	m.Hit10++
	m.MRR10 += 1 / float64(first)
}

// mean divides every sum by n.
func (m *Metrics) mean(n int) {
	for _, v := range []*float64{&m.Success1, &m.Success3, &m.Recall5, &m.MRR10, &m.NDCG10, &m.Hit10, &m.MAP} {
		*v /= float64(max(n, 1))
	}
}

// auc is the probability that a value of pos is above one of neg, ties counted
// half.
func auc(pos, neg []float64) float64 {
	if len(pos) == 0 || len(neg) == 0 {
		return math.NaN()
	}
	neg = slices.Sorted(slices.Values(neg))
	sum := 0.0
	for _, v := range pos {
		low, _ := slices.BinarySearch(neg, v)
		high := low
		for high < len(neg) && neg[high] == v {
			high++
		}
		sum += float64(low) + float64(high-low)/2
	}
	return sum / float64(len(pos)) / float64(len(neg))
}

// percentile returns the p-th percentile (0 to 1) of durations in milliseconds.
func percentile(d []time.Duration, p float64) float64 {
	if len(d) == 0 {
		return 0
	}
	d = slices.Sorted(slices.Values(d))
	return float64(d[min(int(p*float64(len(d))), len(d)-1)]) / float64(time.Millisecond)
}
