-- Red account rooms, decisions about customers, handovers.

-- A team around one customer until it is out of danger. One is open of a customer at a time. `because` = what was seen when it was
-- opened, so that it can be compared with now.
-- state: forming · working · watching · closed
CREATE TABLE room (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  customer_id UUID NOT NULL REFERENCES customer (id),
  card_id UUID,
  owner_id UUID,
  state TEXT NOT NULL,
  goal TEXT NOT NULL,
  because TEXT NOT NULL,
  points BIGINT,
  meets_on BIGINT,
  agenda TEXT NOT NULL DEFAULT '',
  opened_at BIGINT NOT NULL,
  opened_by UUID,
  changed_at BIGINT NOT NULL,
  closed_at BIGINT,
  closed_by UUID,
  outcome TEXT,
  learned TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX room_open_once ON room (workspace_id, customer_id) WHERE closed_at IS NULL;
CREATE INDEX room_owner ON room (workspace_id, owner_id, closed_at);
CREATE INDEX room_closed ON room (workspace_id, closed_at);

-- Who belongs to a room, and what their part in it is.
CREATE TABLE room_member (
  workspace_id UUID NOT NULL,
  room_id UUID NOT NULL REFERENCES room (id),
  staff_id UUID NOT NULL REFERENCES staff (id),
  part TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (room_id, staff_id)
);
CREATE INDEX room_member_staff ON room_member (workspace_id, staff_id);

-- The plan of a room: what, who, until when.
CREATE TABLE room_action (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  room_id UUID NOT NULL REFERENCES room (id),
  what TEXT NOT NULL,
  owner_id UUID,
  due_day BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT,
  done_by UUID,
  removed_at BIGINT
);
CREATE INDEX room_action_room ON room_action (workspace_id, room_id, due_day);
CREATE INDEX room_action_owner ON room_action (workspace_id, owner_id, done_at);

-- What was decided about a customer, in a room or outside of one.
CREATE TABLE decision (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  customer_id UUID NOT NULL REFERENCES customer (id),
  room_id UUID,
  what TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_on BIGINT NOT NULL,
  review_on BIGINT,
  staff_id UUID,
  created_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX decision_customer ON decision (workspace_id, customer_id, decided_on);
CREATE INDEX decision_room ON decision (workspace_id, room_id, decided_on);

-- What happened in a room, in order.
CREATE TABLE room_step (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL,
  room_id UUID NOT NULL REFERENCES room (id),
  step TEXT NOT NULL,
  note TEXT NOT NULL,
  staff_id UUID,
  happened_at BIGINT NOT NULL
);
CREATE INDEX room_step_room ON room_step (workspace_id, room_id, happened_at);

-- Work that went from one person to others. What moved is named, so that all of it can go back.
CREATE TABLE handover (
  id UUID PRIMARY KEY,
  workspace_id UUID NOT NULL REFERENCES workspace (id),
  from_id UUID NOT NULL REFERENCES staff (id),
  note TEXT NOT NULL,
  staff_id UUID,
  created_at BIGINT NOT NULL,
  undone_at BIGINT,
  undone_by UUID
);
CREATE INDEX handover_time ON handover (workspace_id, created_at);

-- kind: customer · card · help · help_place · told · task · run · deal · mention · room · member · place (in a team in which the new owner was already) · action.
CREATE TABLE handover_item (
  workspace_id UUID NOT NULL,
  handover_id UUID NOT NULL REFERENCES handover (id),
  kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  to_id UUID NOT NULL REFERENCES staff (id),
  seen_at BIGINT,
  PRIMARY KEY (handover_id, kind, object_id)
);
CREATE INDEX handover_item_to ON handover_item (workspace_id, to_id, kind);
