"""Who is the person's device, and who gets which vault key: real stores, a server in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devices import add_reflection, sync
from tests.support.people import (
    Devices,
    devices,
    holds,
    keeps_copy,
    known,
    members,
    recovery_code,
    remove,
    seals_with,
)
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.bundles import become_another_device, bundle_of, settle_in
from trailmark_client.bundles import bundle_from_bytes as bundle
from trailmark_client.identity import Secrets
from trailmark_client.queries.documents import all_documents
from trailmark_client.storage.event_log import unsent_count
from trailmark_shared import limits
from trailmark_shared.device_graph.resolution import Firm
from trailmark_shared.device_graph.statements import HolderId
from trailmark_shared.errors import DomainError
from trailmark_shared.ids import SELF


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


def reads(app: App, subject: bytes) -> bool:
    found = app.read(all_documents)
    return subject in {each.subject for each in found if each.kind == "reflection"}


def said(app: App) -> int:
    count: int = app.read(
        lambda conn: conn.execute("SELECT count(*) FROM event WHERE lane = 'devices'").fetchone()[0]
    )
    return count


def recover(person: Devices, code: Secrets) -> App:
    """Let a fresh device in by nothing but a code."""
    device = person.fresh()
    settle_in(
        device,
        "http://127.0.0.1:1",
        person.answer(),
        bundle(bundle_of(person.apps[0], Firm())),
        code,
    )
    return device


class TestLettingIn:
    async def test_a_device_alone_tells_nobody_anything(self, person: Devices) -> None:
        phone = person.apps[0]
        add_reflection(phone, "alone")

        await person.settle(phone)

        assert 0 == said(phone)

    async def test_whoever_is_let_in_reads_what_was_and_what_comes(self, person: Devices) -> None:
        phone = person.apps[0]
        before = add_reflection(phone, "before")
        tablet = person.add()
        await person.settle()
        after = add_reflection(tablet, "after")
        await person.settle()

        assert reads(tablet, before)
        assert reads(phone, after)
        assert members(phone) == members(tablet) == {phone.identity.device, tablet.identity.device}
        assert seals_with(phone) == seals_with(tablet)

    async def test_what_a_device_wrote_alone_comes_along(self, person: Devices) -> None:
        tablet = person.fresh()
        alone = add_reflection(tablet, "alone")
        own = seals_with(tablet)
        person.let_in(person.apps[0], tablet)

        await person.settle()

        assert reads(person.apps[0], alone)
        assert own != seals_with(tablet)
        assert seals_with(person.apps[0]) == seals_with(tablet)

    async def test_whoever_let_it_in_may_be_lost_at_once(self, person: Devices) -> None:
        phone, code = person.apps[0], recovery_code(b"c")
        words = add_reflection(phone, "words")
        await person.settle()
        phone.write(lambda conn: phone.key_sharing.replace_code(conn, code.holder))

        device = recover(person, code)
        await person.settle(device)

        assert reads(device, words)

    async def test_its_entries_wait_until_their_key_is_said(
        self, person: Devices, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else a loss of the device in between would lock them for ever."""
        monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", 0)
        tablet = person.fresh()
        add_reflection(tablet, "alone")
        person.let_in(person.apps[0], tablet)

        await sync(tablet, person.home)

        assert 0 == tablet.read(lambda conn: unsent_count(conn, tablet.identity))
        assert [] == person.home.lane(SELF).rows
        await person.settle()
        assert [] != person.home.lane(SELF).rows

    async def test_devices_let_in_apart_meet(self, person: Devices) -> None:
        phone, tablet = person.apps[0], person.add()
        await person.settle()
        laptop, desktop = person.add(phone), person.add(tablet)
        words = [add_reflection(each, "words") for each in (phone, tablet, laptop, desktop)]

        await person.settle()
        await person.settle()

        for app in person.apps:
            assert all(reads(app, each) for each in words)
        assert 1 == len({seals_with(each) for each in person.apps})

    async def test_a_device_without_a_private_copy_hears_of_removals(self, person: Devices) -> None:
        phone, tablet, laptop = person.apps[0], person.add(), person.add()
        await person.settle()
        keeps_copy(laptop, wanted=False)
        remove(phone, tablet)

        await person.settle(phone, laptop)

        assert tablet.identity.device not in members(laptop)
        assert not holds(tablet, seals_with(laptop))

    def test_nothing_is_said_by_who_is_no_device_of_the_person(
        self, person: Devices, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "STATEMENTS_HANDED_BYTES_MAX", 0)
        tablet = person.add()

        with pytest.raises(DomainError, match="do not know this one"):
            person.let_in(tablet, person.fresh())


