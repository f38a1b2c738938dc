-- Secrets of connections (signing secrets, passwords), sealed with the key of the installation. What is not here in plain text cannot leak from a dump.
CREATE TABLE secret (
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  purpose TEXT NOT NULL,
  owner_id UUID NOT NULL,
  key_mark TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  kept_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, purpose, owner_id)
);
