-- The index of all namespaces' files. What is in them lies outside, in one blob file each.

CREATE TABLE files (
  namespace TEXT NOT NULL,
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  type TEXT NOT NULL,
  -- SHA-256 of the content, hex.
  etag TEXT NOT NULL,
  -- Milliseconds since the epoch.
  modified INTEGER NOT NULL,
  blob TEXT NOT NULL,
  PRIMARY KEY (namespace, path)
) STRICT, WITHOUT ROWID;

-- Tells at start which of the blobs that were just coming in have been taken in.
CREATE UNIQUE INDEX files_by_blob ON files (blob);

-- Blobs of files that were replaced or deleted, until they are removed from the disk.
CREATE TABLE dropped_blobs (
  blob TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Kept in the same transaction as the files, so that a quota costs no count.
CREATE TABLE usage (
  namespace TEXT PRIMARY KEY,
  files INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
