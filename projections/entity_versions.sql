-- The past: every version that has a successor, with the positions from and until which it was the present. Together with
-- `entities` it answers what anything looked like at any position.
-- Rebuilt by folding each stream of the log.

-- part: table
CREATE TABLE live.entity_versions ({columns}
);

-- part: indexes
ALTER TABLE live.entity_versions ADD PRIMARY KEY (id, version);
CREATE INDEX entity_versions_by_creation ON live.entity_versions (type, created_position)
    INCLUDE (position, until_position, archived, favorite);
CREATE INDEX entity_versions_by_change ON live.entity_versions (type, position);
CREATE INDEX entity_versions_by_word ON live.entity_versions USING gin (search);

-- part: move
INSERT INTO live.entity_versions ({names})
SELECT {names} FROM (
    SELECT old.*, new.until_position
    FROM unnest(:id, :type, :until_position) AS new (id, type, until_position)
    JOIN live.entities AS old ON old.id = new.id AND old.type = new.type
) AS moved
