// Package powercut is a disk whose power can be cut, for tests. A kill alone
// cannot tell a durable store from one that is not, because the kernel keeps what
// a dead process wrote; this disk keeps only what was synced.
//
// It is a FUSE file system that holds its files in memory, each twice: as the
// programs see it, and as it would be found after a loss of power. Only fsync
// copies from the first to the second. When the power is cut, every write that
// was not synced survives or not by chance, the survivors in another order, some
// of them torn at 512 bytes; of the names that were made, moved or removed
// without syncing their folder only the earlier ones survive. That is harsher
// than common file systems are.
//
// The file system is served by a process of its own, which is the test program
// started again: a process that serves FUSE files must never use them itself. So
// TestMain of a package that uses this one begins with
//
//	if powercut.Serve() {
//		return
//	}
//
// It needs Linux, root and /dev/fuse; [New] skips the test elsewhere.
package powercut

// Damage counts what a cut did to what was not synced.
type Damage struct {
	Kept    int // writes that survived
	Torn    int // writes of which a part survived
	Dropped int // writes that are gone
	Names   int // changes of names that are gone
}

// sector is what a disk writes whole, in bytes.
const sector = 512
