-- Which source may write a field of customers, and what other sources said of it instead.

CREATE TABLE field_owner (
  workspace_id UUID NOT NULL,
  field TEXT NOT NULL,
  source TEXT NOT NULL,
  set_at BIGINT NOT NULL,
  set_by UUID,
  PRIMARY KEY (workspace_id, field)
);

-- outcome: '' waits · taken · left
CREATE TABLE field_conflict (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  field TEXT NOT NULL,
  source TEXT NOT NULL,
  offered TEXT NOT NULL,
  noted_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  settled_at BIGINT,
  settled_by UUID
);
CREATE UNIQUE INDEX field_conflict_once ON field_conflict (workspace_id, customer_id, field, source);
CREATE INDEX field_conflict_waiting ON field_conflict (workspace_id, outcome, noted_at);
