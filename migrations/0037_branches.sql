-- What a branch saw when it chose its way; NULL = it was not measured.
ALTER TABLE play_task ADD COLUMN chose_value DOUBLE PRECISION;
