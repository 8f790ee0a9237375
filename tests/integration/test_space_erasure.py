"""Erasing everything over HTTP: idempotent, for own devices only, and nothing goes on behind it."""

import base64

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.processes import run_module, stores_of
from tests.support.server import (
    RunningServer,
    WireDevice,
    add_device,
    receive,
    send,
    socket_of,
)
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import (
    Holder,
    Removed,
    Saying,
    SpaceErased,
    StatementId,
    make_statement,
)
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import DeviceId, SpaceId, text_from_id
from trailmark_shared.protocol import messages

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
LAPTOP = DeviceId(b"l" * 16)
PATH = "/api/space/erasure"
SIGNER = NaclSigner(b"s" * 32)
AUTHOR = Holder("device", SIGNER.public_key, NaclCipher().box_public_key(b"b" * 32))


def signed(says: Saying, space: SpaceId = SPACE) -> bytes:
    return make_statement(SIGNER, space, AUTHOR, (StatementId(bytes(32)),), says).raw


ORDER = signed(SpaceErased())


def said(*statements: bytes, event: bytes = b"e" * 16) -> dict[str, object]:
    texts = [base64.b64encode(each).decode() for each in statements or (ORDER,)]
    return {"event": text_from_id(event), "statements": texts}


async def test_everything_goes_and_the_other_device_is_told_on_whose_word(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    laptop = await add_device(server.services, SPACE, LAPTOP)
    async with socket_of(server, laptop) as socket:
        await send(socket, laptop.hello())
        assert isinstance(await receive(socket), messages.Welcome)

        done = await http.post(PATH, json=said(), headers=phone.headers)

        ended = await receive(socket)
        with pytest.raises(ConnectionClosed) as closed:
            await receive(socket)

    assert (200, "person") == (done.status_code, done.json()["erased_by"])
    assert isinstance(ended, messages.Error)
    assert (ErrorCode.SPACE_ERASED, "never") == (ended.code, ended.retry)
    assert closed.value.rcvd is not None
    assert 4410 == closed.value.rcvd.code
    told = (await http.get(PATH, headers=laptop.headers)).json()
    assert done.json() == told
    assert [said()] == told["proofs"]


async def test_it_may_be_asked_again_and_by_another_device(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    laptop = await add_device(server.services, SPACE, LAPTOP)
    first = (await http.post(PATH, json=said(), headers=phone.headers)).json()
    again = (await http.post(PATH, json=said(), headers=phone.headers)).json()
    other = said(event=b"f" * 16)

    both = (await http.post(PATH, json=other, headers=laptop.headers)).json()

    assert first == again
    assert first["erased_at"] == both["erased_at"]
    assert [other, said()] == both["proofs"]


async def test_nothing_else_is_open_to_its_devices(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    await http.post(PATH, json=said(), headers=phone.headers)

    for path in ("/api/devices", "/api/access-log", "/api/join/status"):
        answer = await http.get(path, headers=phone.headers)
        assert (410, "space_erased") == (answer.status_code, answer.json()["code"])
    with pytest.raises(InvalidStatus) as refused:
        async with socket_of(server, phone):
            pass
    assert 410 == refused.value.response.status_code


async def test_only_a_devices_credential_opens_it(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    nobody = await http.post(PATH, json=said())
    wrong = await http.post(PATH, json=said(), headers={"Authorization": "Bearer tmd_x"})
    before = await http.get(PATH, headers=phone.headers)

    assert (401, 401) == (nobody.status_code, wrong.status_code)
    assert (404, "not_found") == (before.status_code, before.json()["code"])


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        bytes(64) + ORDER[64:],
        signed(SpaceErased(), space=SpaceId(b"x" * 16)),
        signed(Removed((b"x" * 16,))),
    ],
)
async def test_what_is_no_proof_erases_nothing(
    server: RunningServer, http: httpx.AsyncClient, body: bytes
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)

    answer = await http.post(PATH, json=said(body), headers=phone.headers)

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])
    assert 404 == (await http.get(PATH, headers=phone.headers)).status_code


async def test_more_proofs_than_there_can_be_are_refused(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    bodies = [ORDER] * (limits.ERASURE_STATEMENTS_MAX + 1)

    answer = await http.post(PATH, json=said(*bodies), headers=phone.headers)

    assert 400 == answer.status_code


async def test_a_proof_of_more_bytes_than_there_can_be_is_refused(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    large = [bytes(limits.STATEMENT_BYTES_MAX)] * (
        limits.ERASURE_PROOF_BYTES_MAX // limits.STATEMENT_BYTES_MAX
    )

    answer = await http.post(PATH, json=said(*large, ORDER), headers=phone.headers)

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])


async def test_the_operator_may_erase_beside_the_running_server(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    """Another process changes the same files; sessions end by the watch over them."""
    phone: WireDevice = await add_device(server.services, SPACE, PHONE)
    async with socket_of(server, phone) as socket:
        await send(socket, phone.hello())
        assert isinstance(await receive(socket), messages.Welcome)

        done = run_module(
            "trailmark_server",
            *("person", "erase", text_from_id(SPACE), "--yes", "--json"),
            *stores_of(server.services.settings.data, server.services.settings.databases),
        )

        ended = await receive(socket)

    assert 0 == done.returncode, done.stderr
    assert isinstance(ended, messages.Error)
    told = (await http.get(PATH, headers=phone.headers)).json()
    assert ("operator", []) == (told["erased_by"], told["proofs"])
