-- What a letter of a step really said when it went: a person may have changed the words that the play had ready.
CREATE TABLE play_letter (
  task_id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  run_id UUID NOT NULL REFERENCES play_run (id),
  to_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  is_reworded BIGINT NOT NULL
);
CREATE INDEX play_letter_run ON play_letter (workspace_id, run_id);
