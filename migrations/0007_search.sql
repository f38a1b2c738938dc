-- What can be found by its text. The tokens themselves lie in the full text of each engine (crates/db/src/search.rs), under the same id.
CREATE TABLE search_doc (
  id BIGINT PRIMARY KEY,
  workspace_id UUID NOT NULL,
  kind TEXT NOT NULL,
  object_id UUID NOT NULL
);
CREATE INDEX search_doc_object ON search_doc (workspace_id, object_id, kind);
