// Package bottest is the simulated hotline: a rota of people who act on fake time
// against the real engine, a chat platform and a mail service that fail as a script
// says, and checks of what must hold whatever they do.
//
// [Simulate] runs inside a bubble of testing/synctest and is repeatable: everything
// that is left to chance follows from the seed. On several processors, and with the
// race detector, what runs first within one instant is left to the scheduler.
package bottest
