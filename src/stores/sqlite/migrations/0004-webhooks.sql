-- Who wants to be told of a job's end. A row stands from the job's submission, in the same transaction, until the call
-- was answered or is given up, so that an end is never stored without it.

CREATE TABLE webhooks (
  job_id TEXT PRIMARY KEY,
  namespace TEXT NOT NULL,
  url TEXT NOT NULL,
  -- Calls that failed.
  attempts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
