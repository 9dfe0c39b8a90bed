-- Filling an empty log quickly, and what a fork knows of itself.

-- How many positions one partition of the log holds.
CREATE FUNCTION log.partition_size() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 1000000::bigint $$;

-- The table of the partition that holds `wanted`.
CREATE FUNCTION log.partition_name(wanted bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'events_' || lpad(((wanted - 1) / log.partition_size())::text, 6, '0')
$$;

-- Makes the table of the partition that holds `wanted`, without any index and not part of the log yet: so it is filled
-- several times as fast. The CHECK spares attaching it from reading it all again.
CREATE FUNCTION log.make_partition_table(wanted bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    size CONSTANT bigint := log.partition_size();
    number CONSTANT bigint := (wanted - 1) / size;
    partition CONSTANT text := log.partition_name(wanted);
BEGIN
    EXECUTE format('CREATE TABLE log.%I (LIKE log.events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition);
    EXECUTE format('ALTER TABLE log.%I ALTER data SET STORAGE MAIN, ALTER meta SET STORAGE MAIN', partition);
    EXECUTE format(
        'ALTER TABLE log.%I ADD CONSTRAINT positions CHECK (position >= %s AND position < %s)',
        partition, number * size + 1, (number + 1) * size + 1);
    RETURN partition;
END
$$;

-- Makes such a table part of the log, with all its indexes. Attaching does not keep readers of the log waiting.
CREATE FUNCTION log.attach_partition(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
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
    EXECUTE format(
        'ALTER TABLE log.events ATTACH PARTITION log.%I FOR VALUES FROM (%s) TO (%s)',
        partition, number * size + 1, (number + 1) * size + 1);
    EXECUTE format('ALTER TABLE log.%I DROP CONSTRAINT positions', partition);
END
$$;

-- Makes the partition that holds `wanted` unless it is there. To be called with the head locked.
CREATE OR REPLACE FUNCTION log.make_partition(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('log.' || log.partition_name(wanted)) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM log.make_partition_table(wanted);
    PERFORM log.attach_partition(wanted);
END
$$;

-- Where this database is a fork: of which installation, from which point on it goes its own way. Otherwise no row.
CREATE TABLE fork (
    name text COLLATE "C" NOT NULL,
    source uuid NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    reason text,
    only_one boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (only_one)
);
