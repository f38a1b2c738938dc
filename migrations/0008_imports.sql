-- Imports by files: what was brought in by whom, what became of it, and how files with the same headings were read.

ALTER TABLE import_run ADD COLUMN state TEXT NOT NULL DEFAULT 'done';
ALTER TABLE import_run ADD COLUMN file_name TEXT NOT NULL DEFAULT '';
ALTER TABLE import_run ADD COLUMN file_bytes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_run ADD COLUMN staff_id UUID;
ALTER TABLE import_run ADD COLUMN wish TEXT NOT NULL DEFAULT '';
ALTER TABLE import_run ADD COLUMN report TEXT NOT NULL DEFAULT '';
ALTER TABLE import_run ADD COLUMN undone_at BIGINT;
ALTER TABLE import_run ADD COLUMN undone_by UUID;

CREATE TABLE import_map (
  workspace_id UUID NOT NULL,
  shape TEXT NOT NULL,
  wish TEXT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, shape)
);
