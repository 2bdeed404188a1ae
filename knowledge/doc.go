// Package knowledge finds the resolved case or article that answers what a
// customer typed, in English and Chinese, and says when it knows no answer.
//
// An [Index] lives in memory and is fed by whoever owns the database: the
// database is the only truth, the index can always be rebuilt from it, and the
// token blob of a document ([Index.Blob]) makes that rebuild a decode instead
// of a tokenisation. Searching works without any language model; the optional
// [Model] client only adds to it.
//
// Text is data here, never instruction: whatever a customer or an article says
// can change a score, and nothing else.
package knowledge
