-- One text for SQLite and PostgreSQL. Times (…_at) are microseconds since the epoch, days (…_day, …_on) are days since it.
-- Ids are UUIDv7. Money is minor units and a currency.

CREATE TABLE workspace (
  id UUID PRIMARY KEY,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Settings are versioned documents: the pack in force is the highest version.
CREATE TABLE setting (
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  version BIGINT NOT NULL,
  document TEXT NOT NULL,
  comment TEXT NOT NULL,
  staff_id UUID,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, version)
);

CREATE TABLE staff (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  language TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  daily_cards BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  left_at BIGINT
);
CREATE UNIQUE INDEX staff_email ON staff (workspace_id, email);

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  staff_id UUID NOT NULL REFERENCES staff (id),
  csrf TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX session_staff ON session (staff_id);

-- Failed attempts to sign in, to slow down guessing.
CREATE TABLE sign_in_attempt (
  subject TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_failed_at BIGINT NOT NULL
);

CREATE TABLE source (
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  write_key_hash TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, name)
);
CREATE UNIQUE INDEX source_key ON source (write_key_hash);

-- Which customer a user of a source belongs to: the last group call.
CREATE TABLE source_user (
  workspace_id UUID NOT NULL,
  source TEXT NOT NULL,
  user_external_id TEXT NOT NULL,
  customer_external_id TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, source, user_external_id)
);

