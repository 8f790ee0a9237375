-- What a grant lets its member do, and a way to find the grants whose last day has passed.

ALTER TABLE lane_grant ADD COLUMN actions TEXT; -- codes with a blank between; NULL: none are named

CREATE INDEX lane_grant_by_until ON lane_grant (until)
WHERE until IS NOT NULL AND revoked_seq IS NULL;
