-- Signed statements of the lane devices whose signatures were checked, by the event that brought
-- them; NULL where it brought none. Never emptied: a log that goes back takes none of them away.
CREATE TABLE statement (
  event BLOB PRIMARY KEY,
  raw   BLOB
) STRICT, WITHOUT ROWID;
