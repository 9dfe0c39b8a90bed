-- Who this database is. One row, made once: a backup, a fork or a second node can tell whether it stands before the same installation.

CREATE TABLE installation (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    only_one boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (only_one)
);

INSERT INTO installation (id) VALUES (gen_random_uuid());
