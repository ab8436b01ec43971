-- Jobs, in four tables so that lists and counts never read the bulk.
--
-- `seq` counts jobs in the order of their acceptance. Every other table and every index refers to a job by it: it is the
-- rowid, so an index entry costs a few bytes where the 36 of an id would be repeated in each.
CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  namespace TEXT NOT NULL,
  language TEXT NOT NULL,
  wasm_cid TEXT,
  timeout_ms REAL NOT NULL,
  memory_mb INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  max_retries INTEGER NOT NULL,
  -- Instants are milliseconds since the Unix epoch.
  created_at INTEGER NOT NULL,
  -- 0 pending, 1 running, 2 completed, 3 failed, 4 cancelled; from 2 on the job has ended.
  status INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  volunteer_id TEXT,
  started_at INTEGER,
  completed_at INTEGER,
  error TEXT,
  error_code TEXT,
  wall_ms REAL,
  cpu_ms REAL,
  peak_memory_bytes REAL
) STRICT;

-- Lists, newest first: SQLite appends the rowid to each entry, so these end in `seq` without naming it.
CREATE INDEX jobs_by_status ON jobs (status);
CREATE INDEX jobs_by_namespace ON jobs (namespace, status);
-- Retention.
CREATE INDEX jobs_by_end ON jobs (completed_at) WHERE completed_at IS NOT NULL;

CREATE TABLE job_payloads (
  seq INTEGER PRIMARY KEY REFERENCES jobs (seq) ON DELETE CASCADE,
  code TEXT,
  input TEXT NOT NULL
) STRICT;

-- `result` comes first, so that a small one is read without following the overflow pages of a large stdout.
CREATE TABLE job_outputs (
  seq INTEGER PRIMARY KEY REFERENCES jobs (seq) ON DELETE CASCADE,
  result TEXT,
  stdout TEXT NOT NULL,
  stderr TEXT NOT NULL
) STRICT;

-- How many jobs there are, kept in the same transaction as the jobs themselves, because counting a million index
-- entries takes tens of milliseconds. The namespace '' stands for all of them. Status 0 counts pending and running
-- together: a job that begins to run then changes nothing here, and the running ones are few enough to count.
CREATE TABLE job_counts (
  namespace TEXT NOT NULL,
  status INTEGER NOT NULL,
  jobs INTEGER NOT NULL,
  PRIMARY KEY (namespace, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  key TEXT NOT NULL UNIQUE,
  body_hash TEXT NOT NULL,
  -- A JSON array.
  job_ids TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
