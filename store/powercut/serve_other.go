//go:build !linux

package powercut

import "testing"

// Serve reports false: there is nothing to serve on this system.
func Serve() bool { return false }

// Disk is a folder whose power can be cut.
type Disk struct{}

// New skips the test: the disk needs Linux.
func New(t testing.TB) *Disk {
	t.Helper()
	t.Skip("needs Linux with /dev/fuse, as root")
	return nil
}

// Dir is the folder.
func (d *Disk) Dir() string { return "" }

// Cut switches the power off.
func (d *Disk) Cut(int) {}

// Restore switches it on again.
func (d *Disk) Restore(float64, uint64) Damage { return Damage{} }
