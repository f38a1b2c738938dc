-- History that can be believed: what was known when, a person's word over a score, the axes of a score.

-- 1: brought in bulk without a time of receipt, and so taken as known when it became true (仮定).
ALTER TABLE attribute ADD COLUMN assumed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE activity ADD COLUMN assumed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN assumed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE response ADD COLUMN assumed BIGINT NOT NULL DEFAULT 0;

-- A person's word over the computed score, from a day until a day. Taken back, it stays here with who and when.
CREATE TABLE score_override (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  points BIGINT,
  band TEXT,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  staff_id UUID NOT NULL REFERENCES staff (id),
  from_day BIGINT NOT NULL,
  until_day BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  ended_by UUID
);
CREATE INDEX score_override_customer ON score_override (workspace_id, customer_id, created_at);
CREATE INDEX score_override_until ON score_override (workspace_id, until_day);

-- Scores of the axes (groups of the model), as `id=points` lines.
ALTER TABLE standing ADD COLUMN axes TEXT NOT NULL DEFAULT '';
