"""Settings are kept, replaced and forgotten."""

from pathlib import Path

from tests.support.devices import new_device
from trailmark_client.storage.settings import drop_setting, set_setting, setting


def test_a_setting_is_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        assert app.read(lambda conn: setting(conn, "name")) is None
        app.write(lambda conn: set_setting(conn, "name", "one"))
        app.write(lambda conn: set_setting(conn, "name", "two"))
        assert app.read(lambda conn: setting(conn, "name")) == "two"
        app.write(lambda conn: drop_setting(conn, "name"))
        assert app.read(lambda conn: setting(conn, "name")) is None
