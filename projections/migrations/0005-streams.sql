-- What each stream is: its category, and how many events it has. The database itself refuses an event that belongs to another
-- category than its stream, or that is not the next of it, whoever writes it.

CREATE TABLE log.streams (
    stream uuid NOT NULL,
    category text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (stream)
) WITH (fillfactor = 80);

-- Reads all of it from the log again: after the log was filled at one go, and where the table does not agree with it. The first
-- event of a stream says what the stream is. Installations made before this table may hold events of other categories in a
-- stream; those are counted, and skipped wherever events are folded.
CREATE FUNCTION log.fill_streams() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE log.streams;
    INSERT INTO log.streams
    SELECT stream, coalesce(min(category) FILTER (WHERE version = 1), min(category)), max(version)
    FROM log.events GROUP BY stream ORDER BY stream;
END
$$;

SELECT log.fill_streams();

-- The settings of the planner: it never knows how many events a statement has added, and must look streams up one by one.
CREATE FUNCTION log.keep_streams() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wanted bigint;
    begun bigint;
    continued bigint := 0;
    bad record;
BEGIN
    SELECT count(DISTINCT stream) INTO wanted FROM added;
    INSERT INTO log.streams
    SELECT stream, min(category), max(version) FROM added GROUP BY stream
    HAVING min(version) = 1 AND max(version) = count(*) AND min(category) = max(category)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS begun = ROW_COUNT;
    IF begun < wanted THEN
        UPDATE log.streams AS known SET version = run.last
        FROM (
            SELECT stream, min(category) AS category, min(version) AS first, max(version) AS last FROM added GROUP BY stream
            HAVING min(version) > 1 AND max(version) - min(version) + 1 = count(*) AND min(category) = max(category)
        ) AS run
        WHERE known.stream = run.stream AND known.category = run.category AND known.version = run.first - 1;
        GET DIAGNOSTICS continued = ROW_COUNT;
    END IF;
    IF begun + continued < wanted THEN
        SELECT a.stream, a.version, a.category, s.category AS owner, s.version AS known INTO bad
        FROM added AS a LEFT JOIN log.streams AS s ON s.stream = a.stream
        ORDER BY (a.category = s.category) IS TRUE, a.position LIMIT 1;
        RAISE EXCEPTION 'the event % of the stream % in the category % does not continue that stream', bad.version, bad.stream,
            bad.category
            USING ERRCODE = 'LO002',
            DETAIL = coalesce('The stream belongs to ' || bad.owner || ' and has ' || bad.known || ' events.', 'There is no such stream.');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER events_belong_to_streams AFTER INSERT ON log.events
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION log.keep_streams();

-- A partition that is written to directly is guarded by a trigger of its own, as against changes.
CREATE FUNCTION log.guard_partition(partition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER events_belong_to_streams AFTER INSERT ON log.%I '
        'REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION log.keep_streams()', partition);
END
$$;

SELECT log.guard_partition(c.relname) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'log.events'::regclass;

CREATE OR REPLACE FUNCTION log.attach_partition(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    size CONSTANT bigint := log.partition_size();
    number CONSTANT bigint := (wanted - 1) / size;
    partition CONSTANT text := log.partition_name(wanted);
BEGIN
    EXECUTE format('CREATE UNIQUE INDEX %I ON log.%I (stream, version)', partition || '_by_stream', partition);
    -- Triggers for whole statements are not inherited: without one of its own, the partition itself could be changed.
    EXECUTE format(
        'CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON log.%I '
        'FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change()', partition);
    PERFORM log.guard_partition(partition);
    EXECUTE format(
        'ALTER TABLE log.events ATTACH PARTITION log.%I FOR VALUES FROM (%s) TO (%s)',
        partition, number * size + 1, (number + 1) * size + 1);
    EXECUTE format('ALTER TABLE log.%I DROP CONSTRAINT positions', partition);
END
$$;

-- What such events had changed is not theirs to change: the projections are built anew without them.
UPDATE log.projections SET fingerprint = 'not built'
WHERE EXISTS (SELECT FROM log.events AS e JOIN log.streams AS s ON s.stream = e.stream WHERE e.category <> s.category);
