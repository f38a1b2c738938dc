-- A play as somebody is writing it, until it is published with the settings or thrown away.
CREATE TABLE play_draft (
  workspace_id UUID NOT NULL,
  play TEXT NOT NULL,
  document TEXT NOT NULL,
  revision BIGINT NOT NULL,
  staff_id UUID,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, play)
);
