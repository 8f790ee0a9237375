-- What must survive a restore of the log. Backed up apart, with short retention.

CREATE TABLE signing_key (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    seed BLOB NOT NULL
) STRICT;

CREATE TABLE space_key (
    space BLOB PRIMARY KEY,
    key BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE revoked_grant (
    space BLOB NOT NULL,
    id BLOB NOT NULL,
    PRIMARY KEY (space, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE revoked_credential (
    hash BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE erased_event (
    space BLOB NOT NULL,
    lane TEXT NOT NULL,
    id BLOB NOT NULL,
    PRIMARY KEY (space, lane, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_space (
    space BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
