-- Every time that a server's log of a lane went back: when, from which row, to which.
CREATE TABLE rewind (
  number INTEGER PRIMARY KEY,
  lane   TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  upto   INTEGER NOT NULL,
  point  INTEGER NOT NULL
) STRICT;
CREATE INDEX rewind_lane ON rewind (lane, number);
