package knowledge

// shippedModel is the confidence before a case base has taught its own. Fitted
// on all development sets together, each with the same weight and its own
// intercept, the mean of which is kept: every query once with its document
// present and once without, and reports known to have no answer.
var shippedModel = logistic{
	bias:   -6.8,
	weight: [features_]float64{0.119, -0.458, 2.162, 1.605, 1.214, 1.471, 2.356, -0.356, -0.515, 2.350, 0.741, 2.013, 0.651},
}
