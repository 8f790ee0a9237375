"""A colleague whom a therapist proposes; nobody is let in before the person agreed and wrote it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.devices import new_device
from tests.support.home import Home
from tests.support.http_home import Answer, HttpHome, http_home
from trailmark_client.app import App
from trailmark_client.hand_overs import decline, hand_overs_now, list_hand_overs, take_up
from trailmark_client.joining import agree, complete, redeem
from trailmark_client.queries.members import members
from trailmark_client.queries.pending import Agreed, pending_grant
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.ids import SpaceId, text_from_id
from trailmark_shared.phrases import comparison_phrase

THERAPIST = {"id": text_from_id(b"m" * 16), "name": "Dr Demo", "role": "therapist"}
COLLEAGUE = {"id": text_from_id(b"n" * 16), "name": "Dr Second", "role": "therapist"}
MINE = f"/api/hand-overs/{THERAPIST['id']}"
GOALS = Agreed(classes=("goals",))
KEY = Home(SpaceId(b"s" * 16)).signer.public_key.hex()


def joined(space: str, member: dict[str, str]) -> dict[str, Any]:
    return {
        "space": space,
        "credential": "tmd_first",
        "credential_expires_at": 1,
        "server": {"id": text_from_id(b"h" * 16), "name": "Home", "signing_key": KEY},
        "member": member,
        "phrase": "",
        "confirmed": False,
    }


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path / "first") as device:
        yield device


@pytest.fixture
def home(app: App) -> Iterator[HttpHome]:
    """Serve a home whose therapist the person let in, and who proposes a colleague."""

    def join(body: dict[str, Any], _credential: str) -> Answer:
        return 200, joined(body["space"], THERAPIST)

    with http_home() as served:
        served.routes["POST", "/api/join"] = join
        for member in (THERAPIST, COLLEAGUE):
            served.on("GET", f"/api/join/status?member={member['id']}", (200, {"confirmed": True}))
        redeem(app, served.url, "BCDFG-HJKLM", GOALS)
        complete(app, THERAPIST["id"])
        propose(served)
        space = text_from_id(app.identity.space)
        served.on("POST", MINE, (200, joined(space, COLLEAGUE)))
        yield served


def propose(home: HttpHome, *, taken: bool = False) -> None:
    line = {
        "therapist": THERAPIST,
        "colleague": COLLEAGUE,
        "made_at": 1,
        "expires_at": 2,
        "taken": taken,
    }
    home.on("GET", "/api/hand-overs", (200, {"hand_overs": [line]}))


@pytest.mark.usefixtures("home")
def test_taking_up_grants_nothing(app: App) -> None:
    redeemed = take_up(app, list_hand_overs(app)[0])

    assert redeemed.phrase == comparison_phrase(
        bytes.fromhex(KEY), app.identity.space, app.identity.device, b"n" * 16
    )
    assert complete(app, COLLEAGUE["id"]) == []
    assert [each.name for each in app.read(members)] == ["Dr Demo"]


@pytest.mark.usefixtures("home")
def test_the_colleague_is_let_in_with_a_grant_of_their_own(app: App) -> None:
    take_up(app, list_hand_overs(app)[0])

    agree(app, COLLEAGUE["id"], GOALS)

    assert [each.kind for each in complete(app, COLLEAGUE["id"]) or []] == ["grant"]
    assert sorted(each.name for each in app.read(members)) == ["Dr Demo", "Dr Second"]


def test_one_taken_up_is_shown_where_it_waits(app: App, home: HttpHome) -> None:
    [proposed] = list_hand_overs(app)
    propose(home, taken=True)
    assert list_hand_overs(app) == []

    take_up(app, proposed)
    assert [each.colleague.name for each in list_hand_overs(app)] == ["Dr Second"]


def test_declining_keeps_nothing(app: App, home: HttpHome) -> None:
    home.on("DELETE", MINE, (204, None))

    decline(app, list_hand_overs(app)[0])

    assert app.read(lambda conn: pending_grant(conn, COLLEAGUE["id"])) is None


def test_declining_after_yes_waits_for_nobody_any_more(app: App, home: HttpHome) -> None:
    home.on("DELETE", MINE, (204, None))
    take_up(app, list_hand_overs(app)[0])

    decline(app, list_hand_overs(app)[0])

    assert app.read(lambda conn: pending_grant(conn, COLLEAGUE["id"])) is None


def test_declining_leaves_an_invitation_of_the_colleagues_own(app: App, home: HttpHome) -> None:
    home.on("DELETE", MINE, (204, None))
    home.routes["POST", "/api/join"] = lambda body, _who: (200, joined(body["space"], COLLEAGUE))
    [proposed] = list_hand_overs(app)
    redeem(app, home.url, "MNPQR-STVWX")

    decline(app, proposed)

    assert app.read(lambda conn: pending_grant(conn, COLLEAGUE["id"])) is not None


def test_a_server_that_cannot_be_asked_proposes_nobody_now(app: App, home: HttpHome) -> None:
    home.on("GET", "/api/hand-overs", (503, {"code": "unavailable", "detail": "later"}))

    assert hand_overs_now(app) == []
    with pytest.raises(RefusedError):
        list_hand_overs(app)


def test_proposals_need_a_server(app: App) -> None:
    with pytest.raises(RefusedError) as refused:
        list_hand_overs(app)

    assert refused.value.code is ErrorCode.NOT_CONNECTED


def test_nobody_is_taken_up_for_whom_there_is_no_lane(
    app: App, home: HttpHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    [proposed] = list_hand_overs(app)
    monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", 2)
    asked = len(home.asked)

    with pytest.raises(DomainError) as raised:
        take_up(app, proposed)

    assert ErrorCode.TOO_MANY_LANES is raised.value.code
    assert asked == len(home.asked)
    assert None is app.read(lambda conn: pending_grant(conn, COLLEAGUE["id"]))
