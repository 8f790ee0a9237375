-- Only the device that redeemed an invitation can prove it: what asks again must know the claim.
ALTER TABLE invitation ADD COLUMN used_claim BLOB CHECK (length(used_claim) = 32);
