-- The present: one row an entity, in its latest version. `document` is what clients get; the other columns find and sort it.
-- Rebuilt by folding each stream of the log.

-- part: table
CREATE TABLE live.entities ({columns}
) PARTITION BY LIST (type);

-- part: partition
CREATE TABLE IF NOT EXISTS live.entities_{type} PARTITION OF live.entities FOR VALUES IN ('{type}');

-- part: indexes
ALTER TABLE live.entities ADD PRIMARY KEY (id, type);
-- Counting a list reads this index alone.
CREATE INDEX entities_by_creation ON live.entities (created_position) INCLUDE (type, position, archived, favorite);
CREATE INDEX entities_by_change ON live.entities (position);
CREATE INDEX entities_by_word ON live.entities USING gin (search);
CREATE INDEX entities_by_tag ON live.entities USING gin (tags) WHERE tags <> '{}';
