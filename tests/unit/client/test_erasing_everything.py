"""Everything goes from this device at once, from servers as they answer, from others by proof."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.devices import add_goal, add_reflection, new_device, same_person
from tests.support.erasures import PATH, at_home, relays, tell
from tests.support.http_home import HttpHome, http_home
from tests.support.people import remove
from trailmark_client.app import App, open_app
from trailmark_client.erasing_everything import (
    Told,
    ask_servers,
    erase_everything,
    note_taken,
    obey_erasure,
)
from trailmark_client.storage.emptying import Erasure
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import text_from_id


@pytest.fixture
def home() -> Iterator[HttpHome]:
    with http_home() as running:
        yield running


@pytest.fixture
def phone(tmp_path: Path, home: HttpHome) -> Iterator[App]:
    with new_device(tmp_path / "phone") as app:
        at_home(app, home)
        add_reflection(app, "words")
        yield app


@pytest.fixture
def laptop(tmp_path: Path, home: HttpHome, phone: App) -> Iterator[App]:
    with new_device(tmp_path / "laptop", 2) as app:
        same_person(app, phone)
        at_home(app, home)
        holder = app.identity.secrets.holder
        phone.write(lambda conn: phone.key_sharing.let_in(conn, holder, "laptop"))
        tell(phone, app)
        add_goal(app, "not sent yet")
        yield app


def count(app: App) -> int:
    return app.read(
        lambda conn: conn.execute("SELECT count(*) FROM event WHERE lane != 'devices'").fetchone()[
            0
        ]
    )


def test_the_device_is_as_new_at_once_and_the_server_is_asked(phone: App, home: HttpHome) -> None:
    relays(home)
    before = phone.identity

    erase_everything(phone)
    told = ask_servers(phone)

    assert 0 == count(phone)
    assert (None, None) == (phone.identity.server, phone.identity.credential)
    assert before.space != phone.identity.space
    assert [Told(url=home.url, space=text_from_id(before.space), answered="erased")] == told
    assert Erasure() == phone.erasure_file.read()
    assert not phone.erasure_file.path.exists()
    assert [("POST", PATH)] == [each[:2] for each in home.asked]


def test_a_server_that_is_away_is_asked_again_until_it_answers(phone: App, home: HttpHome) -> None:
    home.on("POST", PATH, (503, {"code": "storage_unavailable", "detail": "busy"}))
    erase_everything(phone)
    first = ask_servers(phone)
    phone.close()
    with open_app(phone.home) as again:
        add_reflection(again, "a new beginning")
        second = ask_servers(again)
        relays(home)
        third, fourth = ask_servers(again), ask_servers(again)

        assert 1 == count(again)

    states = [[each.answered for each in told] for told in (first, second, third, fourth)]
    assert [["waiting"], ["waiting"], ["erased"], []] == states
    sent = [body for _, _, body in home.asked]
    assert 3 == len(sent)
    assert sent[0] == sent[2]


def test_what_a_server_refuses_for_good_is_kept_to_be_told(phone: App, home: HttpHome) -> None:
    home.on("POST", PATH, (401, {"code": "signed_out", "detail": "signed out"}))
    erase_everything(phone)

    states = [[(each.answered, each.code) for each in ask_servers(phone)] for _ in range(2)]

    assert [[("refused", "signed_out")]] * 2 == states
    assert 1 == len(home.asked)


def test_a_device_without_a_server_has_nobody_to_ask(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, "words")

        erase_everything(app)

        assert ([], 0) == (ask_servers(app), count(app))
        assert not app.erasure_file.path.exists()


def test_two_erasures_wait_side_by_side(phone: App, home: HttpHome) -> None:
    home.on("POST", PATH, (503, {}))
    erase_everything(phone)
    at_home(phone, home)
    erase_everything(phone)

    assert ["waiting", "waiting"] == [each.answered for each in ask_servers(phone)]
    relays(home)
    assert ["erased", "erased"] == [each.answered for each in ask_servers(phone)]


def test_another_device_obeys_the_proof(phone: App, laptop: App, home: HttpHome) -> None:
    relays(home)
    erase_everything(phone)
    ask_servers(phone)

    erased_at = obey_erasure(laptop)

    assert (7, 0) == (erased_at, count(laptop))
    assert laptop.identity.server is None
    assert Erasure() == laptop.erasure_file.read()


def test_a_device_obeys_one_good_proof_among_bad_ones(
    phone: App, laptop: App, home: HttpHome
) -> None:
    relays(home)
    erase_everything(phone)
    ask_servers(phone)
    [good] = home.relay["proofs"]
    home.relay["proofs"] = [
        {"event": "no id", "statements": []},
        {"event": good["event"], "statements": ["no base64!", "e30="]},
        good,
    ]

    obey_erasure(laptop)

    assert 0 == count(laptop)


def test_a_removed_device_empties_no_other(phone: App, laptop: App, home: HttpHome) -> None:
    relays(home)
    remove(laptop, phone)
    erase_everything(phone)
    ask_servers(phone)

    with pytest.raises(RefusedError):
        obey_erasure(laptop)

    assert laptop.identity.server is not None


@pytest.mark.usefixtures("laptop")
def test_a_proof_is_bounded(phone: App, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = phone.read(phone.key_sharing.last_words)

    monkeypatch.setattr(limits, "ERASURE_STATEMENTS_MAX", 2)
    short = phone.read(phone.key_sharing.last_words)
    monkeypatch.setattr(limits, "ERASURE_PROOF_BYTES_MAX", len(short[-1]) + 1)
    shortest = phone.read(phone.key_sharing.last_words)

    assert (2, 1) == (len(short), len(shortest))
    assert len(whole) > 2
    assert whole[-1] == short[-1]


def test_a_server_or_a_thief_empties_no_device(phone: App, laptop: App, home: HttpHome) -> None:
    """Whoever has a credential may erase the server's copy; only a vault key speaks to devices."""
    relays(home)
    thief = new_device(phone.home / "thief", 9).identity
    forged = msgspec.structs.replace(
        thief, space=phone.identity.space, server=phone.identity.server
    )
    forged = msgspec.structs.replace(forged, credential="tmd_test")
    phone.write(lambda _conn: phone.identity_file.save(forged))
    erase_everything(phone)
    ask_servers(phone)

    forgery: list[Any] = home.relay["proofs"]
    nothing: list[Any] = []
    for proofs in (forgery, nothing):
        home.relay["proofs"] = proofs
        with pytest.raises(RefusedError) as raised:
            obey_erasure(laptop)
        assert (ErrorCode.SPACE_ERASED, "never") == (raised.value.code, raised.value.retry)

    assert 1 == count(laptop)
    assert laptop.identity.server is not None
    there = laptop.erasure_file.erased_there(laptop.identity.space)
    assert there is not None
    assert (7, laptop.clock.now_ms()) == (there.erased_at, there.learned_at)
    note_taken(laptop)
    assert Erasure() == laptop.erasure_file.read()
    add_reflection(laptop, "writing goes on")


def test_a_device_that_the_others_do_not_know_keeps_everything_and_says_so(
    phone: App, laptop: App, home: HttpHome
) -> None:
    """Whoever asked may be the thief that removed it."""
    relays(home)
    remove(phone, laptop)
    tell(phone, laptop)
    erase_everything(phone)
    ask_servers(phone)

    with pytest.raises(RefusedError, match="cannot tell whether you asked"):
        obey_erasure(laptop)

    assert laptop.identity.server is not None
