-- Every word that was ever in a searchable field, with the position it first came at: what a mistyped word of a search is
-- compared with.
-- Rebuilt from the data of all versions.

-- part: table
CREATE TABLE live.words ({columns}
);

-- part: indexes
ALTER TABLE live.words ADD PRIMARY KEY (word);
CREATE INDEX words_by_likeness ON live.words USING gin (word gin_trgm_ops);
