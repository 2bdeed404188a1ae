package powercut

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// serveEnv asks a test program to serve the folder that it names.
const serveEnv = "HOTLINE_POWERCUT_SERVE"

// patience is how long a cut waits for the writes it is to come after.
const patience = 30 * time.Second

// Serve serves a disk until its test ends, if this process was started by [New]
// for that; otherwise it reports false at once.
func Serve() bool {
	dir := os.Getenv(serveEnv)
	if dir == "" {
		return false
	}
	if err := serve(dir, os.Stdin, os.Stdout); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	return true
}

// serve mounts an empty image and obeys one command a line: "cut WRITES", "restore
// KEEP SEED". It ends with its input, which also happens when the test is killed.
func serve(dir string, in io.Reader, out io.Writer) error {
	im := newImage()
	mounted, err := mount(dir, im)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var keep float64
		var seed uint64
		var writes int
		if _, err := fmt.Sscanf(lines.Text(), "cut %d", &writes); err == nil {
			select {
			case <-im.cut(writes):
			case <-time.After(patience): // nobody writes so much
				im.cut(0)
			}
			fmt.Fprintln(out, "cut")
			continue
		}
		if _, err := fmt.Sscanf(lines.Text(), "restore %g %d", &keep, &seed); err != nil {
			return err
		}
		if err := unmount(mounted, dir); err != nil {
			return err
		}
		d := im.restore(keep, seed)
		if mounted, err = mount(dir, im); err != nil {
			return err
		}
		fmt.Fprintln(out, "restored", d.Kept, d.Torn, d.Dropped, d.Names)
	}
	im.cut(0)
	return unmount(mounted, dir)
}

func mount(dir string, im *image) (*fuse.Server, error) {
	keep := time.Second
	return fs.Mount(dir, &node{image: im, in: im.root}, &fs.Options{
		MountOptions:    fuse.MountOptions{DirectMountStrict: true, FsName: "powercut", Name: "powercut", MaxWrite: 1 << 17},
		EntryTimeout:    &keep,
		AttrTimeout:     &keep,
		RootStableAttr:  &fs.StableAttr{Ino: im.root.number, Mode: syscall.S_IFDIR},
		NullPermissions: true,
	})
}

// unmount takes the folder away, by force if somebody still has it open: their
// next operations fail.
func unmount(s *fuse.Server, dir string) error {
	if err := s.Unmount(); err == nil {
		return nil
	}
	return syscall.Unmount(dir, syscall.MNT_DETACH)
}
