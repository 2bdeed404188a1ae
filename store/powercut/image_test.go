package powercut

import (
	"bytes"
	"syscall"
	"testing"
)

func TestSyncedDataSurvives(t *testing.T) {
	im := newImage()
	f := im.make(false, 0o600)
	im.root.change(rename{add: "f", node: f})
	im.root.sync()
	f.write(write{data: []byte("synced")})
	f.sync()
	f.write(write{at: 2, data: []byte("LOST")})
	f.write(write{size: 3})
	if string(f.data) != "syL" {
		t.Fatalf("seen as %q", f.data)
	}
	d := im.restore(0, 1)
	// A change of size is logged and survives, the write does not.
	if string(im.root.names["f"].data) != "syn" || d.Dropped != 1 {
		t.Errorf("%q %+v", im.root.names["f"].data, d)
	}
}

func TestUnsyncedNamesAreLost(t *testing.T) {
	im := newImage()
	f, g := im.make(false, 0o600), im.make(false, 0o600)
	im.root.change(rename{add: "f", node: f})
	im.root.sync()
	im.root.change(rename{remove: "f", add: "h", node: f})
	im.root.change(rename{add: "g", node: g})
	if d := im.restore(0, 1); d.Names != 2 {
		t.Errorf("%+v", d)
	}
	if im.root.names["f"] != f || len(im.root.names) != 1 {
		t.Errorf("%v", im.root.names)
	}
}

func TestEverythingSurvivesByLuck(t *testing.T) {
	im := newImage()
	f := im.make(false, 0o600)
	im.root.change(rename{add: "f", node: f})
	f.write(write{at: 600, data: []byte("x")})
	d := im.restore(1, 1)
	if got := im.root.names["f"].data; !bytes.Equal(got, append(make([]byte, 600), 'x')) || d.Kept != 1 || d.Names != 0 {
		t.Errorf("%d bytes, %+v", len(got), d)
	}
}

func TestWritesAreTornAtSectors(t *testing.T) {
	torn := false
	for seed := range uint64(50) {
		im := newImage()
		f := im.make(false, 0o600)
		im.root.change(rename{add: "f", node: f})
		im.root.sync()
		f.write(write{data: bytes.Repeat([]byte("x"), 4096)})
		d := im.restore(1, seed)
		torn = torn || d.Torn == 1
		got := im.root.names["f"].data
		for from := 0; from+sector <= len(got); from += sector {
			if n := bytes.Count(got[from:from+sector], []byte("x")); n != 0 && n != sector {
				t.Fatalf("%d bytes of a sector", n)
			}
		}
	}
	if !torn {
		t.Error("nothing was torn in 50 cuts")
	}
}

func TestFrozenFails(t *testing.T) {
	im := newImage()
	<-im.cut(0)
	if errno := im.do(func() syscall.Errno { return 0 }); errno == 0 {
		t.Error("it went on")
	}
	im.restore(1, 1)
	if errno := im.do(func() syscall.Errno { return 0 }); errno != 0 {
		t.Error(errno)
	}
}
