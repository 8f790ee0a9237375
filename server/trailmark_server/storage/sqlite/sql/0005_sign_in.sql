-- Signing in on the web: passwords, passkeys, what a browser's session is, and what a therapist is
-- told about the security of their account. Secrets are hashes; of a passkey the public half.

ALTER TABLE web_session ADD COLUMN way TEXT NOT NULL DEFAULT 'link';
ALTER TABLE web_session ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE web_session ADD COLUMN browser TEXT NOT NULL DEFAULT '';

CREATE INDEX web_session_of_therapist ON web_session (therapist);

CREATE TABLE password (
    therapist BLOB PRIMARY KEY REFERENCES therapist (id),
    hash TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE passkey (
    credential BLOB PRIMARY KEY CHECK (length(credential) <= 1023),
    therapist BLOB NOT NULL REFERENCES therapist (id),
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_of_therapist ON passkey (therapist);

CREATE TABLE passkey_challenge (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    purpose TEXT NOT NULL,
    "session" BLOB,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_challenge_by_end ON passkey_challenge (expires_at);

CREATE TABLE security_notice (
    therapist BLOB NOT NULL REFERENCES therapist (id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (therapist, number)
) STRICT, WITHOUT ROWID;

-- No reference: tries for accounts that do not exist are counted like others, in one row.
CREATE TABLE failed_tries (
    account BLOB PRIMARY KEY CHECK (length(account) = 16),
    "count" INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
