"""A device that joined tells the others, even if it was killed in between."""

from base64 import b64decode
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import add_reflection, new_device
from tests.support.fakes import SeededRandomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App, open_app
from trailmark_client.identity import VaultKey, new_vault_key
from trailmark_client.key_sharing import finish_joining
from trailmark_client.storage.verification import verify_all
from trailmark_shared.ids import Epoch, SpaceId
from trailmark_shared.sealing import unwrap_key

SPACE_KEY = new_vault_key(SeededRandomness(7))
TYPES = "SELECT type FROM event ORDER BY pos"


def join(app: App) -> VaultKey:
    """Change the identity as a join does, and no more; return the device's own key."""
    own = app.identity.newest_key
    app.write(
        lambda _conn: app.identity_file.update(
            lambda old: msgspec.structs.replace(
                old,
                space=SpaceId(b"other space here"),
                epoch=Epoch(b"epoch!!!"),
                vault_keys=(own, SPACE_KEY),
                brought_keys=(own.id,),
            )
        )
    )
    return own


def types(conn: Connection) -> list[tuple[str]]:
    return conn.execute(TYPES).fetchall()


def test_a_kill_behind_the_identity_is_made_good_at_the_next_start(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, "alone")
        own = join(app)

    with open_app(tmp_path) as again:
        assert again.read(types) == [
            ("reflection_written",),
            ("device_added",),
            ("vault_key_wrapped",),
        ]
        assert again.identity.newest_key == SPACE_KEY
        assert again.read(lambda conn: verify_all(conn, again.vault)) == []
        spaces = "SELECT DISTINCT space FROM event"
        assert again.read(lambda conn: conn.execute(spaces).fetchall()) == [(b"other space here",)]
        [wrapped] = again.read(
            lambda conn: conn.execute(
                "SELECT json_extract(body, '$.data.wraps[0].sealed') FROM"
                " (SELECT CAST(body AS TEXT) AS body FROM event WHERE type = 'vault_key_wrapped')"
            ).fetchall()
        )

        opened = unwrap_key(
            again.vault.cipher, SPACE_KEY.id, SPACE_KEY.key, own.id, b64decode(wrapped[0])
        )
        assert opened == own.key


def test_nothing_is_told_when_nothing_waits(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        finish_joining(app.file, app.recorder, app.vault, app.randomness)

        assert app.read(types) == []


def test_a_kill_in_the_middle_tells_nothing_by_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_device(tmp_path) as app:
        join(app)

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("trailmark_client.key_sharing.refold_all", killed)
        with pytest.raises(KeyboardInterrupt):
            finish_joining(app.file, app.recorder, app.vault, app.randomness)

        assert app.read(types) == []


def test_a_store_from_before_the_join_tells_again(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        own = join(app)
        finish_joining(app.file, app.recorder, app.vault, app.randomness)
        app.write(lambda conn: conn.execute("DELETE FROM event").rowcount)
        app.write(
            lambda _conn: app.identity_file.update(
                lambda old: msgspec.structs.replace(old, vault_keys=(SPACE_KEY, own))
            )
        )

        finish_joining(app.file, app.recorder, app.vault, app.randomness)

        assert [("device_added",), ("vault_key_wrapped",)] == app.read(types)
        under = "SELECT json_extract(CAST(body AS TEXT), '$.data.wraps[0].under') FROM event"
        assert [(None,), (SPACE_KEY.id.hex(),)] == app.read(
            lambda conn: conn.execute(f"{under} ORDER BY pos").fetchall()
        )
