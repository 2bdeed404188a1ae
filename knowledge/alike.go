package knowledge

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/bot"
	"hotline/bot/chat"
	"hotline/bot/say"
)

// Bounds of looking for cases that are alike.
const (
	maxOpenCases = 2_000 // open cases that are compared; more are a storm, which is told by its count
	maxNear      = 8     // neighbours of a case that are looked at
	minGroup     = 3     // cases that make a group
	// nearShare is the mean share of their words, weighted by how telling they are,
	// that two cases must have in common to be alike; farShare what each must have of
	// the other's. Chosen on made-up repeats in both languages (TestAlikeInBothLanguages).
	nearShare = .45
	farShare  = .3
	// knownShare is the share of a case's words that must stand in a known problem.
	knownShare = .5
)

// openCases is what new cases are compared with: the open ones, in an index of their
// own that is filled when it is first used.
type openCases struct {
	mu     sync.Mutex
	loaded bool
	index  *Index
}

// groups remembers which case belongs to which group, by the kind of record.
type groups struct {
	mu sync.Mutex
	of map[string]map[string]string // kind → number → number of the group's first case
}

var (
	wordLikeKnown  = say.Words{EN: "%s looks like the known problem %s.", ZH: "%s 与已知问题 %s 很像。"}
	wordLinkIt     = say.Words{EN: "Link it", ZH: "关联"}
	wordNotSame    = say.Words{EN: "Not the same", ZH: "不是同一问题"}
	wordAlike      = say.Words{EN: "%d open cases look alike: %s. Is it one problem?", ZH: "有 %d 个未结工单很像:%s。是同一个问题吗?"}
	wordMakeKnown  = say.Words{EN: "Make it a known problem", ZH: "记为已知问题"}
	wordWorkaround = say.Words{EN: "Workaround: %s", ZH: "临时办法:%s"}
)

// recKnownOffer is the kind of record that says that a known problem was offered for a
// case, by its number.
const recKnownOffer = "known_offer"

func openDoc(c *bot.Case) Doc {
	return Doc{ID: c.Number, Kind: Case, Lang: c.Lang, Title: c.Title, Symptom: c.Text, Customer: c.Customer, Internal: true, State: Published, Updated: c.Updated}
}

// compare makes sure that the open cases are there to compare with.
func (l *Library) compare(ctx context.Context) error {
	l.open.mu.Lock()
	defer l.open.mu.Unlock()
	if l.open.loaded {
		return nil
	}
	var docs []Doc
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		cases, err := r.Cases(bot.CaseQuery{States: activeStates, Newest: true, Limit: maxOpenCases})
		for i := range cases {
			if !cases[i].Drill {
				docs = append(docs, openDoc(&cases[i]))
			}
		}
		return err
	})
	if err == nil {
		err = l.open.index.Put(docs...)
	}
	l.open.loaded = err == nil
	return err
}

var activeStates = []bot.State{bot.New, bot.Reopened, bot.Acknowledged, bot.InProgress, bot.WaitingCustomer, bot.WaitingOthers}

// alike looks whether a new case is an open known problem, or one of several open
// cases that are alike, and tells the responders once.
func (l *Library) alike(ctx context.Context, c *bot.Case) error {
	if c.Drill || c.Known.Article != "" {
		return nil
	}
	if err := l.compare(ctx); err != nil {
		return err
	}
	if l.open.index.Len() < maxOpenCases {
		if err := l.open.index.Put(openDoc(c)); err != nil {
			return err
		}
	}
	known, err := l.knownFor(ctx, c)
	if err != nil {
		return err
	}
	if known != nil {
		return l.offerKnown(ctx, c, known)
	}
	near, err := l.near(ctx, l.open.index, bot.RecAlike, openDoc(c), minGroup-1)
	if err != nil || len(near) == 0 {
		return err
	}
	return l.group(ctx, bot.RecAlike, c, near, l.announceAlike)
}

