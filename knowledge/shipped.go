package knowledge

// shippedModel is the confidence before a case base has taught its own. Fitted
// on all development sets together, each with the same weight: every query once
// with its document present and once without, and reports known to have no
// answer.
var shippedModel = logistic{
	bias:   -4.1753,
	weight: [2 * features_]float64{0.929, 0.227, 0.653, 0.177, 0.731, -0.191, 2.245, 4.573, 1.621, 0.203, 1.024, 1.010, -1.141, -1.020, 0.297, -0.123, 0.471, 1.104, -1.753, -0.809, 0.216, 0.094, 0.529, -0.861, 0.169, -2.830, -1.259, -3.308, -0.694, 1.331, 1.541, 0.315, 0.608, -1.538, 2.063, 0.498, -0.061, 0.792, 0.161, -4.166, 2.401, -0.567, 0.790, 0.259},
}
