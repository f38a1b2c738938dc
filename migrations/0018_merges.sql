-- Customers that turned out to be one. The row of the one that is gone, its fields and its scores lie in `gone` until the merge is undone;
-- its records belong to the other since, and are named so that they can go back. Usage events keep the code that they came with.

CREATE TABLE customer_merge (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  into_code TEXT NOT NULL,
  gone_code TEXT NOT NULL,
  gone_id UUID NOT NULL,
  gone_name TEXT NOT NULL,
  gone TEXT NOT NULL,
  merged_at BIGINT NOT NULL,
  staff_id UUID,
  undone_at BIGINT,
  undone_by UUID
);
CREATE UNIQUE INDEX customer_merge_gone ON customer_merge (workspace_id, gone_code) WHERE undone_at IS NULL;
CREATE INDEX customer_merge_id ON customer_merge (workspace_id, gone_id);
CREATE INDEX customer_merge_time ON customer_merge (workspace_id, merged_at);

CREATE TABLE customer_merge_row (
  merge_id UUID NOT NULL REFERENCES customer_merge (id),
  kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  PRIMARY KEY (merge_id, kind, object_id)
);

-- Customers that look like one and are not, as somebody said. The smaller id comes first.
CREATE TABLE not_double (
  workspace_id UUID NOT NULL,
  one_id UUID NOT NULL,
  other_id UUID NOT NULL,
  said_at BIGINT NOT NULL,
  staff_id UUID,
  PRIMARY KEY (workspace_id, one_id, other_id)
);
