-- Ways to rows that were found by walking all of a workspace.
DROP INDEX play_task_step;
CREATE UNIQUE INDEX play_task_step ON play_task (workspace_id, run_id, step);
DROP INDEX play_task_open;
CREATE INDEX play_task_owner ON play_task (workspace_id, owner_id, due_day, id) WHERE standing = 'open' AND asks = 1;
CREATE INDEX play_task_due ON play_task (workspace_id, due_day, id) WHERE standing = 'open' AND asks = 1;
CREATE INDEX play_task_about ON play_task (workspace_id, customer_id, due_day, id) WHERE standing = 'open' AND asks = 1;
CREATE INDEX card_subject ON card (workspace_id, subject);
CREATE INDEX card_associate_card ON card_associate (workspace_id, card_id);
CREATE INDEX mention_activity ON mention (workspace_id, activity_id);
