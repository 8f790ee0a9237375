-- The words that a person compares on two devices are made of both public keys of each.
ALTER TABLE device_invitation RENAME COLUMN public_key TO keys_hash;
