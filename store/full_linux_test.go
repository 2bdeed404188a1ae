package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"hotline/bot"
	"hotline/store"
)

// readOnlyFolder is a folder nobody may write in, root included where the test may
// mount.
func readOnlyFolder(t *testing.T) string {
	dir := t.TempDir()
	if os.Getuid() != 0 {
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, "hotline.db")
	}
	mount(t, dir, syscall.MS_RDONLY, "size=1m")
	return filepath.Join(dir, "hotline.db")
}

// mount puts a small file system of its own on dir.
func mount(t *testing.T, dir string, flags uintptr, size string) {
	t.Helper()
	if err := syscall.Mount("hotline-test", dir, "tmpfs", flags, size); err != nil {
		if os.Getenv("HOTLINE_REQUIRE_ALL") == "1" {
			t.Fatalf("no file system can be mounted: %v", err)
		}
		t.Skipf("needs the right to mount (run it as root, in a container with CAP_SYS_ADMIN): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
}

func TestReadOnlyFolder(t *testing.T) {
	_, err := store.Open(t.Context(), readOnlyFolder(t), quiet)
	wantWords(t, err, "cannot be written")
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	mount(t, dir, 0, "size=1m")
	s := open(t, filepath.Join(dir, "hotline.db"))
	var err error
	stored := 0
	for range 2000 {
		if err = s.Do(t.Context(), writeCase); err != nil {
			break
		}
		stored++
	}
	if err == nil {
		t.Fatal("the disk never filled")
	}
	wantWords(t, err, "full")
	count := func() int {
		n := 0
		if err := s.View(t.Context(), func(r bot.Reader) (err error) {
			n, err = r.CountCases(bot.CaseQuery{})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != stored {
		t.Errorf("%d cases, %d were answered", n, stored)
	}
	// With space again it goes on by itself.
	if err := syscall.Mount("hotline-test", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(t.Context(), writeCase); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != stored+1 {
		t.Errorf("%d cases, want %d", n, stored+1)
	}
	if err := store.Check(t.Context(), s.Path()); err != nil {
		t.Error(err)
	}
}
