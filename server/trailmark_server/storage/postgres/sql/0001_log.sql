-- The log of events and what is folded out of it. Every key of a space's data begins with space, so
-- that hash partitions or a distributed store need no change. Text sorts by its bytes everywhere.

CREATE TABLE lane (
    space bytea NOT NULL,
    name text COLLATE "C" NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY, -- a short name for the lane; says nothing of order
    head bigint NOT NULL, -- 0: somebody is about to write the first row
    hash bytea NOT NULL,
    received_at bigint NOT NULL,
    PRIMARY KEY (space, name)
) WITH (fillfactor = 70); -- room for new versions of a row beside it: no index is touched by a push

CREATE TABLE event (
    space bytea NOT NULL,
    lane bigint NOT NULL,
    seq bigint NOT NULL,
    id bytea NOT NULL,
    device bytea NOT NULL,
    epoch bytea NOT NULL,
    dseq bigint NOT NULL,
    key bytea NOT NULL,
    commitment bytea NOT NULL,
    prev bytea NOT NULL,
    hash bytea NOT NULL,
    salt bytea,
    body bytea, -- sealed with the person's at-rest key
    received_at bigint NOT NULL,
    clock_offset bigint NOT NULL,
    actor text COLLATE "C" NOT NULL,
    code text COLLATE "C",
    lane_hash bytea NOT NULL,
    type text COLLATE "C", -- this and the next two: only what the server can read, in shared lanes
    subject bytea,
    day text COLLATE "C",
    PRIMARY KEY (space, lane, seq)
);

CREATE INDEX event_by_id ON event (space, lane, id);
CREATE INDEX event_by_subject ON event (space, lane, subject) WHERE subject IS NOT NULL;
CREATE INDEX event_by_day ON event (space, lane, day) WHERE day IS NOT NULL;

-- Sealed bytes do not compress.
ALTER TABLE event ALTER COLUMN body SET STORAGE EXTERNAL;

-- Rows are never changed, except that a body goes away (erasure) or that a stub learns its subject.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of the log never change';
END $$;

CREATE TRIGGER event_is_immutable
BEFORE UPDATE OF space, lane, seq, id, device, epoch, dseq, key, commitment, prev, hash,
    received_at, clock_offset, actor, code, lane_hash ON event
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER event_body_only_goes_away
BEFORE UPDATE OF salt, body ON event
FOR EACH ROW WHEN (NEW.salt IS NOT NULL OR NEW.body IS NOT NULL)
EXECUTE FUNCTION refuse_change();

CREATE TRIGGER event_is_never_deleted
BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER event_is_never_emptied
BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE chain (
    space bytea NOT NULL,
    lane bigint NOT NULL,
    device bytea NOT NULL,
    epoch bytea NOT NULL,
    high bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (space, lane, device, epoch)
) WITH (fillfactor = 70);

CREATE TABLE lane_grant (
    space bytea NOT NULL,
    lane bigint NOT NULL,
    id bytea NOT NULL,
    member bytea, -- NULL while only the revocation is in the log
    role text COLLATE "C",
    until text COLLATE "C",
    actions text COLLATE "C", -- codes with a blank between; NULL: none are named
    granted_seq bigint,
    revoked_seq bigint,
    PRIMARY KEY (space, lane, id)
);

CREATE INDEX lane_grant_by_member ON lane_grant (member) WHERE member IS NOT NULL;
CREATE INDEX lane_grant_by_until ON lane_grant (until)
WHERE until IS NOT NULL AND revoked_seq IS NULL;

CREATE TABLE document (
    space bytea NOT NULL,
    lane bigint NOT NULL,
    version bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    subject bytea NOT NULL,
    parent bytea,
    json bytea NOT NULL,
    PRIMARY KEY (space, lane, version, subject)
);

CREATE INDEX document_by_parent ON document (space, lane, version, parent)
WHERE parent IS NOT NULL;
ALTER TABLE document ALTER COLUMN json SET STORAGE EXTERNAL;

-- How far the documents of a version go; a lane without such a row is folded before it is read.
CREATE TABLE projection (
    space bytea NOT NULL,
    lane bigint NOT NULL,
    version bigint NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (space, lane, version)
) WITH (fillfactor = 70);

CREATE TABLE failed_fold (
    space bytea NOT NULL,
    lane bigint NOT NULL,
    version bigint NOT NULL,
    subject bytea NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (space, lane, version, subject)
);

-- Copies of the lists of the keys store, for use inside the log's transactions.

CREATE TABLE revoked_grant (
    space bytea NOT NULL,
    id bytea NOT NULL,
    PRIMARY KEY (space, id)
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

-- How often a person was erased, 0 for never. The row is also the gate of the space: whoever writes
-- holds it shared, whoever changes who may read or erases everything holds it alone.
CREATE TABLE space_erasure (
    space bytea PRIMARY KEY,
    number bigint NOT NULL
) WITH (fillfactor = 70);

CREATE FUNCTION hold_space(held bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM space_erasure WHERE space = held FOR SHARE;
    IF NOT FOUND THEN
        INSERT INTO space_erasure (space, number) VALUES (held, 0) ON CONFLICT DO NOTHING;
        PERFORM 1 FROM space_erasure WHERE space = held FOR SHARE;
    END IF;
END $$;

-- Erasing owes a cleaning of what the old versions of rows hold. Counted, so that what is erased
-- meanwhile stays owed.
CREATE TABLE cleaning (
    number bigint PRIMARY KEY CHECK (number = 1),
    owed bigint NOT NULL
);

INSERT INTO cleaning (number, owed) VALUES (1, 0);

-- Public halves of every key that ever signed for this log: a keys store that lacks one of them was
-- put back from an older copy.
CREATE TABLE known_signing_key (
    key bytea PRIMARY KEY CHECK (length(key) = 32)
);
