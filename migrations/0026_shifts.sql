-- Steps that are dated back from a contract, and moves of open steps that are taken back as a whole.

-- The date of the contract that a step's due day is counted back from; NULL = from when it could begin.
ALTER TABLE play_task ADD COLUMN dated_from BIGINT;

-- Open steps moved to other days or to another person: by hand, or because the cards of a batch were.
CREATE TABLE play_shift (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  batch_id UUID,
  staff_id UUID,
  happened_at BIGINT NOT NULL,
  undone_at BIGINT
);
-- The cards of a batch move the steps of their runs once, unless that was taken back.
CREATE UNIQUE INDEX play_shift_batch ON play_shift (workspace_id, batch_id) WHERE undone_at IS NULL;
-- What the steps of a run were before and since.
CREATE TABLE play_shift_row (
  shift_id UUID NOT NULL REFERENCES play_shift (id),
  workspace_id UUID NOT NULL,
  run_id UUID NOT NULL REFERENCES play_run (id),
  moved TEXT NOT NULL,
  PRIMARY KEY (shift_id, run_id)
);
CREATE INDEX play_shift_row_run ON play_shift_row (workspace_id, run_id);
