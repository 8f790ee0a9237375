-- Supporters: links that open one circle lane each, and the browsers that they let in.
-- A link gives no right by itself; the grant in the lane does. Secrets are SHA-256 only.

CREATE TABLE supporter_link (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    space BLOB NOT NULL REFERENCES space (space),
    lane TEXT NOT NULL,
    member BLOB NOT NULL CHECK (length(member) = 16),
    made_at INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    opened_at INTEGER,
    ended_at INTEGER,
    ended_by TEXT CHECK (ended_by IN ('replaced', 'stopped', 'left'))
) STRICT, WITHOUT ROWID;

CREATE INDEX supporter_link_of_space ON supporter_link (space, registered_at);

CREATE TABLE supporter_session (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    link BLOB NOT NULL REFERENCES supporter_link (hash) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX supporter_session_of_link ON supporter_session (link);
