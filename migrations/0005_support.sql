-- Inquiries and calls whole: who answered, how long it took, how it ended; callers whom nobody knows.

-- SQLite cannot take NOT NULL from a column, so the table is made anew: a call that was given up has no customer that anybody knows.
CREATE TABLE ticket_whole (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID REFERENCES customer (id),
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  category TEXT NOT NULL,
  channel TEXT NOT NULL,
  direction TEXT NOT NULL,
  priority TEXT NOT NULL,
  status TEXT NOT NULL,
  operator TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  answered_at BIGINT,
  closed_at BIGINT,
  talk_s BIGINT,
  wrap_up_s BIGINT,
  handling_s BIGINT,
  abandoned BIGINT,
  satisfaction BIGINT,
  recorded_at BIGINT NOT NULL,
  assumed BIGINT NOT NULL DEFAULT 0,
  run_id UUID,
  author_id UUID
);
INSERT INTO ticket_whole (id, workspace_id, customer_id, source, external_id, category, channel, direction, priority, status, operator, subject,
  body, opened_at, answered_at, closed_at, satisfaction, recorded_at, assumed, run_id, author_id)
  SELECT id, workspace_id, customer_id, source, external_id, category, channel, 'in', '', '', '', subject,
  body, opened_at, answered_at, closed_at, satisfaction, recorded_at, assumed, run_id, author_id FROM ticket;
DROP TABLE ticket;
ALTER TABLE ticket_whole RENAME TO ticket;
CREATE UNIQUE INDEX ticket_external ON ticket (workspace_id, source, external_id);
CREATE INDEX ticket_customer ON ticket (workspace_id, customer_id, opened_at);
CREATE INDEX ticket_opened ON ticket (workspace_id, opened_at, id);
