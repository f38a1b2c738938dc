-- Letters: whose each is, so that answers find their customer, and those that wait for somebody to say it. Of letters that do not wait
-- nothing but their id is kept here.
-- state: kept · waiting · aside
CREATE TABLE letter (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  message_id TEXT NOT NULL,
  source TEXT NOT NULL,
  run_id UUID,
  state TEXT NOT NULL,
  customers TEXT NOT NULL,
  why TEXT NOT NULL,
  content TEXT NOT NULL,
  happened_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  assumed BIGINT NOT NULL
);
CREATE UNIQUE INDEX letter_message ON letter (workspace_id, message_id);
CREATE INDEX letter_waiting ON letter (workspace_id, state, happened_at, id);
CREATE INDEX letter_run ON letter (workspace_id, run_id);

-- Mail domains of our own, besides those of staff.
CREATE TABLE mail_domain (
  workspace_id UUID NOT NULL,
  domain TEXT NOT NULL,
  PRIMARY KEY (workspace_id, domain)
);

CREATE INDEX contact_by_email ON contact (workspace_id, lower(email));
CREATE INDEX customer_by_domain ON customer (workspace_id, lower(domain));
