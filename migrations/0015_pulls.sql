-- Connections to other systems, and what is fetched from them again and again. Passwords lie in the table secret.
CREATE TABLE connection (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  config TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  staff_id UUID,
  UNIQUE (workspace_id, name)
);

CREATE TABLE pull (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  connection_id UUID NOT NULL REFERENCES connection (id),
  name TEXT NOT NULL,
  config TEXT NOT NULL,
  interval_s BIGINT NOT NULL,
  place TEXT NOT NULL DEFAULT '',
  next_at BIGINT NOT NULL,
  tried_at BIGINT NOT NULL DEFAULT 0,
  done_at BIGINT NOT NULL DEFAULT 0,
  failures BIGINT NOT NULL DEFAULT 0,
  fault TEXT NOT NULL DEFAULT '',
  said TEXT NOT NULL DEFAULT '',
  report TEXT NOT NULL DEFAULT '',
  UNIQUE (workspace_id, connection_id, name)
);

CREATE INDEX pull_due ON pull (next_at);
