package knowledge

// shippedModel is the confidence before a case base has taught its own. Fitted
// on all development sets together, each with the same weight: every query once
// with its document present and once without, and reports known to have no
// answer.
var shippedModel = logistic{
	bias:   -4.1714,
	weight: [2 * features_]float64{0.832, -0.403, -0.113, 0.532, 0.793, 0.540, 2.000, 3.975, 0.562, -0.177, -1.108, 0.827, -0.676, -1.136, 0.297, 0.150, 0.876, 1.781, -1.100, -0.529, 0.376, 0.080, 1.831, -0.388, 1.217, -4.139, -2.607, -3.416, -0.475, 1.071, 1.327, 1.364, 0.948, -1.535, 1.174, 1.664, -0.199, 0.585, 0.294, -4.868, 1.377, -0.797, 0.723, 0.239},
}
