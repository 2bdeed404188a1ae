package knowledge

import (
	"context"
	"errors"
	"sync"
	"time"

	"hotline/bot"
)

// solvedStates are the states of cases that may be found.
var solvedStates = []bot.State{bot.Resolved, bot.Closed}

func solved(s bot.State) bool { return s == bot.Resolved || s == bot.Closed }

// shelfState keeps the order of what goes into the index: what is committed while the
// index is read from the store wins over what was read.
type shelfState struct {
	mu     sync.Mutex
	speaks map[string]string // article → the case it was made from, which it is found in place of
	spoken map[string]int    // case number → how many published articles speak for it
	// aliases counts the confirmed phrasings of each published article, phrasings all
	// of them.
	aliases   map[string]int
	phrasings int
	// touched holds what changed since a load began, nil for what is to be found no
	// more; it is nil when nothing is being loaded.
	touched map[string]*Doc
}

// place makes a document findable. The caller holds mu.
func (l *Library) place(d Doc) {
	if l.shelf.touched != nil {
		l.shelf.touched[d.ID] = &d
	}
	if err := l.index.Put(d); err != nil {
		l.log.Error("index", "doc", d.ID, "err", err)
	}
}

// remove makes a document unfindable. The caller holds mu.
func (l *Library) remove(id string) {
	if l.shelf.touched != nil {
		l.shelf.touched[id] = nil
	}
	l.index.Delete(id)
}

// caseChanged follows a commit of a case; turned says that by it the case became
// solved or is solved no more.
func (l *Library) caseChanged(c *bot.Case, turned bool) {
	l.shelf.mu.Lock()
	defer l.shelf.mu.Unlock()
	d, ok := caseDoc(c)
	there := l.index.record(d.ID) != nil
	switch {
	case !solved(c.State):
		if there || turned {
			l.remove(d.ID)
			l.blobs.drop(l, d.ID)
		}
	case ok && l.shelf.spoken[d.ID] == 0 && (turned || !there):
		l.place(d)
		l.blobs.keep(l, d, c.Seq)
	case !ok:
		l.remove(d.ID)
		l.blobs.keepNone(l, d, c.Seq)
	default:
		l.blobs.keep(l, d, c.Seq)
	}
}

// articleChanged follows a commit of an article. A published one speaks for its
// case; when it is withdrawn the case is found again.
func (l *Library) articleChanged(a *bot.Article) {
	l.shelf.mu.Lock()
	defer l.shelf.mu.Unlock()
	d := articleDoc(a)
	if a.State == bot.ArticlePublished {
		l.place(d)
		l.blobs.keep(l, d, 0)
		l.countPhrasings(a.ID, len(a.Aliases))
	} else {
		l.countPhrasings(a.ID, 0)
		l.remove(a.ID)
		l.blobs.drop(l, a.ID)
	}
	before := l.shelf.silence(a.ID)
	if a.State == bot.ArticlePublished && a.Case != "" {
		l.shelf.speak(a.ID, a.Case)
		l.remove(a.Case)
	}
	if before != "" && l.shelf.spoken[before] == 0 {
		go l.lookAgain(before)
	}
}

// speak notes that an article speaks for a case.
func (s *shelfState) speak(article, number string) {
	s.speaks[article] = number
	s.spoken[number]++
}

// silence forgets what an article speaks for, and names the case when nothing
// speaks for it any more.
func (s *shelfState) silence(article string) (number string) {
	number, ok := s.speaks[article]
	if !ok {
		return ""
	}
	delete(s.speaks, article)
	if s.spoken[number]--; s.spoken[number] > 0 {
		return ""
	}
	delete(s.spoken, number)
	return number
}

// lookAgain reads cases once more and does with them what a commit would do. They
// are read on the store's writer, so that no later commit is overtaken.
func (l *Library) lookAgain(numbers ...string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		for _, number := range numbers {
			c, err := tx.CaseByNumber(number)
			if gone(err) != nil {
				return err
			}
			if err == nil {
				tx.OnCommit(func() { l.caseChanged(&c, true) })
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, bot.ErrUnavailable) {
		l.log.Warn("cases not looked at again", "cases", len(numbers), "err", err)
	}
}
