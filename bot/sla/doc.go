// Package sla counts promised times. The clocks of a case are a pure function
// of the facts of the case, the versions of the policies they name, and an
// instant; nothing here reads a clock, a file or a network, so that replaying a
// log gives the same verdict at any later time.
//
// # Clocks
//
// A case has, per episode (opening to closing; a reopening starts the next), one
// clock for each kind its policy has a target for:
//
//   - respond runs until the first typed human response; restoring or resolving
//     counts as one. An automatic receipt is no fact.
//   - update runs in cycles: each response, update or restoration ends a cycle
//     and begins the next, until the case is resolved.
//   - arrival runs until somebody has arrived, or service is restored without.
//   - restore runs until service is back, by workaround or fix.
//   - resolve runs until the fault is fixed.
//
// Closing a case stops every clock. A reopening starts all clocks anew with
// nothing spent; the verdicts of the episode before stay.
//
// # Counting
//
// Time counts while the calendar of the target is open and the clock is not
// paused; a target without a calendar counts around the clock. All arithmetic is
// exact, to the nanosecond of the facts; leap seconds do not exist. A case that
// is opened outside of hours starts to count at the next opening.
//
// Waiting for the customer pauses and waiting for others does not, unless the
// policy or the target says otherwise. A later wait replaces an earlier one;
// resuming, resolving, closing and reopening end it.
//
// # Changes
//
// When the severity, customer or policy changes, the time already spent stays
// spent, whatever calendar it was counted in; from then on the new target and
// its calendar count. A target that is already used up at the change is due at
// the change. The verdict goes by the target in force when the clock stops, so a
// longer target takes a breach back; the reasons still tell of it. If the new
// policy has no such target the clock ceases to exist; if it comes back the
// time before still counts, the time between does not.
//
// # Deadlines
//
// Due is the first instant at which the time spent reaches the target. What is
// done at that instant is in time; a clock still counting at that instant is
// breached. While a clock is paused its due instant cannot be known and is zero.
//
// # Calendars
//
// A calendar has opening spans per weekday, several a day if need be, in wall
// time of its zone. A span belongs to the day on which it begins, also the part
// after midnight. A dated exception replaces the spans of its day: none for a
// holiday, some for a half day or a make-up working day. An opening is the first
// occurrence of its wall time and a closing the last; a wall time that the clock
// skips stands for the first instant after. A full day therefore has 23 or 25
// hours when the clock is moved by one. Time covered by two spans counts once.
package sla
