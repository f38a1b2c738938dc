-- Cards whole: limits of answer, healing, what a person did last, who helps, who is meant, changes of many at once.

-- Every change of a card raises its version, so that of two who change it at once one learns of it.
ALTER TABLE card ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
-- Who made it by hand; NULL = a signal did.
ALTER TABLE card ADD COLUMN made_by UUID;
-- When a person first did anything with it: a card that nobody touched may end by itself.
ALTER TABLE card ADD COLUMN touched_at BIGINT;
-- Days in a row on which nothing of what it was opened for stood, the last one counted, and the first.
ALTER TABLE card ADD COLUMN healthy_days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN healthy_day BIGINT;
ALTER TABLE card ADD COLUMN healthy_from_day BIGINT;
-- Limits of the first answer and of closing, as they were settled when it was opened; 1 and 2 of `escalated` = told of.
ALTER TABLE card ADD COLUMN answer_due_at BIGINT;
ALTER TABLE card ADD COLUMN close_due_at BIGINT;
ALTER TABLE card ADD COLUMN escalated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN false_reason TEXT NOT NULL DEFAULT '';
UPDATE card SET touched_at = changed_at WHERE taken_at IS NOT NULL OR snoozed_until IS NOT NULL OR closed_by IS NOT NULL;

DROP INDEX card_owner;
DROP INDEX card_priority;
-- What lists of all open cards ask of a card is told by the index alone.
CREATE INDEX card_open ON card (workspace_id, priority DESC, id, owner_id, kind, snoozed_until, taken_at, waiting_at) WHERE closed_at IS NULL;
CREATE INDEX card_open_owner ON card (workspace_id, owner_id, priority DESC, id) WHERE closed_at IS NULL;
CREATE INDEX card_open_kind ON card (workspace_id, kind, priority DESC, id) WHERE closed_at IS NULL;
CREATE INDEX card_taken ON card (workspace_id, taken_at) WHERE closed_at IS NULL AND taken_at IS NOT NULL;
CREATE INDEX card_snoozed ON card (workspace_id, snoozed_until) WHERE closed_at IS NULL AND snoozed_until IS NOT NULL;
CREATE INDEX card_answer_due ON card (workspace_id, answer_due_at) WHERE closed_at IS NULL AND touched_at IS NULL;
CREATE INDEX card_close_due ON card (workspace_id, close_due_at) WHERE closed_at IS NULL AND close_due_at IS NOT NULL;
CREATE INDEX card_closed ON card (workspace_id, closed_at DESC, id) WHERE closed_at IS NOT NULL;
CREATE INDEX card_closed_count ON card (workspace_id, owner_id, kind) WHERE closed_at IS NOT NULL;

-- The figures that a firing saw, and the key of the fact that it is about.
ALTER TABLE card_cause ADD COLUMN figures TEXT NOT NULL DEFAULT '[]';
ALTER TABLE card_cause ADD COLUMN fact TEXT NOT NULL DEFAULT '';
CREATE INDEX card_cause_rule ON card_cause (workspace_id, rule, card_id);

-- Who helps with a card beside its owner.
CREATE TABLE card_associate (
  workspace_id UUID NOT NULL,
  card_id UUID NOT NULL REFERENCES card (id),
  staff_id UUID NOT NULL REFERENCES staff (id),
  added_at BIGINT NOT NULL,
  added_by UUID,
  PRIMARY KEY (card_id, staff_id)
);
CREATE INDEX card_associate_staff ON card_associate (workspace_id, staff_id);

-- Somebody who is meant in words on a card, until they have seen them.
CREATE TABLE card_mention (
  workspace_id UUID NOT NULL,
  step_id UUID NOT NULL,
  card_id UUID NOT NULL REFERENCES card (id),
  staff_id UUID NOT NULL REFERENCES staff (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT,
  PRIMARY KEY (step_id, staff_id)
);
CREATE INDEX card_mention_staff ON card_mention (workspace_id, staff_id, seen_at);
CREATE INDEX card_mention_card ON card_mention (workspace_id, card_id);

-- Several cards changed at once, each with what it was before, so that the whole can be taken back.
CREATE TABLE card_batch (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  act TEXT NOT NULL,
  staff_id UUID,
  happened_at BIGINT NOT NULL,
  undone_at BIGINT
);
CREATE TABLE card_batch_row (
  batch_id UUID NOT NULL REFERENCES card_batch (id),
  workspace_id UUID NOT NULL,
  card_id UUID NOT NULL REFERENCES card (id),
  before TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (batch_id, card_id)
);
CREATE INDEX card_batch_row_card ON card_batch_row (workspace_id, card_id);

-- Signs that made no card because their rule was still cooling down: listed among what was kept quiet.
CREATE TABLE quiet_sign (
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  rule TEXT NOT NULL,
  from_day BIGINT NOT NULL,
  last_day BIGINT NOT NULL,
  fired_day BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, customer_id, rule)
);
CREATE INDEX quiet_sign_day ON quiet_sign (workspace_id, last_day);
