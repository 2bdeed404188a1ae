package memory

import (
	"cmp"

	"hotline/bot"
)

// pair is a key of two numbers.
type pair struct{ a, b int64 }

func comparePairs(x, y pair) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) }

// name is a key within a number's own.
type name struct {
	of   int64
	text string
}

func compareNames(x, y name) int { return cmp.Or(cmp.Compare(x.of, y.of), cmp.Compare(x.text, y.text)) }

// letterRow is a letter and its place in the order in which letters were put.
type letterRow struct {
	bot.Letter
	n int64
}

// tables is everything at one instant. What the trees point to never changes.
type tables struct {
	number, serial, timer int64 // the last given: of a case, a row, a timer

	cases  tree[int64, *bot.Case]
	active tree[int64, *bot.Case] // those that are open
	events tree[pair, *bot.CaseEvent]

	timers tree[name, bot.Timer] // by case, kind and key
	due    tree[pair, bot.Timer] // by due millisecond and id

	letters     tree[string, *letterRow]
	ordered     tree[int64, string]   // ids in the order they were put
	lettersOf   tree[pair, string]    // ids by case and order
	openLetters tree[pair, string]    // ids by the millisecond they were made, and order
	pendingKeys tree[string, []int64] // the order of what is pending under a key

	inbound     tree[int64, *bot.Inbound]
	inboundID   tree[string, int64]
	inboundKeys tree[string, int64] // deliveries and messages
	openInbound tree[string, int64] // by id
	places      tree[string, lastSaid]

	links    tree[string, *bot.Link]
	linksOf  tree[name, *bot.Link] // by case and key
	records  tree[string, *bot.Record]
	articles tree[string, *bot.Article]
	files    tree[string, *bot.StoredFile]
	blobs    tree[string, bot.TokenBlob]
}

// firstCase is one less than the first number of a case.
const firstCase = 1000

func empty() *tables {
	t := &tables{number: firstCase}
	for _, c := range []*func(a, b int64) int{&t.cases.compare, &t.active.compare, &t.ordered.compare, &t.inbound.compare} {
		*c = cmp.Compare[int64]
	}
	for _, c := range []*func(a, b pair) int{&t.events.compare, &t.due.compare, &t.lettersOf.compare, &t.openLetters.compare} {
		*c = comparePairs
	}
	for _, c := range []*func(a, b string) int{&t.letters.compare, &t.pendingKeys.compare, &t.inboundID.compare, &t.inboundKeys.compare,
		&t.openInbound.compare, &t.places.compare, &t.links.compare, &t.records.compare, &t.articles.compare, &t.files.compare, &t.blobs.compare} {
		*c = cmp.Compare[string]
	}
	t.timers.compare, t.linksOf.compare = compareNames, compareNames
	return t
}
