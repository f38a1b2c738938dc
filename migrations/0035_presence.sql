-- Days on which somebody had the product open: only that, and nothing of what they looked at.
CREATE TABLE presence (
  workspace_id UUID NOT NULL,
  staff_id UUID NOT NULL REFERENCES staff (id),
  day BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, staff_id, day)
);

-- Somebody who leads knows why a colleague is away: today's page says nothing of it until then.
CREATE TABLE presence_rest (
  workspace_id UUID NOT NULL,
  staff_id UUID NOT NULL REFERENCES staff (id),
  until_day BIGINT NOT NULL,
  is_absence BIGINT NOT NULL,
  kept_by UUID,
  kept_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, staff_id)
);
