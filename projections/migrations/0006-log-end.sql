-- A writer that believes to know the head appends without asking where the log ends. The head is a row that can be changed by
-- hand, and so can events be taken away: the last event has to be there too.

-- Locks the head for one who believes to know where it is, and saves a round trip to ask. Fails where the log has grown since,
-- or does not end with that event.
CREATE OR REPLACE FUNCTION log.claim_head(wanted bigint, wanted_hash bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM log.head WHERE position = wanted AND hash = wanted_hash FOR UPDATE;
    IF NOT FOUND OR wanted > 0 AND NOT EXISTS (
        SELECT FROM log.events WHERE position = wanted AND hash = wanted_hash
    ) THEN
        RAISE EXCEPTION 'the log has grown, or does not end there' USING ERRCODE = 'LO001';
    END IF;
END
$$;
