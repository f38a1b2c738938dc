-- Saved views that the whole team sees.

ALTER TABLE saved_view ADD COLUMN is_shared BIGINT NOT NULL DEFAULT 0;
