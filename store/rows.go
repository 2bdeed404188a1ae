package store

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"
)

// scanRow stores the columns of a row, one by one, where into points.
func scanRow(row []driver.Value, into []any) error {
	if len(row) != len(into) {
		return fmt.Errorf("%d columns for %d values", len(row), len(into))
	}
	for i, v := range row {
		if err := scanColumn(v, into[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// scanColumn stores one value; NULL leaves what is there.
func scanColumn(v driver.Value, into any) error {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		switch p := into.(type) {
		case *string:
			*p = v
			return nil
		case *[]byte:
			*p = []byte(v)
			return nil
		}
		if to := reflect.ValueOf(into).Elem(); to.Kind() == reflect.String {
			to.SetString(v)
			return nil
		}
	case []byte:
		switch p := into.(type) {
		case *[]byte:
			*p = v
			return nil
		case *string:
			*p = string(v)
			return nil
		}
	case int64:
		switch p := into.(type) {
		case *int64:
			*p = v
			return nil
		case *int:
			*p = int(v)
			return nil
		case *bool:
			*p = v != 0
			return nil
		}
		if to := reflect.ValueOf(into).Elem(); to.CanInt() {
			to.SetInt(v)
			return nil
		}
	}
	return fmt.Errorf("a %T does not fit %T", v, into)
}

// rowsAtOnce is how many rows one statement inserts.
const rowsAtOnce = 16

// bulk is an INSERT of 1 to [rowsAtOnce] rows.
type bulk struct {
	head    string // up to VALUES
	columns int
	tail    string // from ON CONFLICT on
}

type bulkKey struct {
	bulk *bulk
	rows int
}

// bulkText is the statement for so many rows; it is made once.
func (s *session) bulkText(b *bulk, rows int) string {
	key := bulkKey{b, rows}
	text, ok := s.bulks[key]
	if !ok {
		text = b.head + values(rows, b.columns) + b.tail
		s.bulks[key] = text
	}
	return text
}

// values writes the VALUES list of rows × columns placeholders.
func values(rows, columns int) string {
	var b strings.Builder
	b.WriteString(" VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		list(&b, r*columns+1, columns)
		b.WriteByte(')')
	}
	return b.String()
}
