-- What the search index keeps of an article or a solved case, so that a start
-- need not tokenise. Everything here can be made anew from the other tables.

CREATE TABLE token_blobs (
  id   TEXT PRIMARY KEY,
  seq  INTEGER NOT NULL,
  data BLOB NOT NULL
);
