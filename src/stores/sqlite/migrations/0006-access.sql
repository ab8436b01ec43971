-- Who may do what, and who did what. Instants are milliseconds since the Unix epoch.

-- Tokens in force and expired ones; a revoked one has no row. The token itself is nowhere.
CREATE TABLE tokens (
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- SHA-256 of the token's text.
  hash BLOB NOT NULL UNIQUE,
  -- A JSON array.
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER
) STRICT;

-- Changes that clients made. As with logs, what was written together lies together in one row.
CREATE TABLE audit_segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- When its last entry was made.
  last_at INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  -- Of the content.
  bytes INTEGER NOT NULL,
  -- A JSON array of entries, oldest first: as text, or compressed with zstd.
  content ANY NOT NULL
) STRICT;

CREATE INDEX audit_segments_by_age ON audit_segments (last_at);

-- Who may call a function: anybody, or whoever has a token for it.
ALTER TABLE function_revisions ADD COLUMN auth TEXT NOT NULL DEFAULT 'public';

-- Which volunteers may run a job.
ALTER TABLE jobs ADD COLUMN placement TEXT NOT NULL DEFAULT 'any';
