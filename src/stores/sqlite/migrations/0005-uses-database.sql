-- Whether a job's code may ask the database: not every volunteer can answer that. Of jobs that are there already nobody
-- has looked, so they count as such.

ALTER TABLE jobs ADD COLUMN uses_database INTEGER NOT NULL DEFAULT 1;
