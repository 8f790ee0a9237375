-- Accounts: who may sign in, which devices speak for a person, who was invited, who looked.
-- Small and unsharded, except what belongs to one space: there the key begins with space.
-- Secrets are SHA-256 only. Times are milliseconds UTC.

CREATE TABLE therapist (
    id bytea PRIMARY KEY CHECK (length(id) = 16),
    name text COLLATE "C" NOT NULL,
    email text COLLATE "C" NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    disabled_at bigint
);

CREATE TABLE sign_in_link (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    therapist bytea NOT NULL REFERENCES therapist (id),
    expires_at bigint NOT NULL,
    used_at bigint
);

CREATE TABLE web_session (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    therapist bytea NOT NULL REFERENCES therapist (id),
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    way text COLLATE "C" NOT NULL DEFAULT 'link',
    proved_at bigint NOT NULL DEFAULT 0,
    browser text COLLATE "C" NOT NULL DEFAULT ''
) WITH (fillfactor = 70);

CREATE INDEX web_session_of_therapist ON web_session (therapist);

CREATE TABLE password (
    therapist bytea PRIMARY KEY REFERENCES therapist (id),
    hash text COLLATE "C" NOT NULL,
    changed_at bigint NOT NULL
);

CREATE TABLE passkey (
    credential bytea PRIMARY KEY CHECK (length(credential) <= 1023),
    therapist bytea NOT NULL REFERENCES therapist (id),
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint
);

CREATE INDEX passkey_of_therapist ON passkey (therapist);

CREATE TABLE passkey_challenge (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    purpose text COLLATE "C" NOT NULL,
    "session" bytea,
    expires_at bigint NOT NULL
);

CREATE INDEX passkey_challenge_by_end ON passkey_challenge (expires_at);

CREATE TABLE security_notice (
    therapist bytea NOT NULL REFERENCES therapist (id),
    number bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (therapist, number)
);

-- No reference: tries for accounts that do not exist are counted like others, in one row.
CREATE TABLE failed_tries (
    account bytea PRIMARY KEY CHECK (length(account) = 16),
    "count" bigint NOT NULL,
    last_at bigint NOT NULL
);

CREATE TABLE invitation (
    lookup_hash bytea PRIMARY KEY CHECK (length(lookup_hash) = 32),
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    therapist bytea NOT NULL REFERENCES therapist (id),
    label text COLLATE "C" NOT NULL,
    confirmed bigint NOT NULL CHECK (confirmed IN (0, 1)),
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    tries bigint NOT NULL,
    used_at bigint,
    used_space bytea,
    used_device bytea,
    used_claim bytea CHECK (length(used_claim) = 32)
);

CREATE INDEX invitation_of_therapist ON invitation (therapist);
CREATE INDEX invitation_by_end ON invitation (expires_at);
CREATE INDEX invitation_of_space ON invitation (used_space) WHERE used_space IS NOT NULL;

CREATE TABLE space (
    space bytea PRIMARY KEY CHECK (length(space) = 16),
    created_at bigint NOT NULL
);

CREATE TABLE device (
    space bytea NOT NULL REFERENCES space (space),
    device bytea NOT NULL CHECK (length(device) = 16),
    name text COLLATE "C" NOT NULL,
    credential_hash bytea NOT NULL UNIQUE CHECK (length(credential_hash) = 32),
    created_at bigint NOT NULL,
    issued_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    next_hash bytea UNIQUE,
    next_issued_at bigint,
    revoked_at bigint,
    let_in_by text COLLATE "C" NOT NULL DEFAULT 'invitation'
        CHECK (let_in_by IN ('invitation', 'device', 'recovery')),
    confirmed_by bytea,
    PRIMARY KEY (space, device)
) WITH (fillfactor = 70);

-- A device has one code at a time.
CREATE TABLE device_invitation (
    space bytea NOT NULL REFERENCES space (space),
    device bytea NOT NULL,
    lookup_hash bytea NOT NULL CHECK (length(lookup_hash) = 32),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    expires_at bigint NOT NULL,
    tries bigint NOT NULL,
    joining bytea, -- MessagePack of what the joining device says of itself
    asked_at bigint,
    answered_at bigint,
    bundle bytea, -- sealed for the joining device; NULL behind an answer is a refusal
    PRIMARY KEY (space, device)
);

CREATE INDEX device_invitation_by_lookup ON device_invitation (lookup_hash);

