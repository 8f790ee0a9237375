-- The words of documents, as they are looked for on this device and nowhere else. They stand here as
-- open as in the documents that they are read out of, and go when these go.
CREATE TABLE searchable (
  pos     INTEGER PRIMARY KEY,
  lane    TEXT    NOT NULL,
  subject BLOB    NOT NULL,
  UNIQUE (lane, subject)
) STRICT;

-- rowid is searchable.pos.
CREATE VIRTUAL TABLE search USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2');

-- What was written before is folded once more, and becomes searchable by it.
DELETE FROM setting WHERE name = 'projection_version';