// knownFor is the open known problem that a case is very close to, nil when there is
// none; never an article of another customer.
func (l *Library) knownFor(ctx context.Context, c *bot.Case) (*bot.Article, error) {
	text := textOf(c.Title, c.Text)
	words := contentWords(text)
	hits := l.index.Search(Query{Text: text, Lang: c.Lang, Internal: true, Kind: Article, Limit: maxNear}).Hits
	var known *bot.Article
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		for _, h := range hits {
			a, err := r.Article(h.ID)
			if gone(err) != nil {
				return err
			}
			close := err == nil && (h.Cover >= knownShare || similar(words, contentWords(a.Title+"\n"+a.Symptom)) >= sameWords)
			if close && a.Known == bot.KnownOpen && a.State == bot.ArticlePublished && (a.Customer == "" || a.Customer == c.Customer) {
				known = &a
				return nil
			}
		}
		return nil
	})
	return known, err
}

// textOf joins title and text; a title that only begins the text is not counted twice.
func textOf(title, text string) string {
	if strings.HasPrefix(strings.Join(strings.Fields(text), " "), strings.TrimSuffix(title, "…")) {
		return text
	}
	return title + "\n" + text
}

// offerKnown asks the responders inside the case whether it is the known problem.
func (l *Library) offerKnown(ctx context.Context, c *bot.Case, a *bot.Article) error {
	return l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		if _, err := tx.Record(recKnownOffer, c.Number); !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		if err := bot.PutJSON(tx, recKnownOffer, c.Number, a.ID); err != nil {
			return err
		}
		lang := l.desk.World(tx).Org.Lang
		text := chat.Say("").Bold(wordLikeKnown.In(lang, c.Number, a.ID+" “"+bot.Shorten(a.Title, 100)+"”")).
			Plain("\n" + wordWorkaround.In(lang, bot.Shorten(a.Solution, 300)))
		return l.inside(tx, c, chat.Content{Text: text, Buttons: []chat.Button{
			{Label: wordLinkIt.In(lang), Style: chat.StylePrimary, Action: chat.Action{Verb: "kblink", Case: c.Number, Arg: a.ID, Gen: bot.Posted}},
			{Label: wordNotSame.In(lang), Action: chat.Action{Verb: "kbunlike", Case: c.Number, Gen: bot.Posted}},
		}})
	})
}

// near lists the cases of an index that are alike to d, which is in it, best first,
// until most are found. Two are alike when each tells enough of the other.
func (l *Library) near(ctx context.Context, x *Index, kind string, d Doc, most int) ([]string, error) {
	text := textOf(d.Title, d.Symptom)
	words := contentWords(text)
	var near []string
	for _, h := range x.Search(Query{Text: text, Lang: d.Lang, Internal: true, Kind: Case, Exclude: []string{d.ID}, Limit: maxNear}).Hits {
		if h.Cover >= nearShare && l.grouped(kind, h.ID) {
			return []string{h.ID}, nil // in a storm the group is found at once
		}
		var other bot.Case
		err := l.desk.Store().View(ctx, func(r bot.Reader) (err error) {
			other, err = r.CaseByNumber(h.ID)
			return gone(err)
		})
		if err != nil {
			return nil, err
		}
		if other.ID == 0 || kind == bot.RecFAQ && other.Lang != d.Lang {
			continue // an answer is written in one language
		}
		theirs := textOf(other.Title, other.Text)
		if similar(words, contentWords(theirs)) >= sameWords || x.bothCover(h, theirs, other.Lang, d.ID) {
			if near = append(near, h.ID); len(near) == most {
				break
			}
		}
	}
	return near, nil
}

// bothCover reports whether a hit for the text of a document, and that document for
// the text of the hit, each hold enough of the other.
func (x *Index) bothCover(h Hit, theirs, lang, id string) bool {
	if h.Cover < farShare {
		return false
	}
	back := x.coverOf(theirs, lang, h.ID, id)
	return back >= farShare && (h.Cover+back)/2 >= nearShare
}

// grouped reports whether a case is known to belong to a group.
func (l *Library) grouped(kind, number string) bool {
	l.groups.mu.Lock()
	defer l.groups.mu.Unlock()
	return l.groups.of[kind][number] != ""
}

// coverOf is the share of a text, that of document self, that stands in another
// document; 0 when that is not among the best.
func (x *Index) coverOf(text, lang, self, id string) float64 {
	for _, h := range x.Search(Query{Text: text, Lang: lang, Internal: true, Kind: Case, Exclude: []string{self}, Limit: 4 * maxNear}).Hits {
		if h.ID == id {
			return h.Cover
		}
	}
	return 0
}

