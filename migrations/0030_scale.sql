-- Which of the kept points were reckoned by the metrics, models and calendar of the last scoring: those can be compared with today's.
ALTER TABLE standing ADD COLUMN scale BIGINT NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN scale_from BIGINT NOT NULL DEFAULT 0;
-- Signs since yesterday evening were found by going through all cards there ever were.
CREATE INDEX card_opened ON card (workspace_id, opened_at, customer_id, owner_id);
