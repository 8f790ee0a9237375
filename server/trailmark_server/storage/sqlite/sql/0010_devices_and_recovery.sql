-- A second device is let in by the first one: until then the server keeps what it says of itself.
-- A device has one code at a time. Codes live for minutes, so none is carried over.
DROP TABLE device_invitation;

CREATE TABLE device_invitation (
    space BLOB NOT NULL REFERENCES space (space),
    device BLOB NOT NULL,
    lookup_hash BLOB NOT NULL CHECK (length(lookup_hash) = 32),
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    joining BLOB, -- MessagePack of what the joining device says of itself
    asked_at INTEGER,
    answered_at INTEGER,
    bundle BLOB, -- sealed for the joining device; NULL behind an answer is a refusal
    PRIMARY KEY (space, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX device_invitation_by_lookup ON device_invitation (lookup_hash);

ALTER TABLE device ADD COLUMN let_in_by TEXT NOT NULL DEFAULT 'invitation'
    CHECK (let_in_by IN ('invitation', 'device', 'recovery'));
ALTER TABLE device ADD COLUMN confirmed_by BLOB;

-- The copy of what the keys store lists, for use inside transactions; see there. Its space may be
-- unknown here after a restore, so it refers to none.
CREATE TABLE recovery (
    space BLOB PRIMARY KEY CHECK (length(space) = 16),
    lookup_hash BLOB NOT NULL CHECK (length(lookup_hash) = 32),
    authenticator_hash BLOB NOT NULL CHECK (length(authenticator_hash) = 32),
    holder BLOB NOT NULL CHECK (length(holder) = 16),
    bundle BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    made_by BLOB NOT NULL,
    used_at INTEGER,
    used_by BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX recovery_by_lookup ON recovery (lookup_hash);
