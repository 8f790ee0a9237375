-- An index over lane = 'name' makes SQLite plan every statement with lane = ? anew whenever it runs:
-- the name that is bound might be that one. Over lane IS 'name' only a statement that says so is
-- planned with it.
DROP INDEX event_control;
DROP INDEX event_locked;
DROP INDEX event_devices;

CREATE INDEX event_locked ON event (pos)
  WHERE lane IS 'self' AND type IS NULL AND body IS NOT NULL AND code IS NOT 'duplicate';
CREATE INDEX event_devices ON event (pos) WHERE lane IS 'devices';
