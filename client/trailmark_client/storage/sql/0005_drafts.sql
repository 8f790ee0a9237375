-- What is being typed on the person's pages; kept at every keystroke, dropped once recorded.
CREATE TABLE draft (
  name TEXT PRIMARY KEY,
  fields TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
