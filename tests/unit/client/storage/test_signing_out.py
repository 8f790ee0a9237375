"""Devices to sign out: none is forgotten and none is kept twice."""

from pathlib import Path

from tests.support.devices import new_device
from trailmark_client.storage.signing_out import note_signed_out, sign_out_later, to_sign_out
from trailmark_shared.ids import DeviceId

ONE, TWO = (DeviceId(bytes([each]) * 16) for each in (1, 2))


def test_devices_wait_until_each_is_signed_out(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        before = app.read(to_sign_out)
        app.write(lambda conn: sign_out_later(conn, [ONE, TWO]))
        app.write(lambda conn: sign_out_later(conn, [TWO]))
        waiting = app.read(to_sign_out)
        app.write(lambda conn: note_signed_out(conn, ONE))

        assert (before, waiting, app.read(to_sign_out)) == ([], [ONE, TWO], [TWO])
