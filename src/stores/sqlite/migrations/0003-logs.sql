-- What functions print and how their calls went. Lines that were written together lie together in one row: a busy
-- function has thousands a second, and a row for each would cost as much as the calls.

CREATE TABLE logs (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  path TEXT NOT NULL,
  -- Sums over the segments.
  lines INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  UNIQUE (namespace, path)
) STRICT;

CREATE TABLE log_segments (
  log_id INTEGER NOT NULL,
  -- The number of its last line: numbers rise within a log.
  last INTEGER NOT NULL,
  -- When its last line was written, in milliseconds since the Unix epoch.
  last_at INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  -- Of the content.
  bytes INTEGER NOT NULL,
  -- A JSON array of lines, oldest first: as text, or compressed with zstd.
  content ANY NOT NULL,
  UNIQUE (log_id, last)
) STRICT;

CREATE INDEX log_segments_by_age ON log_segments (last_at);
