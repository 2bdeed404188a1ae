-- Times are UTC milliseconds, 0 for none. Bodies are JSON documents; a column
-- stands beside the body only when something is looked up or changed by it.
-- Rows that are only ever added get keys that grow, so that inserts touch the
-- last page of each tree.

CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE cases (
  id        INTEGER PRIMARY KEY,
  number    TEXT NOT NULL,
  seq       INTEGER NOT NULL,
  state     TEXT NOT NULL,
  is_open   INTEGER NOT NULL,
  severity  INTEGER NOT NULL,
  customer  TEXT NOT NULL,
  service   TEXT NOT NULL,
  owner     TEXT NOT NULL,
  reporter  TEXT NOT NULL,
  dedup_key TEXT NOT NULL,
  updated   BIGINT NOT NULL,
  body      TEXT NOT NULL
);
CREATE INDEX cases_queue    ON cases (severity, id) WHERE is_open = 1;
CREATE INDEX cases_owner    ON cases (owner, id) WHERE owner <> '' AND is_open = 1;
CREATE INDEX cases_reporter ON cases (reporter, id);
CREATE INDEX cases_dedup    ON cases (dedup_key, id) WHERE dedup_key <> '';

-- id is case * 2^20 + seq: one tree, and the events of a case lie together.
CREATE TABLE events (
  id   INTEGER PRIMARY KEY,
  at   BIGINT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE links (
  key      TEXT PRIMARY KEY,
  case_id  BIGINT NOT NULL,
  role     TEXT NOT NULL,
  audience TEXT NOT NULL,
  person   TEXT NOT NULL,
  at       BIGINT NOT NULL,
  ref      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX links_case ON links (case_id);

CREATE TABLE timers (
  case_id BIGINT NOT NULL,
  kind    TEXT NOT NULL,
  key     TEXT NOT NULL,
  id      BIGINT NOT NULL,
  due     BIGINT NOT NULL,
  gen     BIGINT NOT NULL,
  PRIMARY KEY (case_id, kind, key)
) WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due, id);

CREATE TABLE letters (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL,
  case_id    BIGINT NOT NULL,
  state      TEXT NOT NULL,
  intent     TEXT NOT NULL,
  key        TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  is_repeat  INTEGER NOT NULL,
  not_before BIGINT NOT NULL,
  made       BIGINT NOT NULL,
  done       BIGINT NOT NULL,
  ref        TEXT NOT NULL,
  err        TEXT NOT NULL,
  body       TEXT NOT NULL
);
CREATE UNIQUE INDEX letters_id ON letters (id);
CREATE INDEX letters_case ON letters (case_id) WHERE case_id > 0;
CREATE INDEX letters_open ON letters (made, n) WHERE state IN ('pending', 'in_flight');
CREATE INDEX letters_key  ON letters (key) WHERE key <> '' AND state = 'pending';

CREATE TABLE inbound (
  n        INTEGER PRIMARY KEY,
  id       TEXT NOT NULL,
  state    TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  at       BIGINT NOT NULL,
  key      TEXT NOT NULL,
  message  TEXT,
  err      TEXT NOT NULL,
  body     TEXT NOT NULL
);
CREATE UNIQUE INDEX inbound_key ON inbound (key);
CREATE UNIQUE INDEX inbound_message ON inbound (message) WHERE message IS NOT NULL;
CREATE UNIQUE INDEX inbound_open ON inbound (id) WHERE state = 'new';

-- The newest message of each place outlives the ledger.
CREATE TABLE places (
  key     TEXT PRIMARY KEY,
  message TEXT NOT NULL,
  at      BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE records (
  kind    TEXT NOT NULL,
  id      TEXT NOT NULL,
  updated BIGINT NOT NULL,
  body    TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

CREATE TABLE articles (
  id      TEXT PRIMARY KEY,
  state   TEXT NOT NULL,
  updated BIGINT NOT NULL,
  body    TEXT NOT NULL
);

CREATE TABLE files (
  id       TEXT PRIMARY KEY,
  case_id  BIGINT NOT NULL,
  name     TEXT NOT NULL,
  type     TEXT NOT NULL,
  hash     TEXT NOT NULL,
  audience TEXT NOT NULL,
  at       BIGINT NOT NULL,
  data     BLOB NOT NULL
);

CREATE TABLE posts (
  id      INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  thread  TEXT NOT NULL,
  key     TEXT,
  hidden  INTEGER NOT NULL,
  body    TEXT NOT NULL
);
CREATE INDEX posts_place ON posts (channel, thread, id);
CREATE UNIQUE INDEX posts_key ON posts (key) WHERE key IS NOT NULL;

CREATE TABLE seen (
  reader  TEXT NOT NULL,
  place   TEXT NOT NULL,
  post_id BIGINT NOT NULL,
  PRIMARY KEY (reader, place)
) WITHOUT ROWID;
