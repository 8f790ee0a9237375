"""A device that writes into one lane more than a space takes: real server, socket and store."""

from pathlib import Path

import msgspec
import pytest

from tests.support.devices import add_reflection, new_device
from tests.support.lane_devices import granted
from tests.support.server import add_device, running_server
from trailmark_client.app import App, open_async
from trailmark_client.identity import HomeServer
from trailmark_client.live_session import Ports
from trailmark_client.queries.lanes import open_lanes, require_room
from trailmark_client.queries.standing import set_aside
from trailmark_client.replicator import Replicator
from trailmark_client.session_status import Ended
from trailmark_client.storage.event_log import unsent_count
from trailmark_client.web_socket import open_websocket
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.ids import Lane, care_lane

FIRST, SECOND = care_lane(b"1" * 16), care_lane(b"2" * 16)


def let_in(app: App, lane: Lane) -> None:
    """Write a grant as a device would that knows no bound, and share a goal there."""
    app.write(lambda conn: app.recorder.record(conn, lane, lane[-16:].encode(), granted()))
    shared = GoalShared(title=f"Walk, {lane}", lifecycle="active")
    app.write(lambda conn: app.recorder.record(conn, lane, app.recorder.new_subject(), shared))


async def exchange(app: App) -> Ended:
    """Exchange everything over a real socket."""
    async with open_async(app) as database:
        ports = Ports(
            database=database, vault=app.vault, clock=app.clock, randomness=app.randomness
        )
        return await Replicator(ports, open_websocket, lambda _status: None).sync_once()


async def test_it_is_set_aside_and_the_other_lanes_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", 2)
    data = tmp_path / "server"
    data.mkdir()
    async with running_server(data) as server:
        with new_device(tmp_path / "phone") as app:
            known = await add_device(server.services, app.identity.space, app.identity.device)
            home = HomeServer(
                url=server.url,
                id=b"h" * 16,
                name="Home",
                signing_key=server.services.signer.public_key,
            )
            app.write(
                lambda _conn: app.identity_file.update(
                    lambda current: msgspec.structs.replace(
                        current, server=home, credential=known.credential, private_copy=True
                    )
                )
            )
            for lane in (FIRST, SECOND):
                let_in(app, lane)
            add_reflection(app, "for me alone")

            first = await exchange(app)
            add_reflection(app, "and this")
            second = await exchange(app)

            aside = [(each.lane, each.code) for each in app.read(set_aside)]
            day = app.recorder.now().day
            opened = [each.lane for each in app.read(lambda conn: open_lanes(conn, day))]
            unsent = app.read(lambda conn: unsent_count(conn, app.identity))
            with pytest.raises(DomainError) as refused:
                app.read(require_room)

    assert (True, 2) == (first.is_done, first.refused)
    assert (True, 0, 0) == (second.is_done, second.refused, unsent)
    assert [FIRST] == opened
    assert [(SECOND, "too_many_lanes")] * 2 == aside
    assert ErrorCode.TOO_MANY_LANES is refused.value.code
