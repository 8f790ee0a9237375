-- Documents of a kind stand in the order in which they were stored: with the subject in the index,
-- which is random, each new one would change another page of it.
DROP INDEX document_by_kind;
CREATE INDEX document_by_kind ON document (lane, version, kind);
