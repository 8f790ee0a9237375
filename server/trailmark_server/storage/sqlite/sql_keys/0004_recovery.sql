-- A person's recovery code: it must open the way back into a server that was restored from before
-- the person came, and one that was replaced must not come back with an old backup of the log.
CREATE TABLE recovery (
    space BLOB PRIMARY KEY,
    lookup_hash BLOB NOT NULL,
    authenticator_hash BLOB NOT NULL,
    holder BLOB NOT NULL,
    bundle BLOB NOT NULL, -- sealed; only the code opens it
    made_at INTEGER NOT NULL,
    made_by BLOB NOT NULL
) STRICT, WITHOUT ROWID;
