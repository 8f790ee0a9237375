"""What each route answers to whom: the table of ``tests/integration/test_access_matrix.py``."""

import base64
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec

from tests.support.matrix_world import ACTORS, SUPPORTER, MatrixWorld
from trailmark_server.pages.browser_app import BuiltApp
from trailmark_shared.codes import LINK_TOKEN_BYTES, link_token_hash, text_from_link_token
from trailmark_shared.ids import circle_lane, text_from_id

Statuses = Mapping[str, int]
Sends = Callable[[MatrixWorld, str], dict[str, Any]]

_SIGN_IN: Final = 401


def _statuses(otherwise: int, **named: int) -> Statuses:
    return {**dict.fromkeys(ACTORS, otherwise), **named}


def _reader(status: int) -> Statuses:
    """Who is let in reads; who is not learns nothing; who was is told that it ended."""
    return _statuses(_SIGN_IN, linked=status, unlinked=404, revoked=410, expired=410)


def _knows(status: int) -> Statuses:
    """Whose invitation the person once redeemed may do it, shared or not; it shows nothing."""
    return _statuses(_SIGN_IN, linked=status, unlinked=404, revoked=status, expired=status)


def _therapist(status: int) -> Statuses:
    """About nobody's data: whoever is signed in and not disabled."""
    return _statuses(_SIGN_IN, linked=status, unlinked=status, revoked=status, expired=status)


def _device(status: int) -> Statuses:
    """Each device about its own person."""
    return _statuses(_SIGN_IN, owner=status, other_device=status)


