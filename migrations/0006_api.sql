-- Programs that read and write by the API: a token each, with what it may.
CREATE TABLE api_token (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE UNIQUE INDEX api_token_hash ON api_token (token_hash);
CREATE UNIQUE INDEX api_token_name ON api_token (workspace_id, name) WHERE revoked_at IS NULL;

-- Answers to requests that carry an Idempotency-Key, so that the same request again gets the same answer.
CREATE TABLE api_answer (
  workspace_id UUID NOT NULL,
  token_id UUID NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  location TEXT NOT NULL,
  body TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, token_id, idempotency_key)
);
CREATE INDEX api_answer_age ON api_answer (answered_at);
