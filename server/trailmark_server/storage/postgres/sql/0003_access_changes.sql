-- Rights that changed, for the live sessions of every instance: they ask again. A row is a hint that
-- may repeat; who looks reads what may have committed since its last look (see neighbours.py), so
-- that no order of commits hides one. Old rows are forgotten.

CREATE TABLE access_change (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT now(),
    space bytea -- NULL: anybody's
);

CREATE INDEX access_change_by_xid ON access_change (xid);
CREATE INDEX access_change_by_time ON access_change (at);

CREATE FUNCTION note_access_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO access_change (space)
    VALUES (CASE WHEN TG_OP = 'DELETE' THEN OLD.space ELSE NEW.space END);
    RETURN NULL;
END $$;

CREATE FUNCTION note_access_change_of_anybody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM changed) THEN
        INSERT INTO access_change (space) VALUES (NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER device_changes_access AFTER UPDATE ON device
FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at
    OR OLD.credential_hash IS DISTINCT FROM NEW.credential_hash)
EXECUTE FUNCTION note_access_change();

CREATE TRIGGER grant_changes_access AFTER INSERT OR UPDATE ON lane_grant
FOR EACH ROW EXECUTE FUNCTION note_access_change();

CREATE TRIGGER list_changes_access AFTER INSERT ON revoked_grant
FOR EACH ROW EXECUTE FUNCTION note_access_change();

CREATE TRIGGER closing_changes_access AFTER INSERT OR DELETE ON closed_space
FOR EACH ROW EXECUTE FUNCTION note_access_change();

CREATE TRIGGER erasing_changes_access AFTER UPDATE ON space_erasure
FOR EACH ROW WHEN (OLD.number IS DISTINCT FROM NEW.number)
EXECUTE FUNCTION note_access_change();

CREATE TRIGGER link_changes_access AFTER UPDATE ON supporter_link
FOR EACH ROW WHEN (OLD.ended_at IS DISTINCT FROM NEW.ended_at)
EXECUTE FUNCTION note_access_change();

CREATE TRIGGER acquaintance_changes_access AFTER DELETE ON acquaintance
FOR EACH ROW EXECUTE FUNCTION note_access_change();

CREATE TRIGGER session_changes_access AFTER DELETE ON web_session
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_access_change_of_anybody();

CREATE TRIGGER supporter_session_changes_access AFTER DELETE ON supporter_session
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_access_change_of_anybody();

CREATE TRIGGER therapist_changes_access AFTER UPDATE ON therapist
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_access_change_of_anybody();