EVERYBODY = _statuses


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One route.

    Attributes:
        expected: Status by actor.
        sends: What is sent along.
        readers: Who may be sent what the person shares.
    """

    expected: Statuses
    sends: Sends = lambda _world, _actor: {}
    readers: frozenset[str] = frozenset()


def _form(**fields: str) -> Sends:
    def sends(world: MatrixWorld, actor: str) -> dict[str, Any]:
        return {"data": {"form_token": world.tokens.get(actor, ""), **fields}}

    return sends


def _json(make: Callable[[MatrixWorld], object] = lambda _world: {}) -> Sends:
    def sends(world: MatrixWorld, actor: str) -> dict[str, Any]:
        return {"json": make(world), "headers": {"X-Form-Token": world.tokens.get(actor, "")}}

    return sends


def _token(world: MatrixWorld, actor: str) -> dict[str, Any]:
    return {"headers": {"X-Form-Token": world.tokens.get(actor, "")}}


def _about_goal(world: MatrixWorld) -> dict[str, str]:
    return {
        "lane": world.care,
        "about": text_from_id(world.goal),
        "cause": text_from_id(world.shared),
        "text": "Well done",
    }


def _comment_form(world: MatrixWorld, actor: str) -> dict[str, Any]:
    token = {"form_token": world.tokens.get(actor, ""), "comment": text_from_id(bytes(16))}
    return {"data": {**_about_goal(world), **token}}


def _agreement_form(world: MatrixWorld, actor: str) -> dict[str, Any]:
    said = {"answer": "agree", "view": "improving", "seen": text_from_id(world.shared)}
    sending = {"event": text_from_id(bytes(16)), "lane": world.care}
    return {"data": {"form_token": world.tokens.get(actor, ""), **said, **sending}}


def _proposal_form(world: MatrixWorld, actor: str) -> dict[str, Any]:
    said = {"what": "goal", "title": "Call somebody", "reason": "new-insight"}
    sending = {"event": text_from_id(bytes(16)), "lane": world.care}
    return {"data": {"form_token": world.tokens.get(actor, ""), **said, **sending}}


def _agenda_form(world: MatrixWorld, actor: str) -> dict[str, Any]:
    said = {"kind": "agenda_item", "text": "The choir"}
    sending = {"event": text_from_id(bytes(16)), "lane": world.care}
    return {"data": {"form_token": world.tokens.get(actor, ""), **said, **sending}}


def _comment_taken_back(world: MatrixWorld, actor: str) -> dict[str, Any]:
    return {**_token(world, actor), "params": {"lane": world.care}}


def _live(world: MatrixWorld, _actor: str) -> dict[str, Any]:
    world.site.services.stopping.set()  # else the stream would go on
    return {}


def _live_together(world: MatrixWorld, actor: str) -> dict[str, Any]:
    return {"params": {"of": f"page~{world.space}~"}} | _live(world, actor)


def _encouragement(world: MatrixWorld, actor: str) -> dict[str, Any]:
    token = world.tokens.get(actor, "")
    return {"data": {"form_token": token, "event": world.encouraged, "text": "Lovely"}}


def _device_code(_world: MatrixWorld, actor: str) -> dict[str, Any]:
    lookup = sha256(actor.encode()).hexdigest()
    return {"json": {"lookup_hash": lookup, "keys_hash": "0c" * 32}}


def _device_join(_world: MatrixWorld) -> dict[str, str]:
    return {
        "lookup": "0" * 16,
        "device": text_from_id(bytes(16)),
        "device_name": "tablet",
        "sign_key": "09" * 32,
        "public_key": "0a" * 32,
        "claim_hash": "0b" * 32,
        "proof": "0d" * 32,
    }


def _device_claim(_world: MatrixWorld) -> dict[str, str]:
    return {"lookup": "0" * 16, "claim": "0e" * 32}


def _device_answer(_world: MatrixWorld) -> dict[str, object]:
    return {"lookup_hash": "0f" * 32, "bundle": None}


def _recovery_code(_world: MatrixWorld, actor: str) -> dict[str, Any]:
    code = sha256(actor.encode())
    return {
        "json": {
            "keeper": "0a" * 32,
            "founder_sign_key": "09" * 32,
            "founder_public_key": "0b" * 32,
            "lookup_hash": code.hexdigest(),
            "authenticator_hash": "0a" * 32,
            "holder": text_from_id(code.digest()[:16]),
            "bundle": "AAAA",
            "replaces": None,
        }
    }


def _recovering(_world: MatrixWorld) -> dict[str, str]:
    device = text_from_id(bytes(16))
    code = {"lookup": "00" * 16, "authenticator": "0a" * 32}
    return {**code, "device": device, "device_name": "tablet"}


def _join(world: MatrixWorld) -> dict[str, str]:
    device = text_from_id(bytes(16))
    said = {"code": "BBBBB-BBBBB", "device": device, "device_name": "tablet", "space": world.space}
    return {**said, "claim": "0a" * 32}


def _link(_: MatrixWorld) -> dict[str, object]:
    token = text_from_link_token(bytes([9]) * LINK_TOKEN_BYTES)
    hash_ = link_token_hash(token).hex()
    return {"lane": circle_lane(SUPPORTER), "token_hash": hash_, "age_ms": 0}


def _erasure(_world: MatrixWorld) -> dict[str, object]:
    statement = base64.b64encode(b"{}").decode()
    return {"event": text_from_id(bytes(16)), "statements": [statement]}


LINKED = frozenset({"linked"})
SAM = frozenset({"supporter"})

MATRIX: Final[Mapping[tuple[str, str], Row]] = {
    # Nobody's data
    ("GET", "/"): Row(expected=EVERYBODY(200)),
    ("GET", "/health"): Row(expected=EVERYBODY(200)),
    ("GET", "/health/live"): Row(expected=EVERYBODY(200)),
    ("GET", "/health/ready"): Row(expected=EVERYBODY(200)),
    ("GET", "/api/openapi.json"): Row(expected=EVERYBODY(200)),
    ("GET", "/app"): Row(expected=EVERYBODY(302 if BuiltApp().is_built else 503)),
    ("GET", "/app/{name:str}"): Row(expected=EVERYBODY(404)),
    ("GET", "/static/{file_path:path}"): Row(expected=EVERYBODY(200)),
    ("HEAD", "/static/{file_path:path}"): Row(expected=EVERYBODY(200)),
    # Whoever holds a one-time link
    ("GET", "/enter/{token:str}"): Row(expected=EVERYBODY(200)),
    ("POST", "/enter/{token:str}"): Row(expected=EVERYBODY(303)),
    ("POST", "/sign-out"): Row(expected=_therapist(303), sends=_form()),
    # A therapist's own account; with empty forms, tests/unit/server/pages tell the rest
    ("GET", "/sign-in"): Row(
        expected=_statuses(200, linked=303, unlinked=303, revoked=303, expired=303)
    ),
    ("POST", "/sign-in"): Row(expected=EVERYBODY(403), sends=_form()),
    ("POST", "/sign-in/passkey"): Row(expected=EVERYBODY(403), sends=_form()),
    ("POST", "/sign-in/passkey/challenge"): Row(expected=EVERYBODY(403), sends=_form()),
    ("GET", "/account"): Row(expected=_therapist(200)),
    ("POST", "/account/proof"): Row(expected=_therapist(403), sends=_form()),
    ("POST", "/account/proof/passkey"): Row(expected=_therapist(403), sends=_form()),
    ("POST", "/account/proof/passkey/challenge"): Row(expected=_therapist(403), sends=_form()),
    ("POST", "/account/password"): Row(expected=_therapist(400), sends=_form()),
    ("POST", "/account/passkeys"): Row(expected=_therapist(403), sends=_form()),
    ("POST", "/account/passkeys/challenge"): Row(expected=_therapist(403), sends=_form()),
    ("POST", "/account/passkeys/rename"): Row(expected=_therapist(404), sends=_form()),
    ("POST", "/account/passkeys/remove"): Row(expected=_therapist(404), sends=_form()),
    ("POST", "/account/browsers/end"): Row(expected=_therapist(404), sends=_form()),
    ("POST", "/account/browsers/end-all"): Row(expected=_therapist(303), sends=_form()),
    # Therapists' pages
    ("GET", "/people"): Row(expected=_therapist(200)),
    ("POST", "/people"): Row(expected=_therapist(303), sends=_form(q="somebody")),
    ("GET", "/people/invite"): Row(expected=_therapist(200)),
    ("POST", "/people/invite"): Row(expected=_therapist(201), sends=_form(label="New")),
    ("POST", "/people/invite/{invitation:str}/withdraw"): Row(
        expected=_statuses(_SIGN_IN, linked=303, unlinked=404, revoked=404, expired=404),
        sends=_form(),
    ),
    ("GET", "/people/{space:str}"): Row(expected=EVERYBODY(303)),
    ("POST", "/people/{space:str}/confirm"): Row(expected=_knows(303), sends=_form()),
    ("GET", "/people/{space:str}/timeline"): Row(expected=_reader(200), readers=LINKED),
    ("POST", "/people/{space:str}/timeline"): Row(expected=_reader(303), sends=_form(q="aloud")),
    ("GET", "/people/{space:str}/live"): Row(expected=_reader(200), sends=_live),
    ("GET", "/people/live"): Row(expected=_therapist(200), sends=_live_together),
    ("GET", "/people/{space:str}/goals/{goal:str}"): Row(expected=_reader(200), readers=LINKED),
    ("POST", "/people/{space:str}/comments"): Row(expected=_reader(303), sends=_comment_form),
    ("GET", "/people/{space:str}/plan"): Row(expected=_reader(200), readers=LINKED),
    ("GET", "/people/{space:str}/session"): Row(expected=_reader(200), readers=LINKED),
    ("POST", "/people/{space:str}/session"): Row(expected=_knows(303), sends=_form(at="")),
    ("GET", "/people/{space:str}/goals/{goal:str}/audit"): Row(
        expected=_reader(200), readers=LINKED
    ),
    ("GET", "/people/{space:str}/goals/{goal:str}/audit.csv"): Row(
        expected=_reader(200), readers=LINKED
    ),
    ("GET", "/people/{space:str}/goals/{goal:str}/audit.fhir"): Row(
        expected=_reader(200), readers=LINKED
    ),
    ("POST", "/people/{space:str}/goals/{goal:str}/agreement"): Row(
        expected=_reader(303), sends=_agreement_form
    ),
    ("POST", "/people/{space:str}/goals/{goal:str}/assessment"): Row(
        expected=_reader(303), sends=_agreement_form
    ),
    ("GET", "/people/{space:str}/proposals/new"): Row(
        expected=_reader(200),
        sends=lambda world, _actor: {
            "params": {"what": "goal_change", "goal": text_from_id(world.goal)}
        },
        readers=LINKED,
    ),
    ("POST", "/people/{space:str}/proposals"): Row(expected=_reader(303), sends=_proposal_form),
    ("POST", "/people/{space:str}/proposals/{proposal:str}/withdraw"): Row(
        expected=_statuses(_SIGN_IN, linked=404, unlinked=404, revoked=410, expired=410),
        sends=_form(),
    ),
    ("POST", "/people/{space:str}/together"): Row(expected=_reader(303), sends=_agenda_form),
    **{
        ("POST", f"/people/{{space:str}}/together/{{entry:str}}/{way}"): Row(
            expected=_statuses(_SIGN_IN, linked=404, unlinked=404, revoked=410, expired=410),
            sends=_agenda_form,
        )
        for way in ("end", "reword", "answer")
    },
    ("GET", "/people/{space:str}/hand-over"): Row(expected=_reader(200)),
    ("POST", "/people/{space:str}/hand-over"): Row(
        expected=_reader(303), sends=_form(email="unlinked@example.org")
    ),
    ("POST", "/people/{space:str}/hand-over/withdraw"): Row(expected=_knows(303), sends=_form()),
    # The members' API
    ("GET", "/api/members/session"): Row(expected=_therapist(200)),
    ("DELETE", "/api/members/session"): Row(expected=_therapist(204), sends=_token),
    ("GET", "/api/members/looks"): Row(expected=_therapist(200)),
    ("GET", "/api/members/people"): Row(expected=_therapist(200)),
    ("GET", "/api/members/people/{space:str}"): Row(expected=_reader(200)),
    ("PUT", "/api/members/people/{space:str}/label"): Row(
        expected=_knows(204), sends=_json(lambda _: {"label": "M"})
    ),
    ("POST", "/api/members/people/{space:str}/confirmation"): Row(
        expected=_knows(204), sends=_token
    ),
    ("GET", "/api/members/people/{space:str}/timeline"): Row(expected=_reader(200), readers=LINKED),
    ("GET", "/api/members/people/{space:str}/goals"): Row(expected=_reader(200), readers=LINKED),
    ("GET", "/api/members/people/{space:str}/goals/{goal:str}"): Row(
        expected=_reader(200), readers=LINKED
    ),
    ("GET", "/api/members/people/{space:str}/goals/{goal:str}/history"): Row(
        expected=_reader(200), readers=LINKED
    ),
    ("GET", "/api/members/people/{space:str}/goals/{goal:str}/audit"): Row(
        expected=_reader(200), readers=LINKED
    ),
    ("GET", "/api/members/people/{space:str}/export"): Row(
        expected=_reader(200),
        sends=lambda world, _actor: {"params": {"lane": world.care}},
        readers=LINKED,
    ),
    ("GET", "/api/members/invitations"): Row(expected=_therapist(200)),
    ("POST", "/api/members/invitations"): Row(
        expected=_therapist(201), sends=_json(lambda _: {"label": "New"})
    ),
    ("DELETE", "/api/members/invitations/{invitation:str}"): Row(
        expected=_statuses(_SIGN_IN, linked=204, unlinked=404, revoked=404, expired=404),
        sends=_token,
    ),
    ("GET", "/api/members/people/{space:str}/hand-over"): Row(expected=_reader(200)),
    ("PUT", "/api/members/people/{space:str}/hand-over"): Row(
        expected=_reader(200), sends=_json(lambda _: {"email": "unlinked@example.org"})
    ),
    ("DELETE", "/api/members/people/{space:str}/hand-over"): Row(
        expected=_knows(204), sends=_token
    ),
    ("POST", "/api/members/people/{space:str}/comments"): Row(
        expected=_reader(201), sends=_json(_about_goal)
    ),
    ("DELETE", "/api/members/people/{space:str}/comments/{comment:str}"): Row(
        expected=_reader(204), sends=_comment_taken_back
    ),
    # Supporters
    ("GET", "/with/{token:str}"): Row(expected=EVERYBODY(200)),
    ("POST", "/with/{token:str}"): Row(expected=EVERYBODY(303)),
    ("GET", "/with"): Row(expected=_statuses(403, supporter=200), readers=SAM),
    ("POST", "/with/encouragements"): Row(
        expected=_statuses(403, supporter=303), sends=_encouragement
    ),
    ("POST", "/with/leave"): Row(expected=_statuses(403, supporter=303), sends=_form()),
    ("GET", "/with-left"): Row(expected=EVERYBODY(200)),
    # A person's devices, each about its own person
    ("POST", "/sync"): Row(expected=EVERYBODY(400)),  # a body without a frame, whoever sends it
    ("GET", "/api/access-log"): Row(expected=_device(200)),
    ("GET", "/api/devices"): Row(expected=_device(200)),
    ("DELETE", "/api/devices/{device_id:str}"): Row(
        expected=_statuses(_SIGN_IN, owner=204, other_device=404)
    ),
    ("POST", "/api/device-invitations"): Row(
        expected=_device(201),
        sends=_device_code,
    ),
    ("PUT", "/api/devices/{device_id:str}"): Row(
        expected=_statuses(_SIGN_IN, owner=204, other_device=404),
        sends=_json(lambda _world: {"name": "tablet"}),
    ),
    ("GET", "/api/device-invitations"): Row(expected=_device(200)),
    ("POST", "/api/device-invitations/answer"): Row(
        expected=_device(403), sends=_json(_device_answer)
    ),
    ("POST", "/api/device-joins"): Row(expected=EVERYBODY(403), sends=_json(_device_join)),
    ("POST", "/api/device-joins/claim"): Row(expected=EVERYBODY(403), sends=_json(_device_claim)),
    ("GET", "/api/recovery"): Row(expected=_device(200)),
    # None of them proves to hold the keys: tests/integration/test_joining.py.
    ("PUT", "/api/recovery"): Row(expected=_device(403), sends=_recovery_code),
    ("POST", "/api/recover"): Row(expected=EVERYBODY(403), sends=_json(_recovering)),
    ("POST", "/api/join"): Row(expected=EVERYBODY(403), sends=_json(_join)),
    ("GET", "/api/join/status"): Row(expected=_statuses(_SIGN_IN, owner=200, other_device=404)),
    ("GET", "/api/hand-overs"): Row(expected=_device(200)),
    ("POST", "/api/hand-overs/{therapist_id:str}"): Row(
        expected=_statuses(_SIGN_IN, owner=200, other_device=404)
    ),
    ("DELETE", "/api/hand-overs/{therapist_id:str}"): Row(expected=_device(204)),
    ("GET", "/api/space/erasure"): Row(expected=_device(404)),
    # What a device says of it must be a whole event: tests/integration/test_space_erasure.py.
    ("POST", "/api/space/erasure"): Row(expected=_device(400), sends=_json(_erasure)),
    ("GET", "/api/supporter-links"): Row(expected=_device(200)),
    ("PUT", "/api/supporter-links/{member_id:str}"): Row(
        expected=_statuses(_SIGN_IN, owner=200, other_device=404), sends=_json(_link)
    ),
    ("DELETE", "/api/supporter-links/{member_id:str}"): Row(expected=_device(204)),
}
"""Method and route -> what is answered."""
