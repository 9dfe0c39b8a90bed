-- What a search looks for is bounded, however many words of the log are like the one that was typed.

-- A word as a lexeme of a tsquery.
CREATE FUNCTION log.lexeme(word text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '''' || replace(replace(word, '\', '\\'), '''', '''''') || ''''
$$;

-- What to look for where someone types these words: each as it stands, as the beginning of a longer one, or mistyped. Of the
-- words that may be meant, the fifty that are most alike count; longer ones that begin with it are found anyway. `upto`
-- leaves out words that came into the log later, so that a search in the past finds what it found then.
--
-- The settings make the index on likeness give all that is above the threshold, and keep the planner from reading the whole
-- table where that is much.
CREATE OR REPLACE FUNCTION log.search_query(wanted text[], upto bigint) RETURNS tsquery LANGUAGE plpgsql STABLE
SET pg_trgm.similarity_threshold = 0.45
SET enable_seqscan = off
SET enable_indexscan = off
SET enable_indexonlyscan = off
AS $$
DECLARE
    words_max CONSTANT integer := 16;
    likes_max CONSTANT integer := 50;
    typed text;
    likes text;
    whole tsquery;
BEGIN
    FOREACH typed IN ARRAY wanted[1:words_max] LOOP
        likes := log.lexeme(typed) || ':*';
        IF length(typed) >= 4 THEN
            SELECT likes || coalesce(string_agg(' | ' || log.lexeme(alike.word), '' ORDER BY alike.word), '') INTO likes
            FROM (
                SELECT known.word FROM live.words AS known
                WHERE known.word % typed AND known.position <= upto AND NOT starts_with(known.word, typed)
                ORDER BY similarity(known.word, typed) DESC, known.word
                LIMIT likes_max
            ) AS alike;
        END IF;
        whole := CASE WHEN whole IS NULL THEN likes::tsquery ELSE whole && likes::tsquery END;
    END LOOP;
    RETURN whole;
END
$$;
