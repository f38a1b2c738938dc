-- A message that is longer than its chat takes goes as several, each a posting of its own: the nth of so many, with the drawn parts
-- from one place to another. 0 = the whole.
ALTER TABLE posting ADD COLUMN part BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posting ADD COLUMN part_of BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posting ADD COLUMN part_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posting ADD COLUMN part_until BIGINT NOT NULL DEFAULT 0;
DROP INDEX posting_notice;
CREATE UNIQUE INDEX posting_notice ON posting (notice_id, way, part);
