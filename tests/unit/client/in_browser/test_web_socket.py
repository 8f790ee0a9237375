"""The browser's WebSocket: the credential in the first frame, in no address."""

import pytest

from tests.support.fake_browser import FakeBrowser, FakeSocket, in_browser
from trailmark_client.in_browser.web_socket import open_in_browser, with_credential
from trailmark_client.transport import TransportClosedError
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.protocol.frames import decode_client_frame, encode_frame
from trailmark_shared.protocol.messages import Bye, Hello

HELLO = encode_frame(
    Hello(
        protocol=(1, 1), app="test", device=bytes(16), epoch=bytes(8), now=0, lanes=[], revoked=[]
    )
)


async def test_hello_brings_the_credential_and_nothing_else_does() -> None:
    with in_browser(FakeBrowser()) as given:
        given.socket = FakeSocket([b"frame", 1000])
        transport = await open_in_browser("https://home.example", "tmd_secret")
        await transport.send(HELLO)
        await transport.send(encode_frame(Bye()))

        assert b"frame" == await transport.receive()
        with pytest.raises(TransportClosedError):
            await transport.receive()
        await transport.close(1000, "done")
    hello = decode_client_frame(given.socket.sent[0])
    assert isinstance(hello, Hello)
    assert "tmd_secret" == hello.credential
    assert encode_frame(Bye()) == given.socket.sent[1]
    assert ["wss://home.example/sync"] == given.opened
    assert 1000 == given.socket.closed


def test_only_hello_is_given_one() -> None:
    frame = encode_frame(Bye())

    assert frame == with_credential(frame, "tmd_secret")


async def test_the_server_may_be_out_of_reach() -> None:
    with in_browser(FakeBrowser()), pytest.raises(RefusedError) as raised:
        await open_in_browser("https://home.example", "tmd_secret")

    assert (ErrorCode.UNREACHABLE, "later") == (raised.value.code, raised.value.retry)


async def test_another_server_is_out_of_reach_for_good() -> None:
    with in_browser(FakeBrowser("https://other.example")), pytest.raises(RefusedError) as raised:
        await open_in_browser("https://home.example", "tmd_secret")

    assert (ErrorCode.UNREACHABLE, "never") == (raised.value.code, raised.value.retry)
