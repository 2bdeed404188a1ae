//go:build !race

package bot_test

// simDefault is how many days are simulated when no flag says so.
const simDefault = 7
