-- What members of staff are told, on which ways it goes out, and the ledger of what goes to customers.

-- Something that a member of staff is told. It is in the product in any case; every other way is a posting.
CREATE TABLE notice (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  staff_id UUID NOT NULL,
  key TEXT NOT NULL,
  card_id UUID,
  customer_id UUID,
  page TEXT NOT NULL,
  content TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT
);
CREATE UNIQUE INDEX notice_key ON notice (workspace_id, staff_id, key);
CREATE INDEX notice_newest ON notice (workspace_id, staff_id, created_at, id);
CREATE INDEX notice_unseen ON notice (workspace_id, staff_id, seen_at);

-- One message on one way. A try is written down before it is made: what a killed process was sending is unclear, and is not sent
-- again by itself.
-- state: waiting · sending · sent · unclear · failed
CREATE TABLE posting (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  notice_id UUID,
  outgoing_id UUID,
  way TEXT NOT NULL,
  address_id UUID,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  fault TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX posting_notice ON posting (notice_id, way);
CREATE UNIQUE INDEX posting_outgoing ON posting (outgoing_id);
CREATE INDEX posting_due ON posting (workspace_id, state, due_at);
CREATE INDEX posting_newest ON posting (workspace_id, created_at);

-- Links in notices that were used: each answers once.
CREATE TABLE notice_answer (
  workspace_id UUID NOT NULL,
  token_hash TEXT NOT NULL,
  staff_id UUID NOT NULL,
  card_id UUID NOT NULL,
  answered_at BIGINT NOT NULL,
  undone_at BIGINT,
  PRIMARY KEY (workspace_id, token_hash)
);

-- The mail server, limits, and what is told at once: one document a workspace.
CREATE TABLE notice_setting (
  workspace_id UUID PRIMARY KEY REFERENCES workspace (id),
  document TEXT NOT NULL,
  causes_until BIGINT NOT NULL
);

-- Places of a chat that notices can go to. The address itself is a secret.
CREATE TABLE notice_address (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by UUID,
  removed_at BIGINT
);
CREATE INDEX notice_address_name ON notice_address (workspace_id, name);

-- How one member of staff wants to be told, and the secret of their calendar.
CREATE TABLE notice_wish (
  workspace_id UUID NOT NULL,
  staff_id UUID NOT NULL,
  ways TEXT NOT NULL,
  calendar_hash TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, staff_id)
);
CREATE INDEX notice_wish_calendar ON notice_wish (calendar_hash);

-- Letters of ours to people of customers: all of them, whoever asked for them.
-- state: waiting · going · sent · unclear · failed · declined
CREATE TABLE outgoing (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  key TEXT NOT NULL,
  customer_id UUID NOT NULL,
  contact_id UUID NOT NULL,
  purpose TEXT NOT NULL,
  channel TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  staff_id UUID,
  state TEXT NOT NULL,
  why TEXT NOT NULL,
  person TEXT NOT NULL,
  look_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  went_at BIGINT,
  ended_at BIGINT,
  recorded_at BIGINT
);
CREATE UNIQUE INDEX outgoing_key ON outgoing (workspace_id, key);
CREATE INDEX outgoing_look ON outgoing (workspace_id, state, look_at);
CREATE INDEX outgoing_person ON outgoing (workspace_id, person, went_at);
CREATE INDEX outgoing_contact ON outgoing (workspace_id, contact_id, state);
CREATE INDEX outgoing_newest ON outgoing (workspace_id, created_at, id);

-- Each time a letter was held back or declined: why, and until when.
CREATE TABLE outgoing_hold (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  outgoing_id UUID NOT NULL REFERENCES outgoing (id),
  why TEXT NOT NULL,
  until_at BIGINT,
  at BIGINT NOT NULL
);
CREATE INDEX outgoing_hold_of ON outgoing_hold (outgoing_id, at);

-- People of customers who asked to be spared surveys and tips.
CREATE TABLE opt_out (
  workspace_id UUID NOT NULL,
  person TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_staff UUID,
  PRIMARY KEY (workspace_id, person)
);

-- Signs that are told at once are looked for by when they were written down.
CREATE INDEX card_cause_recorded ON card_cause (workspace_id, rule, recorded_at);
