package knowledge

// shippedModel is the confidence before a case base has taught its own. Fitted
// on all development sets together, each with the same weight: every query once
// with its document present and once without, and reports known to have no
// answer.
var shippedModel = logistic{
	bias:   -6.8,
	weight: [features_]float64{0.120, -0.276, 2.096, 1.540, 1.223, 1.545, 2.369, -0.029, -0.528, 2.351, 0.713, 1.990, 0.612},
}
