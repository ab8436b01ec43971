-- One namespace's database.

CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  -- Milliseconds since the epoch; NULL never expires.
  expires_at INTEGER,
  -- Last, so that the other columns are read without the pages that a large value spills over to.
  value TEXT NOT NULL
) STRICT;

CREATE INDEX entries_by_expiry ON entries (expires_at) WHERE expires_at IS NOT NULL;

-- The highest version that any key has had. It outlives the entries, so that a key that is deleted and made anew never
-- has a version again that it had before.
CREATE TABLE versions (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  last INTEGER NOT NULL
) STRICT;

INSERT INTO versions (singleton, last) VALUES (1, 0);
