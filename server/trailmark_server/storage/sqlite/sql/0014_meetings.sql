-- When a therapist and a person meet: kept by the therapist, for the order of their list.

ALTER TABLE acquaintance ADD COLUMN meets_at INTEGER;
ALTER TABLE acquaintance ADD COLUMN meets_every_weeks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE acquaintance ADD COLUMN meets_zone TEXT NOT NULL DEFAULT '';
