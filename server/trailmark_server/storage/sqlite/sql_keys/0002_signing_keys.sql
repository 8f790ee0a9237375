-- Signing keys follow each other, each signed by the one before it. Of the newest one the private
-- half is here, of the others the public half only: what signs no more must not be stolen any more.

CREATE TABLE succession (
    number INTEGER PRIMARY KEY, -- from 1, without a gap
    seed BLOB CHECK (length(seed) = 32), -- the private half
    key BLOB CHECK (length(key) = 32), -- the public half
    since INTEGER NOT NULL, -- milliseconds UTC; 0 for the first
    signature BLOB CHECK (length(signature) = 64), -- by the key before
    CHECK ((seed IS NULL) <> (key IS NULL)),
    CHECK ((signature IS NULL) = (number = 1))
) STRICT;

INSERT INTO succession (number, seed, since) SELECT 1, seed, 0 FROM signing_key;

DROP TABLE signing_key;
