package bot

import "time"

// Judge is a knowledge base that says how far its confidence may be trusted.
type Judge interface {
	Reliability() Reliability
}

// Reliability compares what the knowledge base said with what was right.
type Reliability struct {
	// Measured is when the steps were measured, zero when never.
	Measured time.Time
	// Own says that the confidence was fitted to this hotline's own confirmed
	// phrasings; otherwise the shipped one is in use.
	Own bool
	// Samples is how many questions it was fitted on, or would have been.
	Samples int
	// Phrasings is how many confirmed phrasings there are, Needed how many a
	// measurement takes.
	Phrasings, Needed int
	Steps             []ReliabilityStep // rising
}

// ReliabilityStep is a tenth of the confidences: of Count answers that were said to
// be right with Said on average, a share of Right were.
type ReliabilityStep struct {
	Count       int
	Said, Right float64 // 0 to 1
}
