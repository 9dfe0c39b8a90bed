-- The past: every version that has a successor, with the positions from and until which it was the present. Together with
-- `entities` it answers what anything looked like at any position.
-- Rebuilt by folding each stream of the log.

-- part: table
CREATE TABLE live.entity_versions (
    id uuid NOT NULL,
    type text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL,
    until_position bigint NOT NULL,
    created_position bigint NOT NULL,
    archived boolean NOT NULL,
    favorite boolean NOT NULL,
    tags text[] COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    fields jsonb NOT NULL,
    search tsvector NOT NULL,
    document json NOT NULL
);

-- part: indexes
ALTER TABLE live.entity_versions ADD PRIMARY KEY (id, version);
CREATE INDEX entity_versions_by_creation ON live.entity_versions (type, created_position)
    INCLUDE (position, until_position, archived, favorite);
CREATE INDEX entity_versions_by_change ON live.entity_versions (type, position);
CREATE INDEX entity_versions_by_word ON live.entity_versions USING gin (search);

-- part: move
INSERT INTO live.entity_versions
SELECT old.id, old.type, old.version, old.position, new.until_position, old.created_position, old.archived, old.favorite,
    old.tags, old.name, old.fields, old.search, old.document
FROM unnest(:id, :type, :until_position) AS new (id, type, until_position)
JOIN live.entities AS old ON old.id = new.id AND old.type = new.type

-- part: write
-- The tags of all rows come in one array, and with each row the places of its own.
INSERT INTO live.entity_versions
SELECT id, type, version, position, until_position, created_position, archived, favorite, (:tags)[first_tag : last_tag],
    name, fields, search, document
FROM unnest(:id, :type, :version, :position, :until_position, :created_position, :archived, :favorite, :first_tag,
    :last_tag, :name, :fields, :search, :document)
    AS new (id, type, version, position, until_position, created_position, archived, favorite, first_tag, last_tag, name,
        fields, search, document)
