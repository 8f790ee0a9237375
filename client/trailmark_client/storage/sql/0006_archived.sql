-- Lanes that came with an import: they are another space's history. They are shown like all others,
-- and neither sent nor asked for.
CREATE TABLE archived_lane (lane TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