CREATE TABLE acquaintance (
    space bytea NOT NULL REFERENCES space (space),
    therapist bytea NOT NULL REFERENCES therapist (id),
    device bytea NOT NULL,
    label text COLLATE "C" NOT NULL,
    joined_at bigint NOT NULL,
    confirmed_at bigint,
    signing_key bytea CHECK (length(signing_key) = 32), -- under which they joined; NULL: the first
    PRIMARY KEY (space, therapist)
);

CREATE INDEX acquaintance_of_therapist ON acquaintance (therapist);

CREATE TABLE access_entry (
    space bytea NOT NULL,
    "window" bigint NOT NULL,
    member bytea NOT NULL,
    page text COLLATE "C" NOT NULL,
    first_at bigint NOT NULL,
    PRIMARY KEY (space, "window", member, page)
);

CREATE INDEX access_entry_in_space ON access_entry (space, first_at);
CREATE INDEX access_entry_of_member ON access_entry (member, first_at);
CREATE INDEX access_entry_by_time ON access_entry (first_at);

-- A link gives no right by itself; the grant in the lane does.
CREATE TABLE supporter_link (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    space bytea NOT NULL REFERENCES space (space),
    lane text COLLATE "C" NOT NULL,
    member bytea NOT NULL CHECK (length(member) = 16),
    made_at bigint NOT NULL,
    registered_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    opened_at bigint,
    ended_at bigint,
    ended_by text COLLATE "C" CHECK (ended_by IN ('replaced', 'stopped', 'left'))
);

CREATE INDEX supporter_link_of_space ON supporter_link (space, registered_at);

CREATE TABLE supporter_session (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    link bytea NOT NULL REFERENCES supporter_link (hash) ON DELETE CASCADE,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL
);

CREATE INDEX supporter_session_of_link ON supporter_session (link);

CREATE TABLE erased_space (
    space bytea PRIMARY KEY CHECK (length(space) = 16),
    erased_at bigint NOT NULL,
    erased_by text COLLATE "C" NOT NULL
);

CREATE TABLE erasure_proof (
    space bytea NOT NULL REFERENCES erased_space (space),
    device bytea NOT NULL,
    event bytea NOT NULL CHECK (length(event) = 16),
    bodies bytea NOT NULL,
    PRIMARY KEY (space, device)
);

-- The copy of what the keys store lists. Its space may be unknown here after a restore.
CREATE TABLE recovery (
    space bytea PRIMARY KEY CHECK (length(space) = 16),
    lookup_hash bytea NOT NULL CHECK (length(lookup_hash) = 32),
    authenticator_hash bytea NOT NULL CHECK (length(authenticator_hash) = 32),
    holder bytea NOT NULL CHECK (length(holder) = 16),
    bundle bytea NOT NULL,
    made_at bigint NOT NULL,
    made_by bytea NOT NULL,
    used_at bigint,
    used_by bytea
);

CREATE INDEX recovery_by_lookup ON recovery (lookup_hash);

CREATE TABLE hand_over (
    space bytea NOT NULL REFERENCES space (space),
    therapist bytea NOT NULL REFERENCES therapist (id),
    colleague bytea NOT NULL REFERENCES therapist (id),
    made_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    taken_at bigint,
    declined_at bigint,
    PRIMARY KEY (space, therapist)
);

-- Whoever keeps something of a person holds the gate of their space, so that it is written before
-- they are erased, and goes too, or not at all.
CREATE FUNCTION hold_space_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_space(NEW.space);
    RETURN NEW;
END $$;

CREATE TRIGGER device_holds_space BEFORE INSERT ON device
FOR EACH ROW EXECUTE FUNCTION hold_space_of_row();
CREATE TRIGGER device_invitation_holds_space BEFORE INSERT ON device_invitation
FOR EACH ROW EXECUTE FUNCTION hold_space_of_row();
CREATE TRIGGER acquaintance_holds_space BEFORE INSERT ON acquaintance
FOR EACH ROW EXECUTE FUNCTION hold_space_of_row();
CREATE TRIGGER access_entry_holds_space BEFORE INSERT ON access_entry
FOR EACH ROW EXECUTE FUNCTION hold_space_of_row();
CREATE TRIGGER supporter_link_holds_space BEFORE INSERT ON supporter_link
FOR EACH ROW EXECUTE FUNCTION hold_space_of_row();
CREATE TRIGGER recovery_holds_space BEFORE INSERT ON recovery
FOR EACH ROW EXECUTE FUNCTION hold_space_of_row();
CREATE TRIGGER hand_over_holds_space BEFORE INSERT ON hand_over
FOR EACH ROW EXECUTE FUNCTION hold_space_of_row();
