-- The log of events and what is folded out of it.
--
-- A lane is a number here, so that the indexes of the big table stay small.

CREATE TABLE lane (
    number INTEGER PRIMARY KEY,
    space BLOB NOT NULL,
    name TEXT NOT NULL,
    head INTEGER NOT NULL,
    hash BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (space, name)
) STRICT;

CREATE TABLE event (
    lane INTEGER NOT NULL REFERENCES lane (number),
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    device BLOB NOT NULL,
    epoch BLOB NOT NULL,
    dseq INTEGER NOT NULL,
    key BLOB NOT NULL,
    commitment BLOB NOT NULL,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL,
    salt BLOB,
    body BLOB, -- sealed with the person's at-rest key
    received_at INTEGER NOT NULL,
    clock_offset INTEGER NOT NULL,
    actor TEXT NOT NULL,
    code TEXT,
    lane_hash BLOB NOT NULL,
    type TEXT, -- this and the next two: only what the server can read, in shared lanes
    subject BLOB,
    day TEXT
) STRICT;

CREATE UNIQUE INDEX event_by_seq ON event (lane, seq);
CREATE INDEX event_by_id ON event (lane, id);
CREATE INDEX event_by_subject ON event (lane, subject) WHERE subject IS NOT NULL;
CREATE INDEX event_by_day ON event (lane, day) WHERE day IS NOT NULL;

-- Rows are never changed, except that a body goes away (erasure) or that a stub learns its subject.
CREATE TRIGGER event_is_immutable
BEFORE UPDATE OF lane, seq, id, device, epoch, dseq, key, commitment, prev, hash,
    received_at, clock_offset, actor, code, lane_hash ON event
BEGIN
    SELECT RAISE(ABORT, 'rows of the log never change');
END;

CREATE TRIGGER event_body_only_goes_away
BEFORE UPDATE OF salt, body ON event
WHEN new.salt IS NOT NULL OR new.body IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a body can only go away');
END;

CREATE TRIGGER event_is_never_deleted
BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'rows of the log are never deleted');
END;

CREATE TABLE chain (
    lane INTEGER NOT NULL REFERENCES lane (number),
    device BLOB NOT NULL,
    epoch BLOB NOT NULL,
    high INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (lane, device, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE lane_grant (
    lane INTEGER NOT NULL REFERENCES lane (number),
    id BLOB NOT NULL,
    member BLOB, -- NULL while only the revocation is in the log
    role TEXT,
    until TEXT,
    granted_seq INTEGER,
    revoked_seq INTEGER,
    PRIMARY KEY (lane, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX lane_grant_by_member ON lane_grant (member) WHERE member IS NOT NULL;

CREATE TABLE document (
    lane INTEGER NOT NULL REFERENCES lane (number),
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject BLOB NOT NULL,
    parent BLOB,
    json BLOB NOT NULL,
    PRIMARY KEY (lane, version, subject)
) STRICT;

CREATE INDEX document_by_kind ON document (lane, version, kind, subject);
CREATE INDEX document_by_parent ON document (lane, version, parent) WHERE parent IS NOT NULL;

-- How far the documents of a version go; a lane without such a row is folded before it is read.
CREATE TABLE projection (
    lane INTEGER NOT NULL REFERENCES lane (number),
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (lane, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE failed_fold (
    lane INTEGER NOT NULL REFERENCES lane (number),
    version INTEGER NOT NULL,
    subject BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (lane, version, subject)
) STRICT, WITHOUT ROWID;

-- Copies of the lists of the keys store, for use inside the log's transactions.

CREATE TABLE revoked_grant (
    space BLOB NOT NULL,
    id BLOB NOT NULL,
    PRIMARY KEY (space, id)
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

-- How often a person was erased: who remembers an at-rest key from before must not use it.
CREATE TABLE space_erasure (
    space BLOB PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
