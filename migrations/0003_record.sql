-- The whole record of a customer, and what positions are read from.

-- The values of a metric in a segment on a day, sorted and thinned, as it was counted on that day. Numbers between blanks.
CREATE TABLE population (
  workspace_id UUID NOT NULL,
  metric TEXT NOT NULL,
  segment TEXT NOT NULL,
  day BIGINT NOT NULL,
  counted_at BIGINT NOT NULL,
  points TEXT NOT NULL,
  PRIMARY KEY (workspace_id, metric, segment, day)
);

-- Who wrote the present state of a record: an import, a person, or (neither) its source by itself.
ALTER TABLE customer ADD COLUMN run_id UUID;
ALTER TABLE attribute ADD COLUMN run_id UUID;
ALTER TABLE attribute ADD COLUMN author_id UUID;
ALTER TABLE contact ADD COLUMN assumed BIGINT NOT NULL DEFAULT 1;
ALTER TABLE contact ADD COLUMN run_id UUID;
ALTER TABLE contact ADD COLUMN author_id UUID;
ALTER TABLE contract ADD COLUMN assumed BIGINT NOT NULL DEFAULT 1;
ALTER TABLE contract ADD COLUMN run_id UUID;
ALTER TABLE contract ADD COLUMN author_id UUID;
ALTER TABLE activity ADD COLUMN run_id UUID;
ALTER TABLE activity ADD COLUMN author_id UUID;
ALTER TABLE ticket ADD COLUMN run_id UUID;
ALTER TABLE ticket ADD COLUMN author_id UUID;
ALTER TABLE response ADD COLUMN run_id UUID;
ALTER TABLE response ADD COLUMN author_id UUID;

-- What a record said before it was changed: its state as it was known from `recorded_at` until `replaced_at`. The present
-- state is in the table of the record; customers keep a version of every field in `attribute` instead.
CREATE TABLE version (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  source TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  assumed BIGINT NOT NULL,
  run_id UUID,
  author_id UUID,
  fields TEXT NOT NULL
);
CREATE INDEX version_object ON version (workspace_id, kind, object_id, replaced_at);
CREATE INDEX version_customer ON version (workspace_id, customer_id, kind, replaced_at);
