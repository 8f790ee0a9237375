"""Vault keys are kept before anything rests on them, and what they open is shown."""

from pathlib import Path

from tests.support.devices import add_reflection, new_device
from tests.support.people import devices
from trailmark_client.identity import new_vault_key
from trailmark_client.queries.documents import all_documents
from trailmark_client.storage.unlocking import keep_keys, unlock


def test_a_key_is_kept_and_seals_where_it_is_said(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        first, fresh = app.identity.newest_key, new_vault_key(app.randomness)

        keep_keys(app.vault, {fresh.id: fresh.key}, None)
        assert first == app.identity.newest_key
        keep_keys(app.vault, {}, fresh.id)

        assert fresh == app.identity.newest_key
        assert {first, fresh} == set(app.identity.vault_keys)


def test_what_was_locked_is_read(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        words = add_reflection(app, "words")
        app.write(lambda conn: conn.execute("UPDATE event SET type = NULL, subject = NULL"))
        app.write(lambda conn: conn.execute("DELETE FROM document"))

        app.write(lambda conn: unlock(conn, app.vault))

        assert [words] == [each.subject for each in app.read(all_documents)]


async def test_what_a_kill_left_locked_is_read_by_the_next_session(tmp_path: Path) -> None:
    """The keys were kept, and the commit that was to follow did not come."""
    with devices(tmp_path) as person:
        phone, tablet = person.apps[0], person.add()
        words = add_reflection(phone, "words")
        await person.settle()
        shown = tablet.read(all_documents)
        tablet.write(lambda c: c.execute("UPDATE event SET type = NULL, subject = NULL"))
        tablet.write(lambda c: c.execute("DELETE FROM document"))

        await person.settle()

        assert [words] == [each.subject for each in shown]
        assert shown == tablet.read(all_documents)
