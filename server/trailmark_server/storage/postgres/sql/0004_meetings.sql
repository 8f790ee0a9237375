-- When a therapist and a person meet: kept by the therapist, for the order of their list.

ALTER TABLE acquaintance ADD COLUMN meets_at bigint;
ALTER TABLE acquaintance ADD COLUMN meets_every_weeks bigint NOT NULL DEFAULT 0;
ALTER TABLE acquaintance ADD COLUMN meets_zone text COLLATE "C" NOT NULL DEFAULT '';