CREATE TABLE customer (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  reading TEXT NOT NULL,
  search TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  parent_id UUID,
  segment TEXT NOT NULL,
  stage TEXT NOT NULL,
  region TEXT NOT NULL,
  industry TEXT NOT NULL,
  employees BIGINT,
  owner_id UUID,
  goal TEXT NOT NULL,
  domain TEXT NOT NULL,
  since_day BIGINT,
  churned_on BIGINT,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX customer_external ON customer (workspace_id, external_id);
CREATE INDEX customer_list ON customer (workspace_id, churned_on, stage, segment, owner_id, search);
CREATE INDEX customer_name ON customer (workspace_id, sort_name, id);
CREATE INDEX customer_owner ON customer (workspace_id, owner_id);
CREATE INDEX customer_parent ON customer (workspace_id, parent_id);

-- Versions of every field and figure of a customer: nothing is overwritten.
CREATE TABLE attribute (
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  name TEXT NOT NULL,
  valid_from BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  figure DOUBLE PRECISION,
  words TEXT,
  PRIMARY KEY (workspace_id, customer_id, name, valid_from, recorded_at)
);

CREATE TABLE contact (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  reading TEXT NOT NULL,
  search TEXT NOT NULL,
  title TEXT NOT NULL,
  role TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  left_on BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contact_external ON contact (workspace_id, source, external_id);
CREATE INDEX contact_customer ON contact (workspace_id, customer_id);

-- Versions of contracts: a term is told apart by its first day.
CREATE TABLE contract (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  plan TEXT NOT NULL,
  seats BIGINT,
  amount_minor BIGINT,
  currency TEXT NOT NULL,
  months BIGINT NOT NULL,
  start_day BIGINT NOT NULL,
  end_day BIGINT NOT NULL,
  auto_renew BIGINT NOT NULL,
  notice_days BIGINT NOT NULL,
  notice_on BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contract_external ON contract (workspace_id, source, external_id, start_day);
CREATE INDEX contract_customer ON contract (workspace_id, customer_id, end_day);

CREATE TABLE activity (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  contact_external_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  direction TEXT NOT NULL,
  staff_id UUID,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  happened_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX activity_external ON activity (workspace_id, source, external_id);
CREATE INDEX activity_customer ON activity (workspace_id, customer_id, happened_at);

CREATE TABLE ticket (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  category TEXT NOT NULL,
  channel TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  answered_at BIGINT,
  closed_at BIGINT,
  satisfaction BIGINT,
  recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ticket_external ON ticket (workspace_id, source, external_id);
CREATE INDEX ticket_customer ON ticket (workspace_id, customer_id, opened_at);

CREATE TABLE response (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  contact_external_id TEXT NOT NULL,
  survey TEXT NOT NULL,
  score DOUBLE PRECISION,
  comment TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX response_external ON response (workspace_id, source, external_id);
CREATE INDEX response_customer ON response (workspace_id, customer_id, answered_at);

CREATE TABLE hunch (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  staff_id UUID NOT NULL REFERENCES staff (id),
  feeling BIGINT NOT NULL,
  confidence BIGINT NOT NULL,
  until_day BIGINT NOT NULL,
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX hunch_customer ON hunch (workspace_id, customer_id, created_at);

CREATE TABLE import_run (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  accepted BIGINT NOT NULL,
  duplicate BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT NOT NULL
);
CREATE INDEX import_run_time ON import_run (workspace_id, started_at);

-- Messages refused at the HTTP address, counted by where and why; their values are not kept.
CREATE TABLE refused_event (
  workspace_id UUID NOT NULL,
  source TEXT NOT NULL,
  day BIGINT NOT NULL,
  field TEXT NOT NULL,
  reason TEXT NOT NULL,
  count BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, source, day, field, reason)
);

-- Customers whose facts changed since their last score.
CREATE TABLE dirty (
  workspace_id UUID NOT NULL,
  customer_external_id TEXT NOT NULL,
  since_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, customer_external_id)
);

-- A score for each customer and day.
CREATE TABLE score (
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  day BIGINT NOT NULL,
  points BIGINT,
  band TEXT NOT NULL,
  low BIGINT NOT NULL,
  high BIGINT NOT NULL,
  coverage BIGINT NOT NULL,
  model TEXT NOT NULL,
  settings_version BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, customer_id, day)
);

-- Where each customer stands: the newest score with its reasons, and what lists sort by. One row a customer, rebuilt from facts.
CREATE TABLE standing (
  customer_id UUID PRIMARY KEY REFERENCES customer (id),
  workspace_id UUID NOT NULL,
  day BIGINT NOT NULL,
  points BIGINT,
  sort_points BIGINT NOT NULL,
  band TEXT NOT NULL,
  low BIGINT NOT NULL,
  high BIGINT NOT NULL,
  coverage BIGINT NOT NULL,
  model TEXT NOT NULL,
  settings_version BIGINT NOT NULL,
  since_day BIGINT NOT NULL,
  change_points BIGINT NOT NULL,
  change TEXT NOT NULL,
  sentence_ja TEXT NOT NULL,
  sentence_en TEXT NOT NULL,
  weight BIGINT NOT NULL,
  spark TEXT NOT NULL,
  mrr_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  plan TEXT NOT NULL,
  seats BIGINT,
  end_day BIGINT,
  notice_on BIGINT,
  sort_notice BIGINT NOT NULL,
  contact_at BIGINT,
  sort_contact BIGINT NOT NULL,
  scored_at BIGINT NOT NULL
);
CREATE INDEX standing_points ON standing (workspace_id, sort_points, customer_id);
CREATE INDEX standing_change ON standing (workspace_id, change_points, customer_id);
CREATE INDEX standing_mrr ON standing (workspace_id, mrr_minor, customer_id);
CREATE INDEX standing_notice ON standing (workspace_id, sort_notice, customer_id);
CREATE INDEX standing_contact ON standing (workspace_id, sort_contact, customer_id);
CREATE INDEX standing_weight ON standing (workspace_id, weight, customer_id);

-- Where a rule stands for a customer: hysteresis, dwell and cooldown.
CREATE TABLE signal_state (
  workspace_id UUID NOT NULL,
  subject TEXT NOT NULL,
  rule TEXT NOT NULL,
  state TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, subject, rule)
);

-- A piece of work. Its subject is a customer, or a source whose data went quiet.
CREATE TABLE card (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID REFERENCES customer (id),
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  what TEXT NOT NULL,
  play TEXT NOT NULL,
  owner_id UUID,
  due_day BIGINT NOT NULL,
  priority DOUBLE PRECISION NOT NULL,
  opened_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  taken_at BIGINT,
  taken_by UUID,
  waiting_at BIGINT,
  snoozed_until BIGINT,
  snooze_reason TEXT,
  closed_at BIGINT,
  closed_by UUID,
  outcome TEXT,
  outcome_note TEXT
);
CREATE UNIQUE INDEX card_open_once ON card (workspace_id, subject, kind) WHERE closed_at IS NULL;
CREATE INDEX card_owner ON card (workspace_id, owner_id, priority);
CREATE INDEX card_customer ON card (workspace_id, customer_id, opened_at);
CREATE INDEX card_priority ON card (workspace_id, priority);

-- Why a card is there: each firing of a rule, with what it saw.
CREATE TABLE card_cause (
  workspace_id UUID NOT NULL,
  card_id UUID NOT NULL REFERENCES card (id),
  rule TEXT NOT NULL,
  fired_day BIGINT NOT NULL,
  because TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, card_id, rule, fired_day)
);

-- What happened to a card, in order.
CREATE TABLE card_step (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  card_id UUID NOT NULL REFERENCES card (id),
  step TEXT NOT NULL,
  note TEXT NOT NULL,
  staff_id UUID,
  happened_at BIGINT NOT NULL
);
CREATE INDEX card_step_card ON card_step (workspace_id, card_id, happened_at);

CREATE TABLE saved_view (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  staff_id UUID NOT NULL REFERENCES staff (id),
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_view_name ON saved_view (workspace_id, staff_id, name);

-- Work that must follow a commit. Written in the transaction of its cause, done at least once.
CREATE TABLE outbox (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  topic TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Who did what: sign-ins, changes of settings, exports.
CREATE TABLE audit (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  staff_id UUID,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  happened_at BIGINT NOT NULL
);
CREATE INDEX audit_time ON audit (workspace_id, happened_at);
