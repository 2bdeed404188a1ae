// Package memory is a [bot.Store] in memory, for tests and simulations that need
// more speed than a file gives. It keeps the contract of stores and passes the
// conformance suite hotline/store/storetest, but for copies: a store that lives
// nowhere cannot be copied to a file, and [Store.Backup] says so.
//
// Every table is a tree that never changes: a write makes new nodes from the root
// down to what it changed. A transaction works on its own roots and publishes them
// when it commits, a view keeps the roots it began with, and undoing is forgetting.
package memory
