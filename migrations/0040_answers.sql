-- When somebody first answered a card: took it, waited for the customer, closed it, or did a step for it. What else people do with it is
-- no answer, and leaves its limit as it is.
ALTER TABLE card ADD COLUMN answered_at BIGINT;
UPDATE card SET answered_at = COALESCE(taken_at, waiting_at, closed_at);
DROP INDEX card_answer_due;
CREATE INDEX card_answer_due ON card (workspace_id, answer_due_at) WHERE closed_at IS NULL AND answered_at IS NULL;
-- Which change of a card an answer by a link was, so that it can be taken back.
ALTER TABLE notice_answer ADD COLUMN batch_id UUID;
