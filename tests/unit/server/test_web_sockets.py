"""What a connection keeps while a device waits."""

import gc
from pathlib import Path

from websockets.http11 import Request, Response

from tests.support.server import add_device, receive, running_server, send, socket_of
from trailmark_server.web_sockets import LeanWebSocket
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.protocol import messages


async def test_a_live_connection_keeps_no_headers(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        phone = await add_device(server.services, SpaceId(b"s" * 16), DeviceId(b"p" * 16))
        async with socket_of(server, phone) as socket:
            await send(socket, phone.hello())
            assert isinstance(await receive(socket), messages.Welcome)

            (connection,) = [each for each in gc.get_objects() if isinstance(each, LeanWebSocket)]
            kept = vars(connection).values()
            assert not [each for each in kept if isinstance(each, Request | Response)]
