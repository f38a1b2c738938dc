-- Plays under way. A run keeps the play as it was published; each step of it is a row, open ones with who and by when.
CREATE TABLE play_run (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  card_id UUID,
  play TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  settings_version BIGINT NOT NULL,
  cause TEXT NOT NULL,
  owner_id UUID,
  started_on BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  started_by UUID,
  due_day BIGINT NOT NULL,
  next_due BIGINT NOT NULL,
  look_on BIGINT,
  watches BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  paused_on BIGINT,
  paused_at BIGINT,
  paused_by UUID,
  paused_why TEXT NOT NULL DEFAULT '',
  ended_on BIGINT,
  ended_at BIGINT,
  ended_by UUID,
  ending TEXT,
  ended_why TEXT NOT NULL DEFAULT '',
  changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX play_run_open_once ON play_run (workspace_id, customer_id, play) WHERE ended_at IS NULL;
CREATE INDEX play_run_look ON play_run (workspace_id, look_on) WHERE ended_at IS NULL;
CREATE INDEX play_run_list ON play_run (workspace_id, next_due, id) WHERE ended_at IS NULL;
CREATE INDEX play_run_customer ON play_run (workspace_id, customer_id, started_on);
CREATE INDEX play_run_play ON play_run (workspace_id, play, started_on);
CREATE INDEX play_run_card ON play_run (workspace_id, card_id);

CREATE TABLE play_task (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  run_id UUID NOT NULL REFERENCES play_run (id),
  customer_id UUID NOT NULL REFERENCES customer (id),
  step TEXT NOT NULL,
  place BIGINT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  standing TEXT NOT NULL,
  asks BIGINT NOT NULL,
  owner_id UUID,
  ready_day BIGINT,
  due_day BIGINT,
  finished_day BIGINT,
  finished_at BIGINT,
  finished_by UUID,
  performed BIGINT NOT NULL,
  chose BIGINT,
  escalated_day BIGINT,
  note TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX play_task_step ON play_task (run_id, step);
CREATE INDEX play_task_open ON play_task (workspace_id, owner_id, due_day) WHERE standing = 'open';
CREATE INDEX play_task_customer ON play_task (workspace_id, customer_id);
