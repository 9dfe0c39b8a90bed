-- The present: one row an entity, in its latest version. `document` is what clients get; the other columns find and sort it.
-- Rebuilt by folding each stream of the log.

-- part: table
CREATE TABLE live.entities (
    id uuid NOT NULL,
    type text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL,
    created_position bigint NOT NULL,
    archived boolean NOT NULL,
    favorite boolean NOT NULL,
    tags text[] COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    fields jsonb NOT NULL,
    search tsvector NOT NULL,
    document json NOT NULL
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

-- part: write
-- The tags of all rows come in one array, and with each row the places of its own.
INSERT INTO live.entities AS old
    (id, type, version, position, created_position, archived, favorite, tags, name, fields, search, document)
SELECT id, type, version, position, created_position, archived, favorite, (:tags)[first_tag : last_tag], name, fields,
    search, document
FROM unnest(:id, :type, :version, :position, :created_position, :archived, :favorite, :first_tag, :last_tag, :name,
    :fields, :search, :document)
    AS new (id, type, version, position, created_position, archived, favorite, first_tag, last_tag, name, fields, search,
        document)
ON CONFLICT (id, type) DO UPDATE SET
    version = excluded.version, position = excluded.position, archived = excluded.archived, favorite = excluded.favorite,
    tags = excluded.tags, name = excluded.name, fields = excluded.fields, search = excluded.search,
    document = excluded.document
