-- Accounts: who may sign in, which devices speak for a person, who was invited, who looked.
-- Small and unsharded, except what belongs to one space: there the key begins with space.
-- Secrets are SHA-256 only. Times are milliseconds UTC.

CREATE TABLE therapist (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_link (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    therapist BLOB NOT NULL REFERENCES therapist (id),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE web_session (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    therapist BLOB NOT NULL REFERENCES therapist (id),
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation (
    lookup_hash BLOB PRIMARY KEY CHECK (length(lookup_hash) = 32),
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    therapist BLOB NOT NULL REFERENCES therapist (id),
    label TEXT NOT NULL,
    confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    used_at INTEGER,
    used_space BLOB,
    used_device BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE space (
    space BLOB PRIMARY KEY CHECK (length(space) = 16),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    space BLOB NOT NULL REFERENCES space (space),
    device BLOB NOT NULL CHECK (length(device) = 16),
    name TEXT NOT NULL,
    credential_hash BLOB NOT NULL UNIQUE CHECK (length(credential_hash) = 32),
    created_at INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    next_hash BLOB UNIQUE,
    next_issued_at INTEGER,
    revoked_at INTEGER,
    PRIMARY KEY (space, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_invitation (
    lookup_hash BLOB PRIMARY KEY CHECK (length(lookup_hash) = 32),
    space BLOB NOT NULL REFERENCES space (space),
    device BLOB NOT NULL,
    bundle BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    used_device BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE acquaintance (
    space BLOB NOT NULL REFERENCES space (space),
    therapist BLOB NOT NULL REFERENCES therapist (id),
    device BLOB NOT NULL,
    label TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    PRIMARY KEY (space, therapist)
) STRICT, WITHOUT ROWID;

CREATE INDEX acquaintance_of_therapist ON acquaintance (therapist);

CREATE TABLE access_entry (
    space BLOB NOT NULL,
    "window" INTEGER NOT NULL,
    member BLOB NOT NULL,
    page TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    PRIMARY KEY (space, "window", member, page)
) STRICT, WITHOUT ROWID;
