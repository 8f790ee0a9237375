"""Joining over HTTP: codes, second devices, and the list of devices."""

import base64
from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.support.server import RunningServer, add_device
from trailmark_server.invitations import Code, add_invitation
from trailmark_server.storage.accounts import AccountRows, Therapist
from trailmark_server.therapists import accounts
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import Founded, Holder, space_of
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import DeviceId, SpaceId, id_from_text, text_from_id
from trailmark_shared.phrases import comparison_phrase
from trailmark_shared.recovery import recovery_keeper, recovery_secrets

KEEPER = recovery_keeper(b"k" * 32)
FOUNDER = Holder("device", b"s" * 32, b"b" * 32)
SPACE = space_of(FOUNDER, Founded(sha256(KEEPER).digest()))
PHONE = DeviceId(b"p" * 16)
LAPTOP = DeviceId(b"l" * 16)
CODE = "BCDFG-HJKLM"
LOOKUP = b"12345678"


@pytest.fixture
async def therapist(server: RunningServer) -> Therapist:
    now = server.services.now()
    code = Code(text=CODE, key=await server.services.code_key())

    def work(rows: AccountRows) -> Therapist:
        added = accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "demo@example.org", now)
        add_invitation(rows, added, code, now)
        return added

    return await server.services.accounts.write(work)


def asked(**changed: str) -> dict[str, str]:
    said = {
        "code": CODE,
        "claim": "0a" * 32,
        "device": text_from_id(PHONE),
        "device_name": "phone",
        "space": text_from_id(SPACE),
    }
    return said | changed


