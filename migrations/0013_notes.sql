-- Notes: what they said before, and who is meant in them.
ALTER TABLE activity ADD COLUMN edited_at BIGINT;

-- Somebody who is meant in a note, until they have seen it.
CREATE TABLE mention (
  workspace_id UUID NOT NULL,
  activity_id UUID NOT NULL,
  staff_id UUID NOT NULL REFERENCES staff (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT,
  PRIMARY KEY (activity_id, staff_id)
);
CREATE INDEX mention_staff ON mention (workspace_id, staff_id, seen_at);
