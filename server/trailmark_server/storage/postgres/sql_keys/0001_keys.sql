-- What must survive a restore of the log. A database of its own, backed up apart, with short
-- retention.

-- Signing keys follow each other, each signed by the one before it. Of the newest one the private
-- half is here, of the others the public half only: what signs no more must not be stolen any more.
CREATE TABLE succession (
    number bigint PRIMARY KEY, -- from 1, without a gap
    seed bytea CHECK (length(seed) = 32), -- the private half
    key bytea CHECK (length(key) = 32), -- the public half
    since bigint NOT NULL, -- milliseconds UTC; 0 for the first
    signature bytea CHECK (length(signature) = 64), -- by the key before
    CHECK ((seed IS NULL) <> (key IS NULL)),
    CHECK ((signature IS NULL) = (number = 1))
);

CREATE TABLE space_key (
    space bytea PRIMARY KEY,
    key bytea NOT NULL
);

CREATE TABLE revoked_grant (
    space bytea NOT NULL,
    id bytea NOT NULL,
    PRIMARY KEY (space, id)
);

CREATE TABLE revoked_credential (
    hash bytea PRIMARY KEY
);

CREATE TABLE erased_event (
    space bytea NOT NULL,
    lane text COLLATE "C" NOT NULL,
    id bytea NOT NULL,
    PRIMARY KEY (space, lane, id)
);

CREATE TABLE closed_space (
    space bytea PRIMARY KEY
);

-- Persons who were erased, for good: no restored log brings them back. A proof is what a device of
-- theirs says about it, relayed to the others, which alone can check it; ids, times and hashes only.
CREATE TABLE erased_space (
    space bytea PRIMARY KEY CHECK (length(space) = 16),
    erased_at bigint NOT NULL,
    erased_by text COLLATE "C" NOT NULL
);

CREATE TABLE erasure_proof (
    space bytea NOT NULL REFERENCES erased_space (space),
    device bytea NOT NULL,
    event bytea NOT NULL CHECK (length(event) = 16),
    bodies bytea NOT NULL,
    PRIMARY KEY (space, device)
);

-- A person's recovery code: it must open the way back into a server that was restored from before
-- the person came, and one that was replaced must not come back with an old backup of the log.
CREATE TABLE recovery (
    space bytea PRIMARY KEY,
    lookup_hash bytea NOT NULL,
    authenticator_hash bytea NOT NULL,
    holder bytea NOT NULL,
    bundle bytea NOT NULL, -- sealed; only the code opens it
    made_at bigint NOT NULL,
    made_by bytea NOT NULL
);
