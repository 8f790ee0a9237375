-- The server's signing key may be followed by another one. Who joined under which key is part of the
-- comparison phrase; NULL stands for the first key.
ALTER TABLE acquaintance ADD COLUMN signing_key BLOB CHECK (length(signing_key) = 32);

-- Public halves of every key that ever signed for this log: a keys store that lacks one of them was
-- put back from an older copy.
CREATE TABLE known_signing_key (
    key BLOB PRIMARY KEY CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;
