package powercut

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
)

// image is the content of the disk, as seen and as synced.
type image struct {
	mu     sync.Mutex
	root   *inode
	last   uint64 // inode number
	frozen bool   // the power is off: everything fails
	left   int    // writes until the power goes, when off is set
	off    chan struct{}
}

// inode is a file or a folder; folders have names, files have data.
type inode struct {
	number uint64
	mode   uint32 // permission bits
	folder bool

	names, keptNames map[string]*inode
	renames          []rename // not synced

	data, kept []byte
	writes     []write // not synced
}

// rename is one change of a folder's names: remove goes, add comes; either may be
// empty. A move is both at once.
type rename struct {
	remove, add string
	node        *inode
}

// write is one change of a file's data: data at an offset, or a new size.
type write struct {
	at   int64
	data []byte
	size int64 // when data is nil
}

func newImage() *image {
	im := &image{}
	im.root = im.make(true, 0o755)
	return im
}

func (im *image) make(folder bool, mode uint32) *inode {
	im.last++
	n := &inode{number: im.last, mode: mode, folder: folder}
	if folder {
		n.names, n.keptNames = map[string]*inode{}, map[string]*inode{}
	}
	return n
}

// do runs f on the image while the power is on.
func (im *image) do(f func() syscall.Errno) syscall.Errno {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.frozen {
		return syscall.EIO
	}
	return f()
}

// cut switches the power off after so many more writes; the channel is closed
// then.
func (im *image) cut(writes int) <-chan struct{} {
	im.mu.Lock()
	defer im.mu.Unlock()
	off := make(chan struct{})
	im.off, im.left = off, writes
	if writes <= 0 {
		im.freeze()
	}
	return off
}

// freeze switches the power off; the lock is held.
func (im *image) freeze() {
	im.frozen = true
	if im.off != nil {
		close(im.off)
		im.off = nil
	}
}

// wrote counts a write; the lock is held.
func (im *image) wrote() {
	if im.left--; im.off != nil && im.left <= 0 {
		im.freeze()
	}
}

// change applies a change of names and remembers it until the folder is synced.
func (n *inode) change(r rename) {
	applyRename(n.names, r)
	n.renames = append(n.renames, r)
}

func applyRename(names map[string]*inode, r rename) {
	if r.remove != "" {
		delete(names, r.remove)
	}
	if r.add != "" {
		names[r.add] = r.node
	}
}

// write changes a file's data and remembers it until the file is synced.
func (n *inode) write(w write) {
	n.data = w.apply(n.data)
	n.writes = append(n.writes, w)
}

func (w write) apply(data []byte) []byte {
	if w.data == nil {
		return resize(data, w.size)
	}
	if end := w.at + int64(len(w.data)); end > int64(len(data)) {
		data = resize(data, end)
	}
	copy(data[w.at:], w.data)
	return data
}

// resize cuts data or fills it up with zeros.
func resize(data []byte, size int64) []byte {
	if size <= int64(len(data)) {
		return data[:size]
	}
	old := len(data)
	data = slices.Grow(data, int(size)-old)[:size]
	clear(data[old:])
	return data
}

// sync makes a file or the names of a folder survive.
func (n *inode) sync() {
	for _, w := range n.writes {
		n.kept = w.apply(n.kept)
	}
	n.writes = nil
	if n.folder {
		n.keptNames, n.renames = maps.Clone(n.names), nil
	}
}

// restore switches the power on again: what was not synced survives with
// probability keep, by the chances of seed.
func (im *image) restore(keep float64, seed uint64) Damage {
	im.mu.Lock()
	defer im.mu.Unlock()
	c := &chance{rnd: rand.New(rand.NewPCG(seed, 1)), keep: keep}
	c.lose(im.root)
	im.frozen = false
	return c.Damage
}

// chance decides what survives.
type chance struct {
	Damage
	rnd  *rand.Rand
	keep float64
}

func (c *chance) lose(n *inode) {
	if n.folder {
		c.loseNames(n)
		for _, name := range slices.Sorted(maps.Keys(n.names)) {
			c.lose(n.names[name])
		}
		return
	}
	// Sizes change in order, because file systems log them; the writes between two
	// changes of size reach the disk in any order.
	from := 0
	for i, w := range n.writes {
		if w.data == nil {
			c.loseWrites(n, n.writes[from:i])
			n.kept = w.apply(n.kept)
			from = i + 1
		}
	}
	c.loseWrites(n, n.writes[from:])
	n.data, n.writes = slices.Clone(n.kept), nil
}

// loseNames keeps the first few changes of names.
func (c *chance) loseNames(n *inode) {
	survive := 0
	for survive < len(n.renames) && c.rnd.Float64() < c.keep {
		applyRename(n.keptNames, n.renames[survive])
		survive++
	}
	c.Names += len(n.renames) - survive
	n.names, n.renames = maps.Clone(n.keptNames), nil
}

func (c *chance) loseWrites(n *inode, writes []write) {
	for _, i := range c.rnd.Perm(len(writes)) {
		switch w := writes[i]; {
		case c.rnd.Float64() >= c.keep:
			c.Dropped++
		case len(w.data) > sector && c.rnd.IntN(4) == 0:
			c.Torn++
			c.tear(n, w)
		default:
			c.Kept++
			n.kept = w.apply(n.kept)
		}
	}
}

// tear keeps some sectors of a write.
func (c *chance) tear(n *inode, w write) {
	for from := 0; from < len(w.data); from += sector {
		if c.rnd.IntN(2) == 0 {
			part := w.data[from:min(from+sector, len(w.data))]
			n.kept = write{at: w.at + int64(from), data: part}.apply(n.kept)
		}
	}
}
