-- Deals before and after the sale.
CREATE TABLE deal (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  title TEXT NOT NULL,
  kind TEXT NOT NULL,
  stage TEXT NOT NULL,
  amount_minor BIGINT,
  currency TEXT NOT NULL,
  probability BIGINT,
  opened_on BIGINT,
  closes_on BIGINT,
  closed_on BIGINT,
  owner_id UUID,
  next_step TEXT NOT NULL,
  next_on BIGINT,
  origin TEXT NOT NULL,
  promise TEXT NOT NULL,
  lost_reason TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  assumed BIGINT NOT NULL,
  run_id UUID,
  author_id UUID
);
CREATE UNIQUE INDEX deal_external ON deal (workspace_id, source, external_id);
CREATE INDEX deal_customer ON deal (workspace_id, customer_id);
CREATE INDEX deal_stage ON deal (workspace_id, stage, next_on);
