-- Who points to whom, by which field or link, and from which position until which. `until_position` is the largest number
-- there is where it still holds.
-- Rebuilt by folding each stream of the log.

-- part: table
CREATE TABLE live.entity_references ({columns}
);

-- part: indexes
ALTER TABLE live.entity_references ADD PRIMARY KEY (source, field, target, position);
CREATE INDEX entity_references_by_target ON live.entity_references (target, until_position);

-- part: close
UPDATE live.entity_references AS old SET until_position = gone.until_position
FROM unnest(:source, :field, :target, :until_position) AS gone (source, field, target, until_position)
WHERE old.source = gone.source AND old.field = gone.field AND old.target = gone.target
    AND old.until_position = 9223372036854775807