class TestRemoving:
    async def test_what_is_written_afterwards_is_not_for_the_removed_one(
        self, person: Devices
    ) -> None:
        phone, tablet, laptop = person.apps[0], person.add(), person.add()
        await person.settle()

        remove(phone, tablet)
        secret = add_reflection(phone, "secret")
        await person.settle()

        assert not reads(tablet, secret)
        assert reads(laptop, secret)
        assert not holds(tablet, seals_with(phone))
        assert seals_with(phone) == seals_with(laptop)

    async def test_it_seals_for_itself_once_it_knows(self, person: Devices) -> None:
        phone, tablet = person.apps[0], person.add()
        await person.settle()
        remove(phone, tablet)
        await person.settle()

        mine = add_reflection(tablet, "mine")

        assert reads(tablet, mine)
        assert not holds(phone, seals_with(tablet))

    async def test_no_key_is_sealed_with_in_the_session_that_tells_of_a_removal(
        self, person: Devices
    ) -> None:
        """Whoever cuts the connection before all is quiet keeps no device at an old key."""
        phone, tablet, laptop = person.apps[0], person.add(), person.add()
        await person.settle()
        remove(phone, tablet)
        old = seals_with(laptop)
        await person.settle(phone)

        await sync(laptop, person.home)

        assert old != seals_with(laptop)
        assert not holds(tablet, seals_with(laptop))

    async def test_one_that_it_reads_of_later_goes_once_it_does(self, person: Devices) -> None:
        """Whoever let it in was offline; the server named it, and the person said that it goes."""
        phone, laptop = person.apps[0], person.add()
        await person.settle()
        tablet = person.add(laptop)
        remove(phone, tablet)
        assert tablet.identity.device not in members(phone) | known(phone).view.left_out

        await person.settle(laptop, phone)

        assert {phone.identity.device, laptop.identity.device} == members(phone) == members(laptop)
        assert not holds(tablet, seals_with(phone))
        assert seals_with(phone) == seals_with(laptop)

    async def test_one_that_is_let_in_here_after_all_stays(self, person: Devices) -> None:
        phone, _, tablet = person.apps[0], person.add(), person.fresh()
        remove(phone, tablet)
        person.let_in(phone, tablet)
        await person.settle()
        assert tablet.identity.device in members(phone)

    async def test_who_was_let_in_by_a_removed_one_later_goes_too(self, person: Devices) -> None:
        phone, tablet = person.apps[0], person.add()
        await person.settle()
        remove(phone, tablet)
        accomplice = person.add(tablet)

        await person.settle()
        await person.settle()

        assert accomplice.identity.device not in members(phone)
        assert not holds(accomplice, seals_with(phone))

    async def test_a_removed_device_comes_back_under_another_id(self, person: Devices) -> None:
        phone, tablet = person.apps[0], person.add()
        await person.settle()
        tablet.write(tablet.key_sharing.change_key)
        sealed = add_reflection(tablet, "with its own key")
        remove(phone, tablet)
        await sync(phone, person.home)
        await person.settle()

        become_another_device(tablet, "http://127.0.0.1:1")
        person.let_in(phone, tablet)
        await person.settle()

        assert reads(phone, sealed)
        assert seals_with(phone) == seals_with(tablet)
        assert () == tablet.identity.own_before


