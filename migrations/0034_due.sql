-- Cards of somebody whose day has come, those that came due last first.
CREATE INDEX card_due ON card (workspace_id, owner_id, due_day, id) WHERE closed_at IS NULL;
