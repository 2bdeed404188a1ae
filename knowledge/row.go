package knowledge

import (
	"encoding/binary"
	"hash/crc32"
	"time"

	"hotline/bot"
)

// row is what is stored of one document beside its case or article: enough to
// search it without reading its text again.
type row struct {
	doc  Doc    // without its texts
	sum  uint64 // textHash of the texts
	none bool   // a case that nobody shall find: nothing but that is stored
	blob []byte
}

const (
	rowNone = 1 << iota
	rowArticle
	rowInternal
)

// crcTable is of the polynomial that processors have an instruction for.
var crcTable = crc32.MakeTable(crc32.Castagnoli)

// rowHead is the length of checksum and vocabulary.
const rowHead = 4 + 8

// sealRow makes the stored form: a checksum over the id and all that follows, the
// version of the tokens, the sum of the texts, what is shown and filtered by, and
// the token blob. A nil blob stores that there is nothing to find.
func sealRow(v *Vocabulary, d *Doc, seq int, blob []byte) bot.TokenBlob {
	b := make([]byte, 4, rowHead+100+len(blob))
	b = binary.LittleEndian.AppendUint64(b, v.version)
	flags := byte(0)
	switch {
	case blob == nil:
		flags |= rowNone
	case d.Kind == Article:
		flags |= rowArticle
	}
	if d.Internal {
		flags |= rowInternal
	}
	b = append(b, flags)
	b = binary.LittleEndian.AppendUint64(b, textHash(d))
	for _, s := range []string{d.Lang, d.Customer, d.Product, d.Version, d.State} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.AppendUvarint(b, uint64(max(d.Helped, 0)))
	b = binary.AppendUvarint(b, uint64(max(d.Failed, 0)))
	b = binary.AppendVarint(b, d.Updated.UnixMilli())
	b = append(b, blob...)
	binary.LittleEndian.PutUint32(b, rowCheck(d.ID, b[4:]))
	return bot.TokenBlob{ID: d.ID, Seq: seq, Data: b}
}

func rowCheck(id string, rest []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(id), crcTable), crcTable, rest)
}

// openRow reads what sealRow made. ok is false when it is damaged or of another
// vocabulary.
func openRow(v *Vocabulary, b *bot.TokenBlob) (r row, ok bool) {
	if len(b.Data) < rowHead || binary.LittleEndian.Uint32(b.Data) != rowCheck(b.ID, b.Data[4:]) ||
		binary.LittleEndian.Uint64(b.Data[4:]) != v.version {
		return row{}, false
	}
	in := blobReader{b: b.Data[rowHead:]}
	flags := in.uvarint(1 << 7)
	sum := in.bytes(8)
	if in.bad {
		return row{}, false
	}
	r.none, r.sum = flags&rowNone != 0, binary.LittleEndian.Uint64(sum)
	r.doc = Doc{ID: b.ID, Kind: Case, Internal: flags&rowInternal != 0}
	if flags&rowArticle != 0 {
		r.doc.Kind = Article
	}
	for _, s := range []*string{&r.doc.Lang, &r.doc.Customer, &r.doc.Product, &r.doc.Version, &r.doc.State} {
		*s = string(in.bytes(int(in.uvarint(1 << 20))))
	}
	r.doc.Helped, r.doc.Failed = int(in.uvarint(1<<31)), int(in.uvarint(1<<31))
	updated, n := binary.Varint(in.b)
	if in.bad || n <= 0 {
		return row{}, false
	}
	r.doc.Updated, r.blob = time.UnixMilli(updated).UTC(), in.b[n:]
	return r, true
}
