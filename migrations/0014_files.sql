-- Files of customers and their deals. The contents lie in the folder `files` of the data folder, under their SHA-256.
CREATE TABLE file (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  deal_id UUID,
  name TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  hash TEXT NOT NULL,
  staff_id UUID,
  created_at BIGINT NOT NULL,
  removed_at BIGINT,
  removed_by UUID
);
CREATE INDEX file_customer ON file (workspace_id, customer_id, created_at);
CREATE INDEX file_hash ON file (workspace_id, hash);
