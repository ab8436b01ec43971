-- Jobs. What a job asks for never changes; whether it is live or has ended is the row it has in `job_live` or in
-- `job_ends`, exactly one of the two. So no row grows and no index entry moves: an end removes one small row and
-- appends another, which is what the disk does fastest.
--
-- `seq` counts jobs in the order of their acceptance and stands for a job everywhere, because it is the rowid: an index
-- entry then costs a few bytes where an id would cost 36. There are no foreign keys between these tables: the check on
-- every insert costs a tenth of the throughput, and they are written in one place only (job-statements.ts).
--
-- Instants are milliseconds since the Unix epoch.

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
  created_at INTEGER NOT NULL
) STRICT;

-- The bulk that came with a job.
CREATE TABLE job_payloads (
  seq INTEGER PRIMARY KEY,
  code TEXT,
  input TEXT NOT NULL
) STRICT;

-- Jobs that wait or run: as many as the queue holds, so small enough to be scanned.
CREATE TABLE job_live (
  seq INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  -- 0 pending, 1 running
  status INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  volunteer_id TEXT,
  started_at INTEGER
) STRICT;

CREATE INDEX job_live_running ON job_live (namespace) WHERE status = 1;

-- How jobs ended and what they left. The bulk comes last, so that what stands before it is read without following the
-- overflow pages.
CREATE TABLE job_ends (
  seq INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  -- 2 completed, 3 failed, 4 cancelled
  status INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  volunteer_id TEXT,
  started_at INTEGER,
  completed_at INTEGER NOT NULL,
  wall_ms REAL,
  cpu_ms REAL,
  peak_memory_bytes REAL,
  error_code TEXT,
  error TEXT,
  result TEXT,
  stdout TEXT NOT NULL,
  stderr TEXT NOT NULL
) STRICT;

-- Lists, newest first: SQLite appends the rowid to each entry, so these end in `seq` without naming it.
CREATE INDEX job_ends_by_status ON job_ends (status);
CREATE INDEX job_ends_by_namespace ON job_ends (namespace, status);
-- Retention.
CREATE INDEX job_ends_by_age ON job_ends (completed_at);

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
