package knowledge

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of an import.
const (
	maxImportFiles = 100_000
	maxImportFile  = 1 << 20 // bytes of one article
)

// ErrImport says that a file is not an article; the error names the file or the
// line.
var ErrImport = errors.New("knowledge: not an article")

// headings are the parts of an article in Markdown, in the order they are
// written.
var headings = []struct {
	english, chinese string
	part             func(*Doc) *string
}{
	{"Symptom", "现象", func(d *Doc) *string { return &d.Symptom }},
	{"Cause", "原因", func(d *Doc) *string { return &d.Cause }},
	{"Solution", "解决办法", func(d *Doc) *string { return &d.Solution }},
	{"Environment", "环境", func(d *Doc) *string { return &d.Body }},
}

// WriteMarkdown writes an article: facts between lines of three dashes, then the
// title and its parts as headings.
func WriteMarkdown(w io.Writer, d *Doc) error {
	var b bytes.Buffer
	b.WriteString("---\n")
	for _, f := range articleFields(d) {
		if f.value != "" {
			fmt.Fprintf(&b, "%s: %s\n", f.name, strings.Join(strings.Fields(f.value), " "))
		}
	}
	for _, a := range d.Aliases {
		fmt.Fprintf(&b, "alias: %s\n", strings.Join(strings.Fields(a), " "))
	}
	fmt.Fprintf(&b, "---\n# %s\n", strings.Join(strings.Fields(d.Title), " "))
	for _, h := range headings {
		text := strings.TrimSpace(*h.part(d))
		if text == "" {
			continue
		}
		name := h.english
		if d.Lang == "zh" {
			name = h.chinese
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", name, text)
	}
	_, err := w.Write(b.Bytes())
	return err
}

type articleField struct {
	name, value string
}

// articleFields are the short facts of an article.
func articleFields(d *Doc) []articleField {
	updated := ""
	if !d.Updated.IsZero() {
		updated = d.Updated.UTC().Format(time.RFC3339)
	}
	return []articleField{{"id", d.ID}, {"kind", d.About}, {"known", d.Known}, {"lang", d.Lang}, {"customer", d.Customer}, {"internal", yes(d.Internal)}, {"product", d.Product},
		{"version", d.Version}, {"state", d.State}, {"helped", count(d.Helped)}, {"failed", count(d.Failed)}, {"updated", updated}}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// setField takes one short fact; an unknown name is left alone, so that articles
// of other tools can be read.
func setField(d *Doc, name, value string) error {
	var err error
	switch strings.ToLower(name) {
	case "id":
		d.ID = value
	case "title":
		d.Title = value
	case "kind":
		d.About = value
	case "known":
		d.Known = value
	case "lang", "language":
		d.Lang = value
	case "customer":
		d.Customer = value
	case "internal":
		d.Internal = value == "yes" || value == "true" || value == "1"
	case "product":
		d.Product = value
	case "version":
		d.Version = value
	case "state":
		d.State = value
	case "helped":
		d.Helped, err = strconv.Atoi(value)
	case "failed":
		d.Failed, err = strconv.Atoi(value)
	case "updated":
		d.Updated, err = time.Parse(time.RFC3339, value)
	case "alias":
		if len(d.Aliases) < MaxAliases {
			d.Aliases = append(d.Aliases, value)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %s is not right", ErrImport, name)
	}
	return nil
}

// ReadMarkdown reads an article. Without facts the id is left empty; without a
// known heading the whole text is the body. Input beyond 1 MiB is refused.
func ReadMarkdown(r io.Reader) (Doc, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxImportFile+1))
	if err != nil {
		return Doc{}, err
	}
	if len(raw) > maxImportFile {
		return Doc{}, fmt.Errorf("%w: larger than 1 MiB", ErrImport)
	}
	d := Doc{Kind: Article}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(raw), "\uFFFD"), "\r\n", "\n")
	if rest, ok := strings.CutPrefix(text, "---\n"); ok {
		facts, body, ok := strings.Cut(rest, "\n---\n")
		if !ok {
			return Doc{}, fmt.Errorf("%w: the facts have no closing line of dashes", ErrImport)
		}
		for line := range strings.SplitSeq(facts, "\n") {
			name, value, _ := strings.Cut(line, ":")
			if err := setField(&d, strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"`)); err != nil {
				return Doc{}, err
			}
		}
		text = body
	}
	readParts(&d, text)
	if d.Title == "" {
		return Doc{}, fmt.Errorf("%w: it has no title", ErrImport)
	}
	return d, nil
}

