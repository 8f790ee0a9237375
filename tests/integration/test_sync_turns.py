"""What the bell tells a device is told by a task of the device's, whoever rings."""

from gettext import NullTranslations
from pathlib import Path

from tests.support.server import add_device, receive, running_server, send, socket_of
from trailmark_server.heads import next_key
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.protocol import messages
from trailmark_shared.words import Language, speaking


class Loud(NullTranslations):
    """Another language."""

    def gettext(self, message: str) -> str:
        return message.upper()


async def test_a_device_is_told_nothing_in_the_language_of_whoever_rings(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        services = server.services
        phone = await add_device(services, SpaceId(b"s" * 16), DeviceId(b"p" * 16))
        async with socket_of(server, phone) as socket:
            await send(socket, phone.hello())
            await receive(socket)
            keys, seed = await services.keys.signing_keys(), b"\x07" * 32
            made = next_key(keys, seed, services.now())
            await services.keys.add_signing_key(made, seed, keys.chain[-1].key)
            await services.events.take_signing_keys()
            with speaking(Language("loud", Loud())):
                services.bell.ring_access()
            answer = await receive(socket)

    assert isinstance(answer, messages.Error)
    assert "the server signs with a new key; connect again" == answer.message
