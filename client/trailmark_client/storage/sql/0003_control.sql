-- Plain events of self are the control events: the key ring is read from them again and again.
CREATE INDEX event_control ON event (seq) WHERE lane = 'self' AND key = x'0000000000000000';

-- What no vault key opened yet, and what orders erasures: both wait for a key that comes later.
CREATE INDEX event_locked ON event (pos)
  WHERE lane = 'self' AND type IS NULL AND body IS NOT NULL AND code IS NOT 'duplicate';
CREATE INDEX event_erasing ON event (pos) WHERE type = 'subject_erased';
