package knowledge

import (
	"bufio"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/bot"
	"hotline/store"
)

// killedEnv names the folder in which the process that will be killed works.
const killedEnv = "HOTLINE_KNOWLEDGE_KILLED"

// TestKilledProcess is what TestKillWhileIndexing kills: it resolves and reopens
// cases and publishes and withdraws articles until it dies.
func TestKilledProcess(t *testing.T) {
	dir := os.Getenv(killedEnv)
	if dir == "" {
		return
	}
	s, err := store.Open(t.Context(), filepath.Join(dir, "h.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	desk, err := bot.NewDesk(t.Context(), s, &bot.Organisation{})
	if err != nil {
		t.Fatal(err)
	}
	k := &shelved{TB: t, store: s, desk: desk, Library: NewLibrary(desk, slog.New(slog.DiscardHandler))}
	if err := k.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for side := range 6 {
		wg.Go(func() { k.work(side, rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), uint64(side)))) })
	}
	wg.Wait()
}

// work changes cases and articles and says after each commit that it is there.
func (k *shelved) work(side int, rng *rand.Rand) {
	gen, lead := madeUp(), bot.Actor{ID: "ann", Role: bot.RoleLead}
	for {
		d := gen.doc(rng.IntN(1 << 20))
		out, err := k.desk.Do(k.Context(), lead, 0, bot.Open{Text: d.Symptom, Title: d.Title, Class: bot.Fault, Severity: 3})
		if err == nil {
			out, err = k.desk.Do(k.Context(), lead, out.Case.ID, bot.Resolve{Cause: "x", Solution: d.Solution})
		}
		if err == nil && rng.IntN(4) == 0 {
			out, err = k.desk.Do(k.Context(), lead, out.Case.ID, bot.Reopen{Text: "again"})
		}
		if err != nil {
			k.Errorf("%d: %v", side, err)
			return
		}
		a := madeUpArticle(gen, rng.IntN(200))
		a.Solution = fmt.Sprint(a.Solution, " ", rng.IntN(1000))
		if rng.IntN(3) == 0 {
			a.Case = out.Case.Number
		}
		if rng.IntN(5) == 0 {
			a.State = bot.ArticleRetired
		}
		k.publish(a)
		fmt.Println("changed", out.Case.Number)
	}
}

// TestKillWhileIndexing kills the process that changes cases and articles, starts on
// what it left, and finds what an index made anew finds. The long run:
// HOTLINE_KILLS=20 go test -run TestKillWhileIndexing -v ./knowledge
func TestKillWhileIndexing(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("HOTLINE_KILLS")); err == nil && n > 0 {
		kills = n
	}
	dir, rng := t.TempDir(), rand.New(rand.NewPCG(5, uint64(kills)))
	for i := range kills {
		killAfter(t, dir, 60+rng.IntN(240))
		s, err := store.Open(t.Context(), filepath.Join(dir, "h.db"), store.Options{Sync: store.Off})
		if err != nil {
			t.Fatal(err)
		}
		k := &shelved{TB: t, store: s}
		k.again(nil)
		first := k.State()
		sameAnswers(t, k.Index(), fresh(t, s), 60)
		k.again(nil)
		if second := k.State(); second.Tokenised != 0 {
			t.Errorf("the start after the next one: %+v", second)
		}
		k.Flush()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("kill %d: %d documents, %d were not stored yet", i+1, first.Documents, first.Tokenised)
	}
}

// killAfter starts the process and kills it after so many changes.
func killAfter(t *testing.T, dir string, changes int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestKilledProcess$", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), killedEnv+"="+dir)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for lines := bufio.NewScanner(pipe); seen < changes && lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "changed ") {
			t.Fatalf("the process said: %s", lines.Text())
		}
		seen++
	}
	_ = cmd.Process.Kill() // SIGKILL: nothing is flushed
	_ = cmd.Wait()
	if seen < changes {
		t.Fatalf("the process ended after %d changes", seen)
	}
}
