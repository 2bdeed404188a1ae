package powercut

import (
	"context"
	"maps"
	"slices"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// node is a file or folder of the image for the kernel.
type node struct {
	fs.Inode
	image *image
	in    *inode
}

var (
	_ fs.NodeLookuper  = (*node)(nil)
	_ fs.NodeReaddirer = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeCreater   = (*node)(nil)
	_ fs.NodeMkdirer   = (*node)(nil)
	_ fs.NodeUnlinker  = (*node)(nil)
	_ fs.NodeRmdirer   = (*node)(nil)
	_ fs.NodeRenamer   = (*node)(nil)
	_ fs.NodeLinker    = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeAllocater = (*node)(nil)
	_ fs.NodeStatfser  = (*node)(nil)
	_ fs.NodeFlusher   = (*node)(nil)
	_ fs.NodeReleaser  = (*node)(nil)
	_ fs.NodeOpendirer = (*node)(nil)
)

// kind is the file type bits of a stat mode.
func (in *inode) kind() uint32 {
	if in.folder {
		return syscall.S_IFDIR
	}
	return syscall.S_IFREG
}

func (in *inode) attributes(out *fuse.Attr) {
	out.Ino, out.Mode, out.Size, out.Nlink = in.number, in.kind()|in.mode, uint64(len(in.data)), 1
	out.Blksize, out.Blocks = 4096, (out.Size+sector-1)/sector
}

// child gives the kernel's node for an inode.
func (n *node) child(ctx context.Context, in *inode, out *fuse.EntryOut) *fs.Inode {
	in.attributes(&out.Attr)
	return n.NewInode(ctx, &node{image: n.image, in: in}, fs.StableAttr{Mode: in.kind(), Ino: in.number})
}

// Lookup finds a name.
func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (found *fs.Inode, errno syscall.Errno) {
	errno = n.image.do(func() syscall.Errno {
		in, ok := n.in.names[name]
		if !ok {
			return syscall.ENOENT
		}
		found = n.child(ctx, in, out)
		return 0
	})
	return found, errno
}

// Opendir checks that the power is on.
func (n *node) Opendir(context.Context) syscall.Errno {
	return n.image.do(func() syscall.Errno { return 0 })
}

// Readdir lists the names.
func (n *node) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	var entries []fuse.DirEntry
	errno := n.image.do(func() syscall.Errno {
		for _, name := range slices.Sorted(maps.Keys(n.in.names)) {
			in := n.in.names[name]
			entries = append(entries, fuse.DirEntry{Name: name, Ino: in.number, Mode: in.kind()})
		}
		return 0
	})
	return fs.NewListDirStream(entries), errno
}

// Getattr gives size and mode.
func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	return n.image.do(func() syscall.Errno {
		n.in.attributes(&out.Attr)
		return 0
	})
}

// Setattr changes the size or the mode.
func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	return n.image.do(func() syscall.Errno {
		if mode, ok := in.GetMode(); ok {
			n.in.mode = mode & 0o7777
		}
		if size, ok := in.GetSize(); ok {
			n.in.write(write{size: int64(size)})
		}
		n.in.attributes(&out.Attr)
		return 0
	})
}

// Create makes a file.
func (n *node) Create(ctx context.Context, name string, _ uint32, mode uint32, out *fuse.EntryOut) (made *fs.Inode, fh fs.FileHandle, flags uint32, errno syscall.Errno) {
	errno = n.image.do(func() syscall.Errno {
		made = n.add(ctx, name, n.image.make(false, mode&0o7777), out)
		return 0
	})
	return made, nil, 0, errno
}

// Mkdir makes a folder.
func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (made *fs.Inode, errno syscall.Errno) {
	errno = n.image.do(func() syscall.Errno {
		made = n.add(ctx, name, n.image.make(true, mode&0o7777), out)
		return 0
	})
	return made, errno
}

func (n *node) add(ctx context.Context, name string, in *inode, out *fuse.EntryOut) *fs.Inode {
	n.in.change(rename{add: name, node: in})
	return n.child(ctx, in, out)
}

// Link gives a file another name.
func (n *node) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (made *fs.Inode, errno syscall.Errno) {
	to, ok := target.(*node)
	if !ok {
		return nil, syscall.EXDEV
	}
	errno = n.image.do(func() syscall.Errno {
		made = n.add(ctx, name, to.in, out)
		return 0
	})
	return made, errno
}

// Unlink removes a name.
func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	return n.image.do(func() syscall.Errno {
		n.in.change(rename{remove: name})
		return 0
	})
}

// Rmdir removes an empty folder.
func (n *node) Rmdir(_ context.Context, name string) syscall.Errno {
	return n.image.do(func() syscall.Errno {
		if len(n.in.names[name].names) > 0 {
			return syscall.ENOTEMPTY
		}
		n.in.change(rename{remove: name})
		return 0
	})
}

// Rename moves a name within its folder.
func (n *node) Rename(_ context.Context, name string, parent fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	to, ok := parent.(*node)
	if !ok || to.in != n.in {
		return syscall.EXDEV
	}
	return n.image.do(func() syscall.Errno {
		if flags != 0 {
			return syscall.EINVAL
		}
		n.in.change(rename{remove: name, add: newName, node: n.in.names[name]})
		return 0
	})
}

// Open opens a file.
func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, 0, n.image.do(func() syscall.Errno { return 0 })
}

// Read gives what programs see.
func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	count := 0
	errno := n.image.do(func() syscall.Errno {
		if at < int64(len(n.in.data)) {
			count = copy(dest, n.in.data[at:])
		}
		return 0
	})
	return fuse.ReadResultData(dest[:count]), errno
}

// Write changes what programs see.
func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	errno := n.image.do(func() syscall.Errno {
		n.in.write(write{at: at, data: slices.Clone(data)})
		n.image.wrote()
		return 0
	})
	return uint32(len(data)), errno
}

// Allocate makes a file longer.
func (n *node) Allocate(_ context.Context, _ fs.FileHandle, at, size uint64, mode uint32) syscall.Errno {
	return n.image.do(func() syscall.Errno {
		if mode != 0 {
			return syscall.EOPNOTSUPP
		}
		if end := at + size; end > uint64(len(n.in.data)) {
			n.in.write(write{size: int64(end)})
		}
		return 0
	})
}

// Flush is called when a descriptor is closed; it makes nothing durable.
func (n *node) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

// Release is called when a file is closed for good; it makes nothing durable.
func (n *node) Release(context.Context, fs.FileHandle) syscall.Errno { return 0 }

// Fsync makes a file, or the names of a folder, durable.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return n.image.do(func() syscall.Errno {
		n.in.sync()
		return 0
	})
}

// Statfs says that there is room.
func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	out.Bsize, out.Blocks, out.Bfree, out.Bavail, out.NameLen = 4096, 1<<20, 1<<20, 1<<20, 255
	return 0
}
