-- A place for the projections, and what was used to build each: where that has changed since, it is built anew.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA live;

CREATE TABLE log.projections (
    name text COLLATE "C" PRIMARY KEY,
    fingerprint text NOT NULL,
    position bigint NOT NULL,
    built_at timestamptz NOT NULL DEFAULT now()
);

-- What to look for where someone types these words: each as it stands, as the beginning of a longer one, or mistyped.
-- `upto` leaves out words that came into the log later, so that a search in the past finds what it found then.
CREATE FUNCTION log.search_query(wanted text[], upto bigint) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE
    typed text;
    likes text;
    whole tsquery;
BEGIN
    FOREACH typed IN ARRAY wanted LOOP
        likes := quote_literal(typed) || ':*';
        IF length(typed) >= 4 THEN
            SELECT likes || coalesce(string_agg(' | ' || quote_literal(known.word), '' ORDER BY known.word), '') INTO likes
            FROM live.words AS known
            WHERE known.word % typed AND similarity(known.word, typed) >= 0.45 AND known.position <= upto;
        END IF;
        whole := CASE WHEN whole IS NULL THEN likes::tsquery ELSE whole && likes::tsquery END;
    END LOOP;
    RETURN whole;
END
$$;
