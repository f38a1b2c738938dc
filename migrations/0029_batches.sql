-- What belongs to one act on many cards, or to one move of steps, was found by walking all of a workspace.
CREATE INDEX card_batch_row_batch ON card_batch_row (workspace_id, batch_id, card_id);
CREATE INDEX play_shift_row_shift ON play_shift_row (workspace_id, shift_id, run_id);
