-- Documents are found by the goal that they belong to, of one kind, the latest days first: a page
-- reads what it shows, however long a history is. Those from before are folded again when they are
-- next read.
ALTER TABLE document ADD COLUMN day text COLLATE "C";
DROP INDEX document_by_parent;
CREATE INDEX document_by_parent ON document (space, lane, version, parent, kind, day, subject)
WHERE parent IS NOT NULL;

DELETE FROM document;
DELETE FROM failed_fold;
DELETE FROM projection;
