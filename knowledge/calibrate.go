package knowledge

// Calibration turns the features of a result into a confidence and a band.
type Calibration struct {
	model   logistic
	suggest float64 // at or above: Suggest
	ask     float64 // at or above: Ask
	Samples int     // queries it was fitted on; 0 for the shipped one
}

// The shipped thresholds.
const (
	suggestAt = .72
	askAt     = .35
)

func (c *Calibration) band(p float64) Band {
	switch {
	case p >= c.suggest:
		return Suggest
	case p >= c.ask:
		return Ask
	}
	return Nothing
}

func defaultCalibration() *Calibration {
	return &Calibration{model: shippedModel, suggest: suggestAt, ask: askAt}
}
