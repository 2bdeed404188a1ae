//go:build race

package bot_test

// simDefault is how many days are simulated when no flag says so: the race
// detector makes the database ten times slower.
const simDefault = 2
