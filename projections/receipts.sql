-- Which command was carried out under which idempotency key, so that its repetition gets the same answer. Kept for seven days.
-- A key stands for one request; `part` is the place of the command within it.
-- Rebuilt from the meta of the events of the last seven days.

-- part: table
CREATE TABLE live.receipts (
    actor text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    part integer NOT NULL,
    fingerprint text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- part: indexes
ALTER TABLE live.receipts ADD PRIMARY KEY (actor, key, part);
CREATE INDEX receipts_by_age ON live.receipts (recorded_at);

-- part: prune
DELETE FROM live.receipts WHERE recorded_at < :oldest

-- part: write
INSERT INTO live.receipts
SELECT * FROM unnest(:actor, :key, :part, :fingerprint, :id, :version, :position, :recorded_at)
ON CONFLICT (actor, key, part) DO UPDATE SET
    fingerprint = excluded.fingerprint, id = excluded.id, version = excluded.version, position = excluded.position,
    recorded_at = excluded.recorded_at
