-- Whose tables these are. A writer keeps the tables in the transaction in which it appends, so one of another version would keep
-- them wrongly: the database takes events only from writers that keep what the tables hold.

-- Names what writers have to keep; nothing where no tables have been made. It changes in the transaction in which the tables do.
ALTER TABLE log.head ADD COLUMN tables text;

-- As before, but for the first look. A writer says by the setting `lifeos.tables` what it keeps. The row of the head is found by its
-- key: reading the table, which the settings forbid, would be thought so dear that each call was compiled for 50 ms.
CREATE OR REPLACE FUNCTION log.keep_streams() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wanted bigint;
    begun bigint;
    continued bigint := 0;
    bad record;
BEGIN
    IF (SELECT tables <> coalesce(current_setting('lifeos.tables', true), '') FROM log.head WHERE only_one) THEN
        RAISE EXCEPTION 'the tables of this database are kept by another version of Life-OS'
            USING ERRCODE = 'LO003', HINT = 'Start this node with that version, or restart it to take over.';
    END IF;
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
