-- Which command was carried out under which idempotency key, so that its repetition gets the same answer. Kept for seven days.
-- A key stands for one request; `part` is the place of the command within it.
-- Rebuilt from the meta of the events of the last seven days.

-- part: table
CREATE TABLE live.receipts ({columns}
);

-- part: indexes
ALTER TABLE live.receipts ADD PRIMARY KEY (actor, key, part);
CREATE INDEX receipts_by_age ON live.receipts (recorded_at);

-- part: prune
DELETE FROM live.receipts WHERE recorded_at < :oldest
