-- What programs call with. Times are microseconds since 1970.

CREATE TABLE api_keys (
    -- SHA-256 of the secret, which is kept nowhere
    token_digest BLOB PRIMARY KEY CHECK (length(token_digest) = 32),
    -- Ordered by time
    id           TEXT NOT NULL UNIQUE,
    uid          TEXT NOT NULL UNIQUE,
    user         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    -- 1 viewer, 2 editor, 3 admin
    role         INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3),
    create_time  INTEGER NOT NULL,
    expire_time  INTEGER NOT NULL,
    last_used    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_keys_by_user ON api_keys (user);
