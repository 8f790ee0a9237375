-- A subject is asked for wherever it is; a lane's subjects are found among its events. What has no
-- order of its own, as a subject, costs another page of the file for each document in each index.
CREATE TABLE document_by_subject (
  lane    TEXT NOT NULL,
  subject BLOB NOT NULL,
  kind    TEXT NOT NULL,
  parent  BLOB,
  json    BLOB NOT NULL,
  PRIMARY KEY (subject, lane)
) STRICT;
INSERT INTO document_by_subject (rowid, lane, subject, kind, parent, json)
  SELECT rowid, lane, subject, kind, parent, json FROM document ORDER BY rowid;
DROP TABLE document;
ALTER TABLE document_by_subject RENAME TO document;
CREATE INDEX document_kind ON document (kind);
CREATE INDEX document_parent ON document (parent) WHERE parent IS NOT NULL;
