-- Hand-overs: a therapist proposes to a person that a colleague goes on. Nobody is let in by it.

CREATE TABLE hand_over (
    space BLOB NOT NULL REFERENCES space (space),
    therapist BLOB NOT NULL REFERENCES therapist (id),
    colleague BLOB NOT NULL REFERENCES therapist (id),
    label TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    taken_at INTEGER,
    PRIMARY KEY (space, therapist)
) STRICT, WITHOUT ROWID;
