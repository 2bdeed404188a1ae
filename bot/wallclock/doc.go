// Package wallclock turns what the clock on the wall shows into instants and back,
// also where a zone moves its clock: the one place that on-call schedules and
// opening hours both count by. It imports the standard library only.
//
// A wall time is a number of seconds since 1970-01-01 00:00 on a clock that is
// never moved, so that differences are differences on the wall. An instant is a
// number of seconds since 1970 UTC. A start that the clock shows twice counts from
// the first time, an end to the second; what the clock skips stands for the first
// instant after the skip.
package wallclock
