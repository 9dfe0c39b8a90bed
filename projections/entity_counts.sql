-- How many entities there are of each type, archived or not, favourite or not: the totals of lists. A combination that no
-- entity has any more keeps its row, with 0.
-- Rebuilt by counting what each event changes.

-- part: table
CREATE TABLE live.entity_counts ({columns}
) WITH (fillfactor = 50);

-- part: indexes
ALTER TABLE live.entity_counts ADD PRIMARY KEY (type, archived, favorite);
