-- Every firing of a rule: the figures that made it fire, what the rule knew before and after, under which settings, and when what
-- it fired for was over.
CREATE TABLE firing (
  workspace_id UUID NOT NULL,
  subject TEXT NOT NULL,
  rule TEXT NOT NULL,
  fired_day BIGINT NOT NULL,
  customer_id UUID REFERENCES customer (id),
  seen TEXT NOT NULL,
  settings_version BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  ended_day BIGINT,
  PRIMARY KEY (workspace_id, subject, rule, fired_day)
);
CREATE INDEX firing_rule ON firing (workspace_id, rule, fired_day, subject);
CREATE INDEX firing_age ON firing (workspace_id, recorded_at);