// readParts fills title and parts from the headings, outside of fences.
func readParts(d *Doc, text string) {
	target := &d.Body
	fenced := false
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "```") {
			fenced = !fenced
		}
		level := len(trimmed) - len(strings.TrimLeft(trimmed, "#"))
		name := strings.TrimSpace(trimmed[level:])
		switch {
		case fenced || level == 0:
		case level == 1 && d.Title == "":
			d.Title = name
			continue
		default:
			if part := headingPart(d, name); part != nil {
				target = part
				continue
			}
		}
		*target += line
	}
	for _, h := range headings {
		part := h.part(d)
		*part = strings.TrimSpace(*part)
	}
}

func headingPart(d *Doc, name string) *string {
	for _, h := range headings {
		if strings.EqualFold(name, h.english) || name == h.chinese {
			return h.part(d)
		}
	}
	return nil
}

// ImportMarkdown reads every .md file below a folder. A file without an id gets
// its path, without the ending, as id. It stops at the first file that is no
// article.
func ImportMarkdown(dir string) ([]Doc, error) {
	var docs []Doc
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.EqualFold(filepath.Ext(path), ".md") {
			return err
		}
		if len(docs) >= maxImportFiles {
			return fmt.Errorf("%w: more than %d files", ErrImport, maxImportFiles)
		}
		file, err := root.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		d, err := ReadMarkdown(file)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if d.ID == "" {
			d.ID = strings.TrimSuffix(filepath.ToSlash(path), filepath.Ext(path))
		}
		docs = append(docs, d)
		return nil
	})
	return docs, err
}

// ExportMarkdown writes each article into a file of its own in a folder, which
// is made if needed. Existing files of the same name are replaced.
func ExportMarkdown(dir string, docs []Doc) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range docs {
		var b bytes.Buffer
		if err := WriteMarkdown(&b, &docs[i]); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fileName(docs[i].ID)+".md"), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fileName makes an id safe as the name of a file; two ids never share one.
func fileName(id string) string {
	var b strings.Builder
	for i := range len(id) {
		c := id[i]
		if letter(c) || digit(c) || c == '-' || c == '_' || c == '.' && i > 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// csvColumns are the columns of an export, and what an import understands.
var csvColumns = []string{"id", "title", "symptom", "cause", "solution", "environment", "aliases", "kind", "known", "lang", "customer", "internal", "product", "version", "state", "helped", "failed", "updated"}

// WriteCSV writes articles with a line of column names. Cells that a spreadsheet
// would run as a formula get an apostrophe in front, which ReadCSV takes off.
func WriteCSV(w io.Writer, docs []Doc) error {
	out := csv.NewWriter(w)
	if err := out.Write(csvColumns); err != nil {
		return err
	}
	for i := range docs {
		d := &docs[i]
		row := []string{d.ID, d.Title, d.Symptom, d.Cause, d.Solution, d.Body, strings.Join(d.Aliases, "\n")}
		for _, f := range articleFields(d)[1:] {
			row = append(row, f.value)
		}
		for j, cell := range row {
			if cell != "" && strings.IndexByte("=+-@\t\r'", cell[0]) >= 0 {
				row[j] = "'" + cell
			}
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// ReadCSV reads articles from a table whose first line names the columns, in any
// order; id and title are needed, unknown columns are left alone. At most
// 100,000 rows.
func ReadCSV(r io.Reader) ([]Doc, error) {
	in := csv.NewReader(r)
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: no line of column names", ErrImport)
	}
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head[i], "\uFEFF")))
	}
	if !slices.Contains(head, "id") || !slices.Contains(head, "title") {
		return nil, fmt.Errorf("%w: the columns id and title are needed", ErrImport)
	}
	var docs []Doc
	for {
		row, err := in.Read()
		if err == io.EOF {
			return docs, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrImport, err)
		}
		if len(docs) >= maxImportFiles {
			return nil, fmt.Errorf("%w: more than %d rows", ErrImport, maxImportFiles)
		}
		d, err := csvDoc(head, row)
		if err != nil {
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		docs = append(docs, d)
	}
}

func csvDoc(head, row []string) (Doc, error) {
	d := Doc{Kind: Article}
	for i, cell := range row {
		if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@\t\r'", cell[1]) >= 0 {
			cell = cell[1:]
		}
		switch head[i] {
		case "symptom":
			d.Symptom = cell
		case "cause":
			d.Cause = cell
		case "solution":
			d.Solution = cell
		case "environment":
			d.Body = cell
		case "aliases":
			for a := range strings.Lines(cell) {
				if a = strings.TrimSpace(a); a != "" && len(d.Aliases) < MaxAliases {
					d.Aliases = append(d.Aliases, a)
				}
			}
		default:
			if cell == "" {
				continue
			}
			if err := setField(&d, head[i], cell); err != nil {
				return Doc{}, err
			}
		}
	}
	if d.ID == "" || d.Title == "" {
		return Doc{}, fmt.Errorf("%w: id or title is empty", ErrImport)
	}
	return d, nil
}
