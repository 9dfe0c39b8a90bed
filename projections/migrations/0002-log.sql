-- The log: everything that happened, in one gapless order. It is the truth; every other table can be made again from it.

CREATE SCHEMA log;

-- One row an event. `data` and `meta` are json, not jsonb: their bytes are kept exactly as they were hashed.
CREATE TABLE log.events (
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    stream uuid NOT NULL,
    version integer NOT NULL,
    schema_version integer NOT NULL,
    category text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    data json NOT NULL,
    meta json NOT NULL,
    PRIMARY KEY (position)
) PARTITION BY RANGE (position);

CREATE INDEX events_by_category ON log.events (category, position);
CREATE INDEX events_by_actor ON log.events ((meta->>'actor'), position);
CREATE INDEX events_by_correlation ON log.events ((meta->>'correlation'), position);

-- The last position and its hash. Whoever appends locks this row, so the order of commits is the order of positions.
CREATE TABLE log.head (
    position bigint NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    only_one boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (only_one)
) WITH (fillfactor = 10);

INSERT INTO log.head (position, hash, recorded_at)
VALUES (0, decode(repeat('00', 32), 'hex'), '1970-01-01 00:00:00+00');

-- What happened cannot be changed: not by a mistake of ours, nor by a hurried hand in psql.
CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events cannot be changed or deleted'
        USING HINT = 'Append a new event that puts right what was wrong.';
END
$$;

CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON log.events
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();

-- Locks the head for one who believes to know where it is, and saves a round trip to ask. Fails where the log has grown since.
CREATE FUNCTION log.claim_head(wanted bigint, wanted_hash bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM log.head WHERE position = wanted AND hash = wanted_hash FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the log has grown' USING ERRCODE = 'LO001';
    END IF;
END
$$;

-- Makes the partition that holds `wanted`, of a million positions, unless it is there. To be called with the head locked.
-- Made first and attached then, because attaching does not keep readers of the log waiting.
CREATE FUNCTION log.make_partition(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    size CONSTANT bigint := 1000000;
    number CONSTANT bigint := (wanted - 1) / size;
    partition CONSTANT text := 'events_' || lpad(number::text, 6, '0');
BEGIN
    IF to_regclass('log.' || partition) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE log.%I (LIKE log.events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition);
    EXECUTE format('ALTER TABLE log.%I ALTER data SET STORAGE MAIN, ALTER meta SET STORAGE MAIN', partition);
    EXECUTE format('CREATE UNIQUE INDEX %I ON log.%I (stream, version)', partition || '_by_stream', partition);
    -- Triggers for whole statements are not inherited: without one of its own, the partition itself could be changed.
    EXECUTE format(
        'CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON log.%I '
        'FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change()', partition);
    EXECUTE format(
        'ALTER TABLE log.events ATTACH PARTITION log.%I FOR VALUES FROM (%s) TO (%s)',
        partition, number * size + 1, (number + 1) * size + 1);
END
$$;

SELECT log.make_partition(1);

-- The last position recorded at or before a moment. Times never decrease along positions and no position is missing, so
-- halving finds it in a few look-ups, and no index on the time has to be kept.
CREATE FUNCTION log.position_at(moment timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint := 0;
    high bigint;
    middle bigint;
BEGIN
    SELECT position INTO high FROM log.head;
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT recorded_at FROM log.events WHERE position = middle) <= moment THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END
$$;
