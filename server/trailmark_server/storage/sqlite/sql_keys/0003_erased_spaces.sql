-- Persons who were erased, for good: no restored log brings them back. A proof is what a device of
-- theirs says about it, relayed to the others, which alone can check it; ids, times and hashes only.

CREATE TABLE erased_space (
    space BLOB PRIMARY KEY CHECK (length(space) = 16),
    erased_at INTEGER NOT NULL,
    erased_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE erasure_proof (
    space BLOB NOT NULL REFERENCES erased_space (space),
    device BLOB NOT NULL,
    event BLOB NOT NULL CHECK (length(event) = 16),
    bodies BLOB NOT NULL,
    PRIMARY KEY (space, device)
) STRICT, WITHOUT ROWID;
