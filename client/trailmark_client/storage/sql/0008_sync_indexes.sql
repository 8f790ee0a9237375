-- What a session looks for whenever something was recorded: the few revocations among all events.
CREATE INDEX event_revoking ON event (subject, pos) WHERE type = 'access_revoked';

-- What devices said of each other, among all events.
CREATE INDEX event_devices ON event (pos) WHERE lane = 'devices';

-- What no key opens yet is counted for every status.
CREATE INDEX event_unread ON event (pos) WHERE type IS NULL AND body IS NOT NULL;
