// Package model is the client of an optional language model behind any
// OpenAI-compatible address. Nothing in the hotline needs it: every call has a
// time budget, a cost cap and a circuit breaker, and every caller has a result
// without it.
//
// What strangers wrote is data. It is redacted before every call, stands between
// marks drawn by lot for that call, and the model gets no tools. What comes back
// is checked: it must have the agreed shape, cite only what was given, and hold
// no command, link or number that the cited solutions do not hold. What fails is
// thrown away: the caller goes on as if there were no model.
package model
