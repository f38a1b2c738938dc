-- Messages that others push, and our own contact forms.
CREATE TABLE hook (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  map TEXT NOT NULL,
  -- Of forms: origins that may send by script or from a page of theirs, a line each; category of the inquiry; language of the page.
  origins TEXT NOT NULL,
  category TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by UUID,
  off_at BIGINT,
  -- Until when the secret before is accepted too.
  turning_until BIGINT,
  unproven BIGINT NOT NULL DEFAULT 0,
  unproven_why TEXT NOT NULL DEFAULT '',
  unproven_at BIGINT
);
CREATE UNIQUE INDEX hook_name ON hook (workspace_id, name);

-- Each message once. The text stays until it is kept; of a refused one until somebody has settled it.
CREATE TABLE hook_message (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  hook_id UUID NOT NULL REFERENCES hook (id),
  message_id TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  refusals TEXT NOT NULL,
  again BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  settled_at BIGINT
);
CREATE UNIQUE INDEX hook_message_once ON hook_message (hook_id, message_id);
CREATE INDEX hook_message_state ON hook_message (workspace_id, state, received_at);
CREATE INDEX hook_message_age ON hook_message (hook_id, received_at);
-- Whose mail domain it is.
CREATE INDEX customer_domain ON customer (workspace_id, domain);
