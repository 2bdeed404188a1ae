// Package oncall says who is on call, and why, as a pure function of a
// schedule, its overrides, the absences of people and an instant.
//
// Paging, the on-call command, calendar feeds, reports and checks all call the
// functions of this package, so they cannot disagree. Nothing here reads a
// clock, a file or a network, and nothing is remembered between calls.
//
// # Intervals
//
// Every interval is half-open: the first instant belongs to it, the last does
// not. At the instant of a hand-over the new person is on call; one nanosecond
// earlier the old one is.
//
// # Layers
//
// The layers of a schedule are listed from the base up. A later layer hides the
// earlier ones where it has somebody. Where it has nobody (before its start,
// outside its hours, everybody away) the layer below shows through; where no
// layer has anybody there is a gap. A layer may have a zone of its own, which
// is how a schedule follows the sun.
//
// # Wall time and daylight saving
//
// Rotations, hours and active periods are written in wall time, that is what a
// clock on the wall in the zone shows, to the second. They become instants by
// three rules:
//
//   - a start is the first occurrence of its wall time (the first instant at
//     which the clock shows it);
//   - an end is the last occurrence of its wall time, so that where an hour
//     comes twice two adjoining periods overlap and never leave a gap;
//   - a wall time that the clock skips stands for the first instant after the
//     skip.
//
// A hand-over inside a rotation is the start of the next turn, so the first
// occurrence counts and one person is on call at a time. The rules hold for
// shifts of any size: thirty minutes on Lord Howe Island, a whole day in Samoa
// (30 December 2011 does not exist there, so a turn or window that lies within
// it has no length).
//
// Hourly rotations stay on wall-clock hours. Turns are counted on the wall
// clock as though every day had 24 hours: a rotation of 12 hours that starts
// at 08:00 hands over at 08:00 and 20:00 on every day of the year. On the day
// the clock goes forward the turn around the missing hour is an hour shorter
// (a one-hour turn that lies wholly in the missing hour is lost), and on the
// day it goes back the turn around the repeated hour is an hour longer.
//
// Daily and weekly rotations hand over at the same wall time every n days or
// n weeks. Monthly rotations hand over on the day of the month of the start,
// or on the last day of a month that has fewer days; the day of the start
// stays the anchor, so a start on 31 January hands over on 28 or 29 February
// and again on 31 March.
//
// # Absences
//
// While the person whose turn it is is absent, the next person of the rotation
// who is not takes the turn. The order of later turns does not change. When
// everybody in the layer is absent the layer has nobody. An override is an
// explicit promise and is not undone by an absence; Check reports it.
//
// # Overrides
//
// Overrides change the result of the layers and do not depend on the order in
// which they are given. First every add puts its person on call. Then
// replacements are followed from each person on call as far as they lead: with
// "B for A" and "C for B", A's turn goes to C. A replacement of somebody who is
// not on call does nothing. If a chain comes back to a person it has passed it
// ends there. If two replacements of one person are active together the one
// that began later counts (at the same instant: the greater ID). Last, every
// remove takes its person off, which may leave a gap.
package oncall