class TestRecoveryCode:
    async def test_it_alone_brings_everything_back(self, person: Devices) -> None:
        phone, code = person.apps[0], recovery_code(b"c")
        phone.write(lambda conn: phone.key_sharing.replace_code(conn, code.holder))
        words = add_reflection(phone, "words")
        await person.settle()

        device = recover(person, code)
        await person.settle(device)

        assert reads(device, words)
        assert () == device.identity.sponsors
        assert device.identity.device in members(device)

    async def test_it_goes_with_the_device_that_it_let_in(self, person: Devices) -> None:
        phone, code = person.apps[0], recovery_code(b"c")
        phone.write(lambda conn: phone.key_sharing.replace_code(conn, code.holder))
        await person.settle()
        device = recover(person, code)
        await person.settle()

        remove(phone, device)

        assert {phone.identity.device} == members(phone)

    async def test_a_new_one_takes_the_place_of_the_old_one(self, person: Devices) -> None:
        phone, old, new = person.apps[0], recovery_code(b"o"), recovery_code(b"n")
        phone.write(lambda conn: phone.key_sharing.replace_code(conn, old.holder))
        phone.write(lambda conn: phone.key_sharing.replace_code(conn, new.holder))
        await person.settle()

        device = recover(person, old)
        await person.settle()

        assert {phone.identity.device, new.holder.id} == members(phone)
        assert device.identity.device not in members(device)
        assert not holds(device, seals_with(phone))

    async def test_the_same_one_again_changes_nothing(self, person: Devices) -> None:
        phone, code = person.apps[0], recovery_code(b"c")
        phone.write(lambda conn: phone.key_sharing.replace_code(conn, code.holder))
        before = said(phone)

        phone.write(lambda conn: phone.key_sharing.replace_code(conn, code.holder))

        assert before == said(phone)


class TestOrders:
    def order(self, app: App, subject: bytes) -> None:
        def work(conn: Connection) -> None:
            rows = conn.execute("SELECT id FROM event WHERE subject = ?", (subject,)).fetchall()
            app.key_sharing.order(conn, SELF, subject, [event for (event,) in rows])

        app.write(work)

    async def test_devices_obey_each_other(self, person: Devices) -> None:
        phone, tablet = person.apps[0], person.add()
        words = add_reflection(phone, "words")
        await person.settle()

        self.order(tablet, words)
        await person.settle()

        assert not reads(phone, words)

    async def test_a_removed_one_is_not_obeyed(self, person: Devices) -> None:
        phone, tablet = person.apps[0], person.add()
        words = add_reflection(phone, "words")
        await person.settle()

        remove(phone, tablet)
        self.order(tablet, words)
        await person.settle()
        await person.settle()

        assert reads(phone, words)

    def test_a_device_alone_tells_nobody(self, person: Devices) -> None:
        words = add_reflection(person.apps[0], "words")

        self.order(person.apps[0], words)

        assert 0 == said(person.apps[0])

    async def test_what_never_left_the_device_is_nobodys_business(self, person: Devices) -> None:
        phone = person.apps[0]
        person.add()
        keeps_copy(phone, wanted=False)
        words = add_reflection(phone, "words")
        before = said(phone)

        self.order(phone, words)
        assert before == said(phone)

        # With a copy, all see that something was erased: a device that was put back must hear it.
        keeps_copy(phone, wanted=True)
        phone.write(phone.key_sharing.tend)

        assert before + 1 == said(phone)


class TestRoom:
    async def test_who_may_make_no_key_any_more_seals_for_itself(
        self, person: Devices, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone, tablet = person.apps[0], person.add()
        await person.settle()
        monkeypatch.setattr(limits, "KEYS_PER_AUTHOR_MAX", 1)

        remove(phone, tablet)

        assert not holds(tablet, seals_with(phone))
        mine = add_reflection(phone, "mine")
        await person.settle(phone)
        assert reads(phone, mine)

    def test_who_said_too_much_says_nothing_more(
        self, person: Devices, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = person.apps[0]
        person.add()
        monkeypatch.setattr(limits, "STATEMENTS_PER_AUTHOR_MAX", 1)

        with pytest.raises(Exception, match="STATEMENTS_PER_AUTHOR_MAX"):
            person.add()

        assert not phone.write(phone.key_sharing.tend)


async def test_a_name_is_told(person: Devices) -> None:
    phone, tablet = person.apps[0], person.add()
    await person.settle()

    phone.write(
        lambda conn: phone.key_sharing.rename(conn, HolderId(tablet.identity.device), "the new one")
    )
    await person.settle()

    assert "the new one" == known(tablet).view.names()[HolderId(tablet.identity.device)]


def test_nobody_is_told_a_name_by_a_device_alone(person: Devices) -> None:
    phone = person.apps[0]

    phone.write(lambda conn: phone.key_sharing.rename(conn, HolderId(bytes(16)), "nobody"))

    assert 0 == said(phone)
