-- One thing is looked for by its kind and its id; nobody asks for a kind within a lane.
DROP INDEX document_kind;
CREATE INDEX document_kind ON document (kind, subject, lane);
