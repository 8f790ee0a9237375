-- A hand-over keeps that it was declined: the therapist who proposed sees no difference until it runs out. What they call
-- the person is not passed on to the colleague.

ALTER TABLE hand_over DROP COLUMN label;
ALTER TABLE hand_over ADD COLUMN declined_at INTEGER;