// group puts a case among those it is alike to. A group that is there grows silently;
// a new one of at least minGroup cases is kept and announced by tell, in the same
// transaction.
func (l *Library) group(ctx context.Context, kind string, c *bot.Case, near []string, tell func(tx bot.Tx, id string, g *bot.Cluster) error) error {
	l.groups.mu.Lock()
	defer l.groups.mu.Unlock()
	if err := l.readGroups(ctx, kind); err != nil {
		return err
	}
	of := l.groups.of[kind]
	id := ""
	for _, n := range append([]string{c.Number}, near...) {
		if of[n] != "" {
			id = of[n]
			break
		}
	}
	if id == "" && len(near)+1 < minGroup || id != "" && (of[c.Number] != "" || full(of, id)) {
		return nil
	}
	g := bot.Cluster{}
	err := l.desk.Store().Do(ctx, func(tx bot.Tx) error {
		if id != "" {
			return l.grow(tx, kind, id, c.Number)
		}
		members := append(slices.Clone(near), c.Number)
		slices.SortFunc(members, byNumber)
		g = bot.Cluster{At: tx.Now()}
		g.Join(members...)
		if err := tell(tx, g.Cases[0], &g); err != nil {
			return err
		}
		return bot.PutJSON(tx, kind, g.Cases[0], g)
	})
	if err != nil {
		return err
	}
	if id != "" {
		of[c.Number] = id
	}
	for _, n := range g.Cases {
		of[n] = g.Cases[0]
	}
	return nil
}

// full reports whether a group has all the cases that it keeps.
func full(of map[string]string, id string) bool {
	n := 0
	for _, g := range of {
		if g == id {
			n++
		}
	}
	return n >= bot.MaxCluster
}

// byNumber orders case numbers by their counter: the class letter does not count.
func byNumber(a, b string) int {
	a, b = strings.TrimLeft(a, "FQCP-"), strings.TrimLeft(b, "FQCP-")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// readGroups reads the groups of a kind once. The caller holds mu.
func (l *Library) readGroups(ctx context.Context, kind string) error {
	if l.groups.of[kind] != nil {
		return nil
	}
	of := map[string]string{}
	err := l.desk.Store().View(ctx, func(r bot.Reader) error {
		list, err := r.Records(kind)
		for _, rec := range list {
			g, err := bot.ReadCluster(r, kind, rec.ID)
			if err != nil {
				return err
			}
			for _, n := range g.Cases {
				of[n] = rec.ID
			}
		}
		return err
	})
	if err == nil && l.groups.of == nil {
		l.groups.of = map[string]map[string]string{}
	}
	if err == nil {
		l.groups.of[kind] = of
	}
	return err
}

// grow adds a case to a group and to the draft that was made of it.
func (l *Library) grow(tx bot.Tx, kind, id, number string) error {
	g, err := bot.ReadCluster(tx, kind, id)
	if err != nil {
		return gone(err)
	}
	if !g.Join(number) {
		return nil
	}
	if err := bot.PutJSON(tx, kind, id, g); err != nil || g.Article == "" {
		return err
	}
	a, err := tx.Article(g.Article)
	if err != nil || a.State != bot.ArticleDraft || slices.Contains(a.Cases, number) || len(a.Cases) >= len(g.Cases) {
		return gone(err)
	}
	a.Cases = append(slices.Clip(a.Cases), number)
	return l.desk.PutArticle(tx, a)
}

// announceAlike asks in the internal channel whether open cases are one problem.
func (l *Library) announceAlike(tx bot.Tx, id string, g *bot.Cluster) error {
	return l.desk.TellDesk(tx, func(lang string) chat.Content {
		return chat.Content{Text: chat.Say("").Bold(wordAlike.In(lang, len(g.Cases), strings.Join(g.Cases, ", "))),
			Buttons: []chat.Button{
				{Label: wordMakeKnown.In(lang), Style: chat.StylePrimary, Action: chat.Action{Verb: "kbproblem", Case: id, Gen: bot.Posted}},
				{Label: wordNotSame.In(lang), Action: chat.Action{Verb: "kbunlike", Case: id, Gen: bot.Posted}},
			}}
	})
}

// startOfDay is the next time of day at which the daily care is due.
func startOfDay(now time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := now.In(zone).Date()
	at := time.Date(y, m, d, careHour, 0, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(y, m, d+1, careHour, 0, 0, 0, zone)
	}
	return at
}
