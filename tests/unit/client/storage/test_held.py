"""Rewinds: nothing is let go before it is in the log again, and what is missing is named."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.devices import add_reflection, connect_to, new_device, same_person, sync
from tests.support.home import Home
from trailmark_client.app import App
from trailmark_client.storage.control import carry_out
from trailmark_client.storage.cursors import cursor_of
from trailmark_client.storage.held import begin_rewind, has_held, missing_rows, offers_of
from trailmark_client.storage.read_models import refold_all
from trailmark_client.storage.state_hashes import documents_of_lane, state_hash
from trailmark_client.storage.verification import Damage, verify_all
from trailmark_shared.device_graph.statements import Erased
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF
from trailmark_shared.protocol.effects import BeginRewind
from trailmark_shared.protocol.messages import Rewind

NOW = 1_800_000_000_000


class Pair:
    """Two devices and a home with ten reflections, five of them after the backup."""

    def __init__(self, folder: Path) -> None:
        self.first = new_device(folder / "first", 1)
        self.second = new_device(folder / "second", 2)
        same_person(self.second, self.first)
        self.home = Home(self.first.identity.space)
        for app in (self.first, self.second):
            connect_to(app, self.home)
        self.backup = self.home.backup()

    async def fill(self) -> None:
        for number in range(5):
            add_reflection(self.first, f"before {number}")
        await self.sync()
        self.backup = self.home.backup()
        for number in range(5):
            add_reflection(self.first, f"after {number}")
            add_reflection(self.second, f"after {number} elsewhere")
        await self.sync()

    async def sync(self) -> None:
        for app in (self.first, self.second, self.first):
            ended = await sync(app, self.home)
            assert ended.is_done, ended

    def states(self) -> set[bytes]:
        apps = (self.first, self.second)
        return {app.read(lambda conn: state_hash(conn, SELF)) for app in apps}


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    made = Pair(tmp_path)
    await made.fill()
    yield made
    made.first.close()
    made.second.close()


def ids(app: App) -> set[bytes]:
    return {each for (each,) in app.read(lambda c: c.execute("SELECT id FROM event").fetchall())}


async def test_a_restored_server_gets_everything_back(pair: Pair) -> None:
    everything = ids(pair.first)
    before = pair.states()
    pair.home.restore(pair.backup)

    await pair.sync()

    assert {row.event.id for row in pair.home.lane(SELF).rows} == everything
    assert ids(pair.first) == ids(pair.second) == everything
    assert len(pair.states()) == 1
    assert len(before) == 1
    for app in (pair.first, pair.second):
        assert not app.read(lambda conn: has_held(conn, SELF))
        assert damages(app) == []


def damages(app: App) -> list[Damage]:
    return app.read(lambda conn: verify_all(conn, app.vault))


async def test_an_empty_server_gets_everything_back(pair: Pair) -> None:
    everything = ids(pair.first)
    pair.home.restore({})

    await pair.sync()

    assert {row.event.id for row in pair.home.lane(SELF).rows} == everything
    assert len(pair.states()) == 1


async def fork(pair: Pair) -> App:
    """Go back to the backup, and let a third device write there first; return that device."""
    pair.home.restore(pair.backup)
    third = new_device(pair.first.home.parent / "third", 3)
    same_person(third, pair.first)
    connect_to(third, pair.home)
    add_reflection(third, "written after the restore")
    await sync(third, pair.home)
    return third


async def test_a_restore_forked_by_others_gets_everything_back(pair: Pair) -> None:
    everything = ids(pair.first)
    third = await fork(pair)
    everything |= ids(third)

    await pair.sync()
    await sync(third, pair.home)

    assert {row.event.id for row in pair.home.lane(SELF).rows} == everything
    assert len(pair.states() | {third.read(lambda conn: state_hash(conn, SELF))}) == 1
    third.close()


async def test_held_rows_stay_in_view(pair: Pair) -> None:
    kept = len(pair.first.read(lambda conn: documents_of_lane(conn, SELF)))
    pair.home.restore(pair.backup)

    rewind_to(pair.first, pair.home, 5)
    shown = pair.first.read(lambda conn: documents_of_lane(conn, SELF))
    pair.first.write(lambda conn: refold_all(conn, pair.first.vault.opener()))

    assert len(shown) == kept
    assert shown == pair.first.read(lambda conn: documents_of_lane(conn, SELF))
    assert pair.first.read(lambda conn: has_held(conn, SELF))
    assert pair.first.read(lambda conn: cursor_of(conn, SELF)).seq == 5
    assert pair.first.read(lambda conn: verify_all(conn, pair.first.vault)) == []


def rewind_to(app: App, home: Home, seq: int) -> object:
    cursor = app.read(lambda conn: cursor_of(conn, SELF))
    head = home.signed(SELF, seq, home.lane(SELF).hash_at(seq)) if seq else None
    effect = BeginRewind(
        lane=SELF,
        rewind=Rewind(seq=seq, signed_head=head),
        cursor=cursor.seq,
        cursor_hash=cursor.hash,
    )
    return app.write(lambda conn: begin_rewind(conn, app.vault, effect, NOW))


async def test_an_unsigned_or_unknown_point_is_not_obeyed(pair: Pair) -> None:
    cursor = pair.first.read(lambda conn: cursor_of(conn, SELF))

    def attempt(rewind: Rewind, seq: int = cursor.seq) -> object:
        effect = BeginRewind(lane=SELF, rewind=rewind, cursor=seq, cursor_hash=cursor.hash)
        return pair.first.write(lambda conn: begin_rewind(conn, pair.first.vault, effect, NOW))

    wrong = pair.home.signed(SELF, 5, bytes(32))
    good = pair.home.signed(SELF, 5, pair.home.lane(SELF).hash_at(5))

    assert attempt(Rewind(seq=5, signed_head=None)) is None
    assert attempt(Rewind(seq=5, signed_head=wrong)) is None
    assert attempt(Rewind(seq=99, signed_head=good)) is None
    assert attempt(Rewind(seq=5, signed_head=good), seq=3) is None
    here = pair.home.signed(SELF, cursor.seq, cursor.hash)
    assert attempt(Rewind(seq=cursor.seq, signed_head=here)) is None
    assert not pair.first.read(lambda conn: has_held(conn, SELF))


async def test_offers_are_cut_at_signed_heads_and_chain(pair: Pair) -> None:
    pair.home.restore(pair.backup)
    rewind_to(pair.first, pair.home, 5)

    offers = pair.first.read(lambda conn: offers_of(conn, SELF))

    assert offers[0].after == 5
    assert offers[-1].signed_head.seq == 15
    assert sum(len(run.events) for offer in offers for run in offer.runs) == 10


async def test_two_restores_in_a_row_lose_nothing(pair: Pair) -> None:
    everything = ids(pair.first)
    pair.home.restore(pair.backup)
    rewind_to(pair.first, pair.home, 5)
    pair.home.restore({})
    rewind_to(pair.first, pair.home, 0)

    await pair.sync()

    assert {row.event.id for row in pair.home.lane(SELF).rows} == everything
    assert len(pair.states()) == 1


async def test_a_refused_offer_makes_own_events_unsent_and_names_the_rest(pair: Pair) -> None:
    everything = ids(pair.first)
    pair.home.restore(pair.backup)
    pair.home.refuses_offers = True

    ended = await sync(pair.first, pair.home)

    assert ended.is_done
    assert len(pair.home.lane(SELF).rows) == 10
    assert len(pair.first.read(lambda conn: missing_rows(conn, SELF))) == 5
    assert ids(pair.first) == everything
    await sync(pair.second, pair.home)
    await sync(pair.first, pair.home)
    assert {row.event.id for row in pair.home.lane(SELF).rows} == everything


async def test_what_comes_back_erased_by_a_lost_order_stays_here_and_is_offered_no_more(
    pair: Pair,
) -> None:
    everything = ids(pair.first)
    erased = pair.home.lane(SELF).rows[-1].event.id
    pair.home.restore(pair.backup)
    pair.home.refused_ids[erased] = ErrorCode.ERASED

    await pair.sync()

    assert ids(pair.first) == everything
    for app in (pair.first, pair.second):
        [missing] = app.read(lambda conn: missing_rows(conn, SELF))
        assert erased == missing.event
        assert not app.read(lambda conn: has_held(conn, SELF))
    assert len(pair.states()) == 1


async def test_what_another_device_brought_back_without_words_is_offered_once(pair: Pair) -> None:
    everything = ids(pair.first)
    erased = pair.home.lane(SELF).rows[-1].event
    third = await fork(pair)
    everything |= ids(third)
    third.close()
    # It obeyed an order that is lost; the server knows of that, too, and takes no words any more.
    pair.second.write(lambda conn: carry_out(conn, Erased(SELF, bytes(16), (erased.id,))))
    await sync(pair.second, pair.home)

    await pair.sync()

    [missing] = pair.first.read(lambda conn: missing_rows(conn, SELF))
    assert erased.id == missing.event
    assert not pair.first.read(lambda conn: has_held(conn, SELF))
    assert everything == ids(pair.first)


async def test_what_an_order_empties_afterwards_is_missing_no_more(pair: Pair) -> None:
    *_, other, erased = (row.event.id for row in pair.home.lane(SELF).rows)
    pair.home.restore(pair.backup)
    pair.home.refused_ids |= {erased: ErrorCode.ERASED, other: ErrorCode.DUPLICATE}
    await sync(pair.first, pair.home)
    missing = pair.first.read(lambda conn: missing_rows(conn, SELF))
    assert [other, erased] == [each.event for each in missing]
    assert not pair.first.read(lambda conn: has_held(conn, SELF))

    pair.first.write(lambda conn: carry_out(conn, Erased(SELF, bytes(16), (other,))))

    [left] = pair.first.read(lambda conn: missing_rows(conn, SELF))
    assert erased == left.event


async def test_a_server_that_drops_rows_is_found_out(pair: Pair) -> None:
    pair.home.restore(pair.backup)

    class Dropping(Home):
        """Takes offers and throws them away."""

        def take(self, asked: object) -> tuple[int, None]:
            assert asked
            return len(self.lane(SELF).rows), None

    pair.home.__class__ = Dropping
    ended = await sync(pair.first, pair.home)
    held = pair.first.read(lambda conn: missing_rows(conn, SELF))
    pair.home.__class__ = Home
    await pair.sync()

    assert ended.is_done
    assert len(held) == 10
    assert pair.first.read(lambda conn: missing_rows(conn, SELF)) == []
    assert len(pair.home.lane(SELF).rows) == 15
