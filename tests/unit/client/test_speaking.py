"""What a device knows of the others, and what it may say."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import sync
from tests.support.people import (
    Devices,
    devices,
    holds,
    known,
    members,
    recovery_code,
    remove,
    seals_with,
)
from trailmark_client.app import App
from trailmark_client.identity import Secrets
from trailmark_client.storage.statements import keep_firm, keep_ground, statements_as_sent
from trailmark_shared import limits
from trailmark_shared.device_graph.duties import heads
from trailmark_shared.device_graph.statements import (
    Admitted,
    HolderId,
    KeyMade,
    Removed,
    Renamed,
    SpaceErased,
    make_statement,
)
from trailmark_shared.errors import DomainError, LimitExceededError


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def test_a_device_alone_has_said_nothing_and_may_begin(person: Devices) -> None:
    found = known(person.apps[0])

    assert (True, True, None) == (found.is_alone, found.is_empty, found.founder)
    assert 1 == len(found.founding())


def test_what_nobody_was_told_is_not_known_the_next_time(person: Devices) -> None:
    """Statements are read once for many transactions; what one of them adds is its own."""
    phone = person.apps[0]
    tried = known(phone)
    for founding in tried.founding():
        tried.graph.add(founding)

    assert tried.is_in
    assert (True, False) == (known(phone).is_empty, known(phone).is_in)


def test_who_was_let_in_begins_nothing(person: Devices) -> None:
    found = known(person.add())

    assert (False, False, True) == (found.is_alone, found.is_empty, found.is_in)
    assert [] == found.founding()


def test_who_was_let_in_and_has_read_nothing_yet_begins_nothing_either(
    person: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", 0)
    found = known(person.add())

    assert (False, True, False) == (found.is_alone, found.is_empty, found.is_in)
    assert [] == found.founding()


async def test_who_lets_a_device_in_may_be_lost_and_the_server_know_of_nobody(
    person: Devices,
) -> None:
    phone = person.apps[0]
    person.add()
    await person.settle()
    laptop = person.fresh()
    person.let_in(phone, laptop)
    person.home.restore({})  # from before anybody came, and nobody else comes again

    await person.settle(laptop)

    assert laptop.identity.device in members(laptop)
    assert phone.identity.device in members(laptop)


async def test_nothing_is_said_again_that_the_server_has(person: Devices) -> None:
    phone = person.apps[0]
    person.add()
    await person.settle()
    ground = set(phone.read(statements_as_sent))
    tablet = person.add()
    await person.settle()

    made = "SELECT raw FROM statement JOIN event ON hash = event WHERE device = ?"
    own = tablet.read(lambda conn: conn.execute(made, (tablet.identity.device,)).fetchall())

    assert own
    assert ground.isdisjoint(raw for (raw,) in own)


async def test_what_is_no_statement_of_this_space_is_not_said_for_a_bundle(
    person: Devices, tmp_path: Path
) -> None:
    tablet = person.add()
    await person.settle()
    with devices(tmp_path / "others") as others:
        others.add()
        foreign = others.apps[0].read(statements_as_sent)
    before = set(tablet.read(statements_as_sent))
    assert foreign

    tablet.write(lambda conn: keep_ground(conn, (b"no statement", b"", *foreign)))
    tablet.write(tablet.key_sharing.tend)

    assert before == set(tablet.read(statements_as_sent))


def test_what_somebody_says_who_read_nothing_stands_nowhere(
    person: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", 0)
    found = known(person.add())

    said = found.signed(SpaceErased())
    found.graph.add(said)

    assert said.id not in found.graph.index


def test_keys_are_opened_in_the_name_of_who_stands_for_it_too(person: Devices) -> None:
    phone, code = person.apps[0], recovery_code(b"c")
    phone.write(
        lambda _conn: phone.identity_file.update(
            lambda own: msgspec.structs.replace(own, sponsors=(code,))
        )
    )

    assert {phone.identity.device, code.holder.id} == set(known(phone).opening.private_keys)


def test_only_so_much_is_said(person: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = person.apps[0]
    person.add()
    monkeypatch.setattr(limits, "STATEMENTS_PER_AUTHOR_MAX", len(known(phone).graph.statements))

    with pytest.raises(LimitExceededError):
        phone.write(
            lambda conn: phone.key_sharing.require_member(conn).say(
                phone.recorder, Renamed(phone.identity.device, "n")
            )
        )

    assert not known(phone).has_room
    assert not known(phone).may_make_key


async def test_two_that_remove_each_other_are_for_the_person_to_decide(person: Devices) -> None:
    phone, tablet, laptop = person.apps[0], person.add(), person.add()
    await person.settle()
    remove(tablet, phone)
    remove(phone, tablet)
    await sync(tablet, person.home)
    await sync(phone, person.home)
    await person.settle(laptop)

    assert known(laptop).view.asked
    assert phone.identity.device in members(laptop)

    remove(laptop, phone)
    await person.settle()

    assert not known(laptop).view.asked
    assert phone.identity.device not in members(laptop)
    assert tablet.identity.device in members(laptop)
    assert not holds(phone, seals_with(laptop))


async def test_who_was_heard_first_stays_until_the_person_is_asked(person: Devices) -> None:
    phone, tablet, laptop = person.apps[0], person.add(), person.add()
    await person.settle()
    remove(tablet, phone)
    await sync(tablet, person.home)
    await person.settle(laptop)
    assert phone.identity.device not in members(laptop)
    remove(phone, tablet)
    await sync(phone, person.home)
    await person.settle(laptop)

    assert known(laptop).view.asked
    assert tablet.identity.device in members(laptop)

    remove(laptop, tablet)
    await person.settle()

    assert not known(laptop).view.asked
    assert {phone.identity.device, laptop.identity.device} == set(members(laptop))
    assert seals_with(phone) == seals_with(laptop)
    assert not holds(tablet, seals_with(laptop))


async def test_no_key_is_made_between_the_answer_and_the_removal(person: Devices) -> None:
    """The answer brings one back whom no key is for; who goes besides is a member until then."""
    phone, tablet, laptop, watch, lost = person.apps[0], *(person.add() for _ in range(4))
    await person.settle()
    remove(tablet, phone)
    await sync(tablet, person.home)
    await person.settle(laptop)
    remove(laptop, lost)
    remove(phone, tablet)
    await sync(phone, person.home)
    await person.settle(laptop)
    assert known(laptop).view.asked
    assert watch.identity.device in members(laptop)
    before = known(laptop).said_by_me()

    remove(laptop, tablet, watch)

    own = known(laptop).said_by_me() - before
    said = [each.says for each in known(laptop).graph.statements if each.id in own]
    assert isinstance(said[0], Removed)
    assert isinstance(said[1], KeyMade)
    made = seals_with(laptop)
    await person.settle()
    assert holds(phone, made)
    assert not any(holds(gone, made) for gone in (tablet, watch, lost))


async def test_nobody_is_let_in_who_could_not_be_told_all_that_is_void(
    person: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, tablet = person.apps[0], person.add()
    await person.settle()
    said = known(tablet).said_by_me()
    phone.write(lambda conn: keep_firm(conn, known(phone).firm.and_void(said)))
    monkeypatch.setattr(limits, "FIRM_TOLD_MAX", 0)
    before = members(phone)

    with pytest.raises(DomainError, match="from another of your devices"):
        person.add()

    assert before == members(phone)


async def test_a_removed_device_answers_too(person: Devices) -> None:
    phone, tablet, laptop = person.apps[0], person.add(), person.add()
    await person.settle()
    tablet.write(
        lambda conn: tablet.key_sharing.remove(
            conn, [HolderId(each.identity.device) for each in (phone, laptop)]
        )
    )
    await sync(tablet, person.home)
    await person.settle(laptop)
    assert laptop.identity.device not in members(laptop)
    remove(phone, tablet)
    await sync(phone, person.home)
    await person.settle(laptop)

    remove(laptop, tablet)
    await person.settle()

    assert {phone.identity.device, laptop.identity.device} == set(members(laptop))


def lets_codes_in(phone: App, thief: Secrets) -> None:
    """Let a thief let codes of its own in, each of which lets it in again."""
    space, raws = phone.identity.space, list[bytes]()
    seen = heads(known(phone).view, thief.holder.id)
    for number in range(12):
        code = recovery_code(bytes([number]))
        one = make_statement(thief.signer, space, thief.holder, seen, Admitted(code.holder, ""))
        back = Admitted(thief.holder, "x")
        two = make_statement(code.signer, space, code.holder, (one.id,), back)
        raws += [one.raw, two.raw]
        seen = (two.id,)
    phone.write(lambda conn: phone.key_sharing.relay(conn, raws))


async def test_whom_the_person_removes_goes_whatever_codes_let_it_in(
    person: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HOLDERS_NAMED_MAX", 4)
    phone, tablet = person.apps[0], person.add()
    await person.settle()
    lets_codes_in(phone, tablet.identity.secrets)

    remove(phone, tablet)

    assert [phone.identity.device] == list(members(phone))


async def test_a_new_code_takes_the_place_of_all_that_were_there(
    person: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HOLDERS_NAMED_MAX", 4)
    phone, tablet, fresh = person.apps[0], person.add(), recovery_code(b"n")
    await person.settle()
    lets_codes_in(phone, tablet.identity.secrets)

    phone.write(lambda conn: phone.key_sharing.replace_code(conn, fresh.holder))

    stay = {phone.identity.device, tablet.identity.device, fresh.holder.id}
    assert stay == members(phone)