def bearer(joined: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {joined['credential']}"}


async def test_joining_tells_all_that_a_device_needs(
    server: RunningServer, http: httpx.AsyncClient, therapist: Therapist
) -> None:
    response = await http.post("/api/join", json=asked())
    joined = response.json()

    assert 200 == response.status_code
    assert text_from_id(SPACE) == joined["space"]
    assert joined["credential"].startswith("tmd_")
    assert joined["credential_expires_at"] > server.services.now()
    assert {"id": text_from_id(therapist.id), "name": "Dr Demo", "role": "therapist"} == joined[
        "member"
    ]
    key = bytes.fromhex(joined["server"]["signing_key"])
    assert comparison_phrase(key, SPACE, PHONE, therapist.id) == joined["phrase"]
    assert joined["confirmed"] is False
    assert 16 == len(id_from_text(joined["server"]["id"]))


async def test_a_known_device_joins_a_second_therapist_with_its_credential(
    server: RunningServer, http: httpx.AsyncClient, therapist: Therapist
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    stranger = await http.post("/api/join", json=asked(device=text_from_id(LAPTOP)))
    joined = await http.post("/api/join", json=asked(), headers=phone.headers)

    assert (401, ErrorCode.NOT_SIGNED_IN) == (stranger.status_code, stranger.json()["code"])
    assert (200, phone.credential) == (joined.status_code, joined.json()["credential"])
    assert text_from_id(therapist.id) == joined.json()["member"]["id"]


async def test_status_turns_when_the_therapist_confirms(
    server: RunningServer, http: httpx.AsyncClient, therapist: Therapist
) -> None:
    joined = (await http.post("/api/join", json=asked())).json()
    before = (await http.get("/api/join/status", headers=bearer(joined))).json()
    await server.services.accounts.write(
        lambda rows: accounts.confirm_acquaintance(rows, therapist.id, SPACE, server.services.now())
    )
    after = (await http.get("/api/join/status", headers=bearer(joined))).json()

    assert (False, True) == (before["confirmed"], after["confirmed"])
    assert joined["member"] == after["member"]


@pytest.mark.usefixtures("therapist")
async def test_wrong_used_and_expired_codes_are_refused_alike(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    wrong = await http.post("/api/join", json=asked(code="ZZZZZ-ZZZZZ"))
    half = await http.post("/api/join", json=asked(code="BCDFG-ZZZZZ"))
    await http.post("/api/join", json=asked())
    used = await http.post(
        "/api/join",
        json=asked(space=text_from_id(b"o" * 16), device=text_from_id(LAPTOP)),
    )

    assert 403 == wrong.status_code
    assert ErrorCode.WRONG_CODE == wrong.json()["code"]
    assert wrong.content == half.content == used.content
    assert server.url


@pytest.mark.usefixtures("therapist")
async def test_guessing_is_slowed_down(http: httpx.AsyncClient) -> None:
    codes = [
        (await http.post("/api/join", json=asked(code="ZZZZZ-ZZZZZ"))).json()["code"]
        for _ in range(limits.TRIES_BURST + 1)
    ]

    assert {ErrorCode.WRONG_CODE} == set(codes[:-1])
    assert ErrorCode.RATE_LIMITED == codes[-1]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"code": 1}', b'{"code": "x"}'],
)
async def test_malformed_bodies_are_named_without_quoting_them(
    http: httpx.AsyncClient, body: bytes
) -> None:
    response = await http.post(
        "/api/join", content=body, headers={"Content-Type": "application/json"}
    )

    assert 400 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    assert {"type", "title", "status", "code", "detail"} == set(response.json()) - {"fields"}
    assert "the request is not what this address takes" == response.json()["detail"]


async def test_deep_nesting_is_named(http: httpx.AsyncClient) -> None:
    body = b'{"code": ' + b"[" * 5000
    response = await http.post(
        "/api/join", content=body, headers={"Content-Type": "application/json"}
    )

    assert (400, ErrorCode.TOO_DEEP) == (response.status_code, response.json()["code"])


async def test_malformed_ids_are_named(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/join", json=asked(device="nonsense"))

    assert (400, ErrorCode.MALFORMED_ID) == (response.status_code, response.json()["code"])


CLAIM = b"c" * 32
WAITS = {
    "lookup": LOOKUP.hex(),
    "device": text_from_id(LAPTOP),
    "device_name": "laptop",
    "sign_key": "09" * 32,
    "public_key": "0a" * 32,
    "claim_hash": sha256(CLAIM).hexdigest(),
    "proof": "0b" * 32,
}


async def test_a_second_device_is_let_in_on_the_first(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    hash_, claim = sha256(LOOKUP).hexdigest(), {"lookup": LOOKUP.hex(), "claim": CLAIM.hex()}
    invited = await http.post(
        "/api/device-invitations",
        json={"lookup_hash": hash_, "keys_hash": "0c" * 32},
        headers=phone.headers,
    )
    waiting = await http.post("/api/device-joins", json=WAITS)
    early = await http.post("/api/device-joins/claim", json=claim)
    shown = await http.get("/api/device-invitations", headers=phone.headers)
    bundle = base64.b64encode(b"sealed").decode()
    answered = await http.post(
        "/api/device-invitations/answer",
        json={"lookup_hash": hash_, "bundle": bundle},
        headers=phone.headers,
    )
    claimed = await http.post("/api/device-joins/claim", json=claim)

    assert (201, 200, 204) == (invited.status_code, waiting.status_code, answered.status_code)
    assert {"state": "waiting", "let_in": None} == early.json()
    assert {"device": text_from_id(PHONE), "keys_hash": "0c" * 32} == waiting.json()["inviter"]
    (code,) = shown.json()["invitations"]
    assert WAITS["proof"] == code["waiting"]["proof"]
    let_in = claimed.json()["let_in"]
    assert ("confirmed", bundle, text_from_id(SPACE)) == (
        claimed.json()["state"],
        let_in["bundle"],
        let_in["space"],
    )
    listed = await http.get("/api/devices", headers=bearer(let_in))
    told = {each["name"]: each for each in listed.json()["devices"]}
    assert {"phone": False, "laptop": True} == {name: told[name]["current"] for name in told}
    laptop = told["laptop"]
    assert ("device", text_from_id(PHONE)) == (laptop["let_in_by"], laptop["confirmed_by"])
    assert [text_from_id(PHONE)] == laptop["let_in_through"]


async def test_no_code_lets_anybody_take_the_place_of_a_device_that_is_signed_in(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    laptop = await add_device(server.services, SPACE, LAPTOP, "laptop")
    await http.post(
        "/api/device-invitations",
        json={"lookup_hash": sha256(LOOKUP).hexdigest(), "keys_hash": "0c" * 32},
        headers=phone.headers,
    )
    foreign = await http.post("/api/device-joins", json=WAITS, headers=phone.headers)
    nameless = await http.post("/api/device-joins", json=WAITS)
    own = await http.post("/api/device-joins", json=WAITS, headers=laptop.headers)

    assert (401, ErrorCode.SIGNED_OUT) == (nameless.status_code, nameless.json()["code"])
    assert nameless.json() == foreign.json()
    assert 200 == own.status_code


async def test_a_recovery_code_lets_a_device_in(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    secrets = recovery_secrets(bytes(16))
    said = {
        "keeper": KEEPER.hex(),
        "founder_sign_key": FOUNDER.sign_key.hex(),
        "founder_public_key": FOUNDER.box_key.hex(),
        "lookup_hash": sha256(secrets.lookup).hexdigest(),
        "authenticator_hash": sha256(secrets.authenticator).hexdigest(),
        "holder": text_from_id(b"h" * 16),
        "bundle": base64.b64encode(b"sealed").decode(),
        "replaces": None,
    }
    asked_for = {
        "lookup": secrets.lookup.hex(),
        "authenticator": secrets.authenticator.hex(),
        "device": text_from_id(LAPTOP),
        "device_name": "new laptop",
    }
    unknown = await http.post("/api/recover", json=asked_for)
    none = await http.get("/api/recovery", headers=phone.headers)
    saved = await http.put("/api/recovery", json=said, headers=phone.headers)
    late = await http.put(
        "/api/recovery", json=said | {"lookup_hash": "0d" * 32}, headers=phone.headers
    )
    thief = await http.put(
        "/api/recovery",
        json=said | {"keeper": "0e" * 32, "replaces": said["holder"], "lookup_hash": "0d" * 32},
        headers=phone.headers,
    )
    wrong = await http.post("/api/recover", json=asked_for | {"authenticator": "00" * 32})
    recovered = await http.post("/api/recover", json=asked_for)
    made = await http.get("/api/recovery", headers=bearer(recovered.json()))
    listed = await http.get("/api/devices", headers=phone.headers)

    assert {"recovery": None} == none.json()
    assert (204, 200) == (saved.status_code, recovered.status_code)
    assert (403, ErrorCode.WRONG_CODE) == (late.status_code, late.json()["code"])
    assert (403, ErrorCode.NOT_AUTHORISED) == (thief.status_code, thief.json()["code"])
    assert unknown.json() == wrong.json()
    assert (403, ErrorCode.WRONG_CODE) == (wrong.status_code, wrong.json()["code"])
    assert text_from_id(LAPTOP) == made.json()["recovery"]["used_by"]
    assert ["invitation", "recovery"] == [each["let_in_by"] for each in listed.json()["devices"]]


async def test_a_device_is_renamed(server: RunningServer, http: httpx.AsyncClient) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    path = f"/api/devices/{text_from_id(PHONE)}"
    renamed = await http.put(path, json={"name": "old phone"}, headers=phone.headers)
    listed = await http.get("/api/devices", headers=phone.headers)

    assert 204 == renamed.status_code
    assert ["old phone"] == [each["name"] for each in listed.json()["devices"]]


async def test_a_forgotten_credential_turns_no_invitation_away(
    http: httpx.AsyncClient, therapist: Therapist
) -> None:
    """The server came back from before the person; the device still brings what it had."""
    response = await http.post(
        "/api/join", json=asked(), headers={"Authorization": "Bearer tmd_forgotten"}
    )

    assert 200 == response.status_code
    assert "tmd_forgotten" != response.json()["credential"]
    assert "Dr Demo" == therapist.name


async def test_a_device_signs_another_one_out(
    server: RunningServer, http: httpx.AsyncClient
) -> None:
    phone = await add_device(server.services, SPACE, PHONE)
    laptop = await add_device(server.services, SPACE, LAPTOP, "laptop")
    path = f"/api/devices/{text_from_id(LAPTOP)}"
    revoked = await http.delete(path, headers=phone.headers)
    after = await http.get("/api/devices", headers=laptop.headers)

    assert 204 == revoked.status_code
    assert (401, ErrorCode.SIGNED_OUT) == (after.status_code, after.json()["code"])
    listed = await http.get("/api/devices", headers=phone.headers)
    assert ["phone"] == [each["name"] for each in listed.json()["devices"]]
    stranger = await add_device(server.services, SpaceId(b"o" * 16), DeviceId(b"x" * 16))
    foreign = await http.delete(f"/api/devices/{text_from_id(PHONE)}", headers=stranger.headers)
    assert 404 == foreign.status_code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/join/status"),
        ("GET", "/api/devices"),
        ("PUT", f"/api/devices/{text_from_id(PHONE)}"),
        ("GET", "/api/device-invitations"),
        ("GET", "/api/recovery"),
        ("DELETE", f"/api/devices/{text_from_id(PHONE)}"),
    ],
)
async def test_nobody_gets_in_without_a_credential(
    http: httpx.AsyncClient, method: str, path: str
) -> None:
    body = {"name": "x"} if method == "PUT" else None
    response = await http.request(method, path, json=body)

    assert (401, ErrorCode.NOT_SIGNED_IN) == (response.status_code, response.json()["code"])
    assert "Bearer" == response.headers["www-authenticate"]
