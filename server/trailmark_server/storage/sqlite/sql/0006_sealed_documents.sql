-- Documents rest sealed with the person's at-rest key, like bodies. Those from before are folded
-- again when they are next read.
DELETE FROM document;
DELETE FROM failed_fold;
DELETE FROM projection;

-- Erasing owes a cleaning: SQLite leaves copies where it moved rows to other pages, so only a file
-- that was written anew is free of what was erased. Counted, so that what is erased meanwhile stays owed.
CREATE TABLE cleaning (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    owed INTEGER NOT NULL
) STRICT;

INSERT INTO cleaning (number, owed) VALUES (1, 1);
