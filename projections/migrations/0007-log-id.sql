-- Which log this is. A log that was restored, or forked, is another one from where it parted: a position, a cursor or a tag of the one means
-- something else in the other, or nothing.

ALTER TABLE log.head
    ADD COLUMN log_id uuid NOT NULL DEFAULT gen_random_uuid(),
    -- The log that this one continues; nothing where it continues none, or one from the time before logs had ids.
    ADD COLUMN predecessor uuid,
    -- Up to here both are the same; nothing where it continues none.
    ADD COLUMN predecessor_position bigint,
    ADD CHECK (predecessor IS NULL OR predecessor_position IS NOT NULL);

UPDATE log.head SET predecessor_position = fork.position FROM fork;

-- To be called once where PostgreSQL itself brought a database back to an earlier moment: from here on this is another log, which continues the former.
CREATE FUNCTION log.continue_as_another() RETURNS uuid LANGUAGE sql AS $$
    UPDATE log.head SET log_id = gen_random_uuid(), predecessor = log_id, predecessor_position = position RETURNING log_id
$$;
