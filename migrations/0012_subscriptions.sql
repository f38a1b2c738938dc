-- Who is told what happens here, what they are told, and how each try went.
CREATE TABLE subscription (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  occurrences TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by UUID,
  off_at BIGINT,
  turning_until BIGINT,
  failing_since BIGINT,
  paused_at BIGINT,
  paused_why TEXT NOT NULL DEFAULT '',
  told_at BIGINT
);
CREATE UNIQUE INDEX subscription_name ON subscription (workspace_id, name);

CREATE TABLE delivery (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  subscription_id UUID NOT NULL REFERENCES subscription (id),
  occurrence TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX delivery_due ON delivery (workspace_id, state, due_at);
CREATE INDEX delivery_age ON delivery (subscription_id, created_at);

CREATE TABLE delivery_attempt (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  delivery_id UUID NOT NULL REFERENCES delivery (id),
  at BIGINT NOT NULL,
  status BIGINT,
  fault TEXT NOT NULL,
  answer TEXT NOT NULL,
  duration_ms BIGINT NOT NULL
);
CREATE INDEX delivery_attempt_of ON delivery_attempt (delivery_id, at);
