-- Functions: which revision of each answers calls, and all revisions that are kept. As with jobs there are no foreign
-- keys; both tables are written in one place (function-store.ts).
--
-- Instants are milliseconds since the Unix epoch.

CREATE TABLE functions (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  path TEXT NOT NULL,
  -- The number of the revision that answers calls.
  current INTEGER NOT NULL,
  UNIQUE (namespace, path)
) STRICT;

-- The bulk comes last, so that what stands before it is read without following the overflow pages.
CREATE TABLE function_revisions (
  function_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE,
  runtime TEXT NOT NULL,
  wasm_cid TEXT,
  digest TEXT NOT NULL,
  timeout_ms REAL NOT NULL,
  memory_mb INTEGER NOT NULL,
  placement TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- A JSON array.
  env_names TEXT NOT NULL,
  -- A JSON object.
  env TEXT NOT NULL,
  code TEXT,
  UNIQUE (function_id, number)
) STRICT;
