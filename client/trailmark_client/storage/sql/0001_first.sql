-- Every event that this device knows, whatever its lane.
--   seq IS NULL                     the outbox: no row of the server has come for it yet
--   seq IS NOT NULL, held IS NULL   confirmed: a row of the log
--   held > 0                        held back by a rewind until it is in the log again
--   held < 0                        named missing: the server refused to take it back
-- type, subject and day are read out of the body; they are NULL where there is no body to read, its
-- key is missing, or the row only repeats an id (code 'duplicate').
CREATE TABLE event (
  pos         INTEGER PRIMARY KEY,
  lane        TEXT    NOT NULL,
  seq         INTEGER,
  held        INTEGER,
  id          BLOB    NOT NULL,
  space       BLOB    NOT NULL,
  device      BLOB    NOT NULL,
  epoch       BLOB    NOT NULL,
  dseq        INTEGER NOT NULL,
  key         BLOB    NOT NULL,
  commitment  BLOB    NOT NULL,
  prev        BLOB    NOT NULL,
  hash        BLOB    NOT NULL,
  salt        BLOB,
  body        BLOB,
  received_at INTEGER,
  offset      INTEGER,
  actor       TEXT,
  code        TEXT,
  lane_hash   BLOB,
  type        TEXT,
  subject     BLOB,
  day         TEXT
) STRICT;

CREATE UNIQUE INDEX event_place ON event (lane, seq) WHERE held IS NULL AND seq IS NOT NULL;
CREATE INDEX event_id ON event (id);
CREATE INDEX event_subject ON event (lane, subject) WHERE subject IS NOT NULL;
CREATE INDEX event_outbox ON event (lane, epoch, dseq) WHERE seq IS NULL;
CREATE INDEX event_held ON event (lane, held, seq) WHERE held IS NOT NULL;
CREATE INDEX event_coded ON event (code, id) WHERE code IS NOT NULL;

-- The end of each own chain: what the next event follows.
CREATE TABLE chain_head (
  lane   TEXT    NOT NULL,
  device BLOB    NOT NULL,
  epoch  BLOB    NOT NULL,
  dseq   INTEGER NOT NULL,
  hash   BLOB    NOT NULL,
  PRIMARY KEY (lane, device, epoch)
) STRICT, WITHOUT ROWID;

-- Where this device stands in each lane. verified_to: rows up to here were checked against their
-- hashes; missing: a rewind ended and rows that were held are not in the log.
CREATE TABLE cursor (
  lane        TEXT    PRIMARY KEY,
  seq         INTEGER NOT NULL DEFAULT 0,
  hash        BLOB    NOT NULL,
  head        INTEGER NOT NULL DEFAULT 0,
  verified_to INTEGER NOT NULL DEFAULT 0,
  missing     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What the server signed. Heads so near to each other that their rows fit into one offer are
-- merged: rows and bytes are the size of what ends here.
CREATE TABLE signed_head (
  lane      TEXT    NOT NULL,
  held      INTEGER NOT NULL DEFAULT 0,
  seq       INTEGER NOT NULL,
  hash      BLOB    NOT NULL,
  time      INTEGER NOT NULL,
  signature BLOB    NOT NULL,
  rows      INTEGER NOT NULL,
  bytes     INTEGER NOT NULL,
  PRIMARY KEY (lane, held, seq)
) STRICT, WITHOUT ROWID;

-- Ids whose words are gone for ever: a body that turns up again is not kept.
CREATE TABLE erased (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

-- The read models, one document per subject and lane: json is deterministic JSON (UTF-8).
CREATE TABLE document (
  lane    TEXT NOT NULL,
  subject BLOB NOT NULL,
  kind    TEXT NOT NULL,
  parent  BLOB,
  json    BLOB NOT NULL,
  PRIMARY KEY (lane, subject)
) STRICT;
CREATE INDEX document_kind ON document (kind, lane, subject);
CREATE INDEX document_parent ON document (parent) WHERE parent IS NOT NULL;

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- What the server refused of this person's own events; the words are still here.
CREATE VIEW refused AS
  SELECT pos, lane, seq, id, device, epoch, dseq, code, received_at, type, subject, day
    FROM event
   WHERE code IS NOT NULL AND code NOT IN ('aside', 'duplicate')
     AND held IS NULL AND body IS NOT NULL;
