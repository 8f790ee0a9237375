-- What the server did not take of this person's own events and stands nowhere else: also what it says
-- to be a repetition of something that never came, and not what was taken when it was offered again.
DROP VIEW refused;
CREATE VIEW refused AS
  SELECT pos, lane, seq, id, device, epoch, dseq, code, received_at, type, subject, day
    FROM event
   WHERE code IS NOT NULL AND code != 'aside' AND held IS NULL AND body IS NOT NULL
     AND NOT EXISTS (
       SELECT 1 FROM event AS other
        WHERE other.id = event.id AND other.lane = event.lane AND other.body IS NOT NULL
          AND (other.code IS NULL OR other.code = 'aside' OR other.pos > event.pos));
