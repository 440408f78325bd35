-- Who may sign in, and who has. Times are microseconds since 1970.

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    uid           TEXT NOT NULL UNIQUE,
    version       INTEGER NOT NULL CHECK (version > 0),
    login         TEXT NOT NULL,
    -- The login in lower case, by which it is unique and sorted.
    login_key     TEXT NOT NULL UNIQUE,
    display_name  TEXT NOT NULL,
    -- 1 viewer, 2 editor, 3 admin
    role          INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3),
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    -- argon2id, as a PHC string
    password_hash TEXT NOT NULL,
    create_time   INTEGER NOT NULL,
    update_time   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    -- SHA-256 of the token, which is kept nowhere
    token_digest BLOB PRIMARY KEY CHECK (length(token_digest) = 32),
    id           TEXT NOT NULL UNIQUE,
    user         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    create_time  INTEGER NOT NULL,
    last_used    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user, create_time);

CREATE TABLE sign_in_failures (
    -- SHA-256 of the login in lower case; it need not be one of a user
    account   BLOB PRIMARY KEY CHECK (length(account) = 32),
    count     INTEGER NOT NULL CHECK (count > 0),
    last_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_failures_by_time ON sign_in_failures (last_time);

CREATE TABLE setup_tokens (
    only         INTEGER PRIMARY KEY CHECK (only = 1),
    token_digest BLOB NOT NULL CHECK (length(token_digest) = 32),
    expire_time  INTEGER NOT NULL
) STRICT;
