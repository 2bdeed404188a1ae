package powercut

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Disk is a folder whose power can be cut.
type Disk struct {
	t     testing.TB
	dir   string
	write io.WriteCloser
	lines *bufio.Scanner
}

// New mounts an empty disk for the length of the test, served by a process of its
// own. Without root or /dev/fuse the test is skipped; with HOTLINE_REQUIRE_ALL=1
// it fails instead where the device is there.
func New(t testing.TB) *Disk {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skipf("needs /dev/fuse (load the module: modprobe fuse; in a container: --device /dev/fuse --cap-add SYS_ADMIN): %v", err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &Disk{t: t, dir: t.TempDir()}
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), serveEnv+"="+d.dir)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if d.write, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer cancel()
		d.write.Close()
		// A server that hangs is killed, which ends its mount too.
		stuck := time.AfterFunc(time.Minute, cancel)
		defer stuck.Stop()
		if err := cmd.Wait(); err != nil && !t.Failed() && !t.Skipped() {
			t.Errorf("the disk: %v", err)
		}
	})
	d.lines = bufio.NewScanner(stdout)
	if answer := d.read(); answer != "ready" {
		if os.Getenv("HOTLINE_REQUIRE_ALL") == "1" {
			t.Fatalf("cannot mount: %s", answer)
		}
		t.Skipf("needs the right to mount (run it as root; in a container: --device /dev/fuse --cap-add SYS_ADMIN): %s", answer)
	}
	return d
}

// Dir is the folder.
func (d *Disk) Dir() string { return d.dir }

// Cut switches the power off after so many more writes, or 30 s, and returns when
// it is off: from then on every operation on the disk fails. The processes that
// use it should be killed next.
func (d *Disk) Cut(writes int) {
	d.t.Helper()
	if answer := d.ask(fmt.Sprint("cut ", writes)); answer != "cut" {
		d.t.Fatalf("the disk says %q", answer)
	}
}

// Restore switches the power on again, with the disk as it was found: what was not
// synced survives with probability keep, by the chances of seed. No process may
// have a file of the disk open any more.
func (d *Disk) Restore(keep float64, seed uint64) Damage {
	d.t.Helper()
	var found Damage
	answer := d.ask(fmt.Sprintf("restore %g %d", keep, seed))
	if _, err := fmt.Sscanf(answer, "restored %d %d %d %d", &found.Kept, &found.Torn, &found.Dropped, &found.Names); err != nil {
		d.t.Fatalf("the disk says %q", answer)
	}
	return found
}

func (d *Disk) ask(command string) string {
	d.t.Helper()
	if _, err := fmt.Fprintln(d.write, command); err != nil {
		d.t.Fatal(err)
	}
	return d.read()
}

func (d *Disk) read() string {
	if d.lines.Scan() {
		return strings.TrimSpace(d.lines.Text())
	}
	return fmt.Sprintf("nothing (%v)", d.lines.Err())
}
