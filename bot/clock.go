package bot

import "time"

// now is the wall clock in UTC, to the millisecond that the store keeps. Loops and
// the edge use it; decisions get the instant as a value.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
