package knowledge

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// evalDoc and evalQuery are lines of the files `hotline kb eval` reads.
type evalDoc struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

type evalQuery struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// grades maps a query id to the documents that answer it.
type grades map[string]map[string]int

// maxLine bounds one line of an input file, maxLines their number.
const (
	maxLine  = 4 << 20
	maxLines = 2_000_000
)

// eachLine calls f with every line of a file that is not empty.
func eachLine(path string, f func(line []byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return readLines(file, path, f)
}

func readLines(r io.Reader, name string, f func(line []byte) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	n := 0
	for sc.Scan() {
		n++
		if n > maxLines {
			return fmt.Errorf("%s: more than %d lines", name, maxLines)
		}
		if len(sc.Bytes()) == 0 {
			continue
		}
		if err := f(sc.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	return nil
}

// readJSONL reads a file with one JSON object a line.
func readJSONL[T any](path string) ([]T, error) {
	var out []T
	err := eachLine(path, func(line []byte) error {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	})
	return out, err
}

var errQrels = errors.New("want query id, document id, grade, separated by tabs")

func readQrels(path string) (grades, error) {
	g := grades{}
	err := eachLine(path, func(line []byte) error {
		cols := strings.Split(strings.TrimRight(string(line), "\r"), "\t")
		if len(cols) != 3 {
			return errQrels
		}
		grade, err := strconv.Atoi(strings.TrimSpace(cols[2]))
		if err != nil {
			return errQrels
		}
		if g[cols[0]] == nil {
			g[cols[0]] = map[string]int{}
		}
		g[cols[0]][cols[1]] = grade
		return nil
	})
	return g, err
}
