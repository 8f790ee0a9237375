"""Pages: believed only after they were hashed here, stored whole or not at all."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import (
    CARE,
    add_goal,
    add_reflection,
    connect_to,
    new_device,
    same_person,
    sync,
)
from tests.support.home import Home
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.storage.cleaning import cleaning_owed
from trailmark_client.storage.cursors import cursor_of
from trailmark_client.storage.erasure import erase_events
from trailmark_client.storage.event_log import outbox_batch
from trailmark_client.storage.page_store import StoredPage, store_page
from trailmark_client.storage.read_models import entries_of, refold_all
from trailmark_client.storage.state_hashes import documents_of_lane, state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared import chain
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.events.body import Reason
from trailmark_shared.events.control import StatementMade, SubjectErased
from trailmark_shared.events.envelope import Event, write_event
from trailmark_shared.events.goals import GoalReworded
from trailmark_shared.ids import DEVICES, SELF, DeviceId, EventId, text_from_id
from trailmark_shared.protocol.messages import Events
from trailmark_shared.protocol.pages import runs_from_rows


class Two:
    """Two devices of one person, at home on one server."""

    def __init__(self, folder: Path) -> None:
        self.first = new_device(folder / "first", 1)
        self.second = new_device(folder / "second", 2)
        same_person(self.second, self.first)
        self.home = Home(self.first.identity.space)
        connect_to(self.first, self.home)
        connect_to(self.second, self.home)

    def page(self, after: int, upto: int, lane: str = SELF) -> Events:
        """Return a page of the server's rows."""
        rows = self.home.lane(lane).rows[after:upto]
        head = self.home.signed(lane, rows[-1].seq, rows[-1].lane_hash)
        return Events(lane=lane, after=after, runs=runs_from_rows(rows), signed_head=head)

    def store(self, page: Events) -> StoredPage:
        """Let the second device store a page."""
        return self.second.write(lambda conn: store_page(conn, self.second.vault, page))

    async def same(self, lane: str = SELF) -> bool:
        hashes = {
            app.read(lambda conn: state_hash(conn, lane)) for app in (self.first, self.second)
        }
        return len(hashes) == 1


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    """Yield two devices; the first has sent five reflections, the second none."""
    pair = Two(tmp_path)
    for number in range(5):
        add_reflection(pair.first, f"reflection {number}")
    await sync(pair.first, pair.home)
    yield pair
    pair.first.close()
    pair.second.close()


def rows(app: App) -> list[tuple[object, ...]]:
    sql = "SELECT seq, type, code FROM event ORDER BY seq IS NULL, seq, pos"
    return app.read(lambda conn: conn.execute(sql).fetchall())


def untouched(conn: Connection) -> bool:
    return (
        conn.execute("SELECT count(*) FROM event").fetchone() == (0,)
        and not conn.execute("SELECT 1 FROM cursor").fetchone()
    )


async def test_pages_lead_to_the_same_state(two: Two) -> None:
    assert two.store(two.page(0, 2)).stood.cursor == 2
    assert two.store(two.page(2, 5)).stood.cursor == 5

    assert await two.same()
    assert two.second.read(lambda conn: verify_all(conn, two.second.vault)) == []


async def test_what_a_page_says_of_a_known_subject_folds_with_what_was_said_before(
    two: Two,
) -> None:
    goal = add_goal(two.first, "Walk")
    reason = Reason(code="clarified")
    for title in ("Walk daily", "Walk slowly"):
        data = GoalReworded(title=title)
        two.first.write(
            lambda conn, data=data: two.first.recorder.record(conn, SELF, goal, data, reason=reason)
        )
    await sync(two.first, two.home)
    for after in range(0, 8, 2):
        two.store(two.page(after, after + 2))

    assert await two.same()


async def test_an_overlapping_page_is_compared_and_its_tail_stored(two: Two) -> None:
    two.store(two.page(0, 3))

    assert two.store(two.page(1, 5)).fresh == 2
    assert two.store(two.page(0, 4)).fresh == 0
    assert await two.same()


def broken(two: Two, page: Events, code: ErrorCode = ErrorCode.BROKEN_PAGE) -> None:
    with pytest.raises(ProtocolError) as raised:
        two.store(page)
    assert raised.value.code is code


async def test_a_page_that_leaves_rows_out_is_broken(two: Two) -> None:
    broken(two, two.page(1, 5))

    assert two.second.read(untouched)


async def test_a_page_that_skips_a_number_is_broken_though_its_server_signed_it(two: Two) -> None:
    """Hashes and signature fit: the home server itself tells of a row that nobody is shown."""
    row = two.home.lane(SELF).rows[0]
    told = (row.received_at, row.offset, row.actor, row.code)
    hash_ = chain.lane_hash(chain.GENESIS, row.event.hash, 2, *told)
    skipped = msgspec.structs.replace(row, seq=2, lane_hash=hash_)
    head = two.home.signed(SELF, 2, hash_)

    broken(two, Events(lane=SELF, after=1, runs=runs_from_rows([skipped]), signed_head=head))

    assert two.second.read(untouched)


async def test_a_page_with_altered_words_is_broken(two: Two) -> None:
    page = two.page(0, 2)
    run = page.runs[0]
    event_id, key, salt, body = run.events[0]
    assert body is not None
    altered = (event_id, key, salt, body[:-1] + bytes([body[-1] ^ 1]))
    changed = msgspec.structs.replace(run, events=[altered, *run.events[1:]])

    broken(two, msgspec.structs.replace(page, runs=[changed, *page.runs[1:]]))

    assert two.second.read(untouched)


@pytest.mark.parametrize("field", ["received_at", "offset", "actor", "code"])
async def test_a_page_with_altered_server_fields_is_broken(two: Two, field: str) -> None:
    page = two.page(0, 2)
    value = "member/x" if field in {"actor", "code"} else 7
    changed = msgspec.structs.replace(page.runs[0], **{field: value})

    broken(two, msgspec.structs.replace(page, runs=[changed, *page.runs[1:]]))


async def test_a_page_signed_by_another_server_is_broken(two: Two) -> None:
    page = two.page(0, 2)
    head = msgspec.structs.replace(page.signed_head, signature=bytes(64))

    broken(two, msgspec.structs.replace(page, signed_head=head))


async def test_a_page_that_contradicts_a_held_row_is_refused_by_name(two: Two) -> None:
    two.store(two.page(0, 3))
    other = Home(two.home.space)
    two.home.restore(other.lanes)
    for number in range(5):
        add_reflection(two.second, f"other {number}")
    log = two.home.lane(SELF)
    for event in await outbox(two.second):
        log.put(event, 1, 0, "person", None)

    broken(two, two.page(0, 5), ErrorCode.ALTERED_HISTORY)
    broken(two, two.page(2, 5))


async def outbox(app: App) -> Sequence[Event]:
    return app.read(lambda conn: outbox_batch(conn, app.identity, SELF, 0)).events


async def test_own_events_are_confirmed_by_their_hash(two: Two) -> None:
    two.store(two.page(0, 5))
    add_reflection(two.second, "mine")
    await sync(two.second, two.home)

    assert rows(two.second)[5:] == [(6, "reflection_written", None)]
    assert two.second.read(lambda conn: verify_all(conn, two.second.vault)) == []


async def test_an_own_event_with_two_rows_has_both(two: Two) -> None:
    """After a restore one page may bring an event as it was pushed again and as it was offered."""
    two.store(two.page(0, 5))
    add_reflection(two.second, "mine")
    [event] = await outbox(two.second)
    log = two.home.lane(SELF)
    log.put(event, 1, 0, "person", None)
    log.put(event, 2, 0, "person", ErrorCode.DUPLICATE)

    two.store(two.page(5, 7))

    assert [
        (6, "reflection_written", None),
        (7, None, ErrorCode.DUPLICATE),
    ] == rows(two.second)[5:]
    assert two.second.read(lambda conn: verify_all(conn, two.second.vault)) == []


async def test_a_refused_event_folds_to_nothing_and_keeps_its_words(two: Two) -> None:
    subject = add_reflection(two.second, "mine")
    [event] = await outbox(two.second)
    two.home.refused_ids[event.id] = ErrorCode.TOO_LARGE

    ended = await sync(two.second, two.home)

    assert (ended.is_done, ended.refused) == (True, 1)
    assert two.second.read(lambda conn: entries_of(conn, SELF, subject)) == []
    kept = two.second.read(lambda conn: conn.execute("SELECT id, code FROM refused").fetchall())
    assert kept == [(event.id, ErrorCode.TOO_LARGE)]
    assert two.second.read(lambda conn: verify_all(conn, two.second.vault)) == []
    await sync(two.first, two.home)
    assert await two.same()


async def test_one_event_refused_and_taken_in_one_page_is_two_rows(two: Two) -> None:
    """A server that came back refuses what is pushed again, and takes it where it is offered."""
    add_reflection(two.first, "mine")
    [event] = await outbox(two.first)
    log = two.home.lane(SELF)
    log.put(event, 1, 0, "person", ErrorCode.LANE_CLOSED)
    log.put(event, 2, 0, "person", None)

    two.store(two.page(0, 7))

    assert [
        (6, None, ErrorCode.LANE_CLOSED),
        (7, "reflection_written", None),
    ] == rows(two.second)[5:]
    assert two.second.read(lambda conn: verify_all(conn, two.second.vault)) == []
    shown = two.second.read(lambda conn: documents_of_lane(conn, SELF))
    two.second.write(lambda conn: refold_all(conn, two.second.vault.opener()))
    assert two.second.read(lambda conn: documents_of_lane(conn, SELF)) == shown


async def test_an_error_in_the_middle_stores_nothing(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trailmark_client.storage.page_store.keep_signed_head", fail)
    with pytest.raises(KeyboardInterrupt):
        two.store(two.page(0, 5))

    assert two.second.read(untouched)
    monkeypatch.undo()
    assert two.store(two.page(0, 5)).fresh == 5


async def test_what_devices_say_is_to_be_looked_at(two: Two) -> None:
    said = StatementMade(statement=b"signed")
    two.first.write(lambda conn: two.first.recorder.record(conn, DEVICES, b"s" * 16, said))
    await sync(two.first, two.home)

    assert two.store(two.page(0, 1, DEVICES)).has_keys
    assert not two.store(two.page(0, 5)).has_keys


async def test_a_body_that_was_erased_does_not_come_back(two: Two) -> None:
    erased = two.home.lane(SELF).rows[1].event.id
    two.second.write(lambda conn: conn.execute("INSERT INTO erased VALUES (?)", (erased,)))

    two.store(two.page(0, 5))

    kept = two.second.read(
        lambda conn: conn.execute("SELECT body FROM event WHERE id = ?", (erased,)).fetchall()
    )
    assert kept == [(None,)]


async def test_what_is_kept_for_ever_comes_whatever_list_names_it(two: Two) -> None:
    subject = b"g" * 16
    two.first.write(lambda conn: two.first.recorder.record(conn, CARE, subject, AccessRevoked()))
    await sync(two.first, two.home)
    [row] = two.home.lane(CARE).rows
    two.second.write(lambda conn: conn.execute("INSERT INTO erased VALUES (?)", (row.event.id,)))

    two.store(two.page(0, 1, CARE))

    kept = "SELECT body FROM event WHERE lane = ?"
    assert [(row.event.body,)] == two.second.read(lambda c: c.execute(kept, (CARE,)).fetchall())
    assert await two.same(CARE)


async def test_a_session_that_brought_an_erasure_leaves_no_cleaning_owed(two: Two) -> None:
    await sync(two.second, two.home)
    event = two.home.lane(SELF).rows[0].event.id
    two.second.write(lambda conn: erase_events(conn, SELF, [event]))
    damaged = two.second.home / "trailmark.db.damaged-1"
    damaged.write_bytes(b"words")

    ended = await sync(two.second, two.home)

    assert ended.is_done
    assert not damaged.exists()
    assert two.second.read(cleaning_owed) is None


async def test_an_erasure_that_no_device_ordered_is_kept_and_does_nothing(two: Two) -> None:
    two.store(two.page(0, 5))
    thief = new_device(two.first.home.parent / "thief", 9)
    thief.write(
        lambda _conn: thief.identity_file.update(
            lambda own: msgspec.structs.replace(own, space=two.home.space)
        )
    )
    connect_to(thief, two.home)
    ids = tuple(text_from_id(row.event.id) for row in two.home.lane(SELF).rows)
    thief.write(
        lambda conn: thief.recorder.record(conn, SELF, b"s" * 16, SubjectErased(events=ids))
    )
    await sync(thief, two.home)
    thief.close()

    stored = two.store(two.page(5, 6))
    two.second.write(two.second.key_sharing.tend)

    assert stored.fresh == 1
    gone = "SELECT count(*) FROM event WHERE body IS NULL"
    assert two.second.read(lambda conn: conn.execute(gone).fetchone()) == (0,)


async def test_an_event_without_its_key_is_locked_and_sync_goes_on(
    two: Two, tmp_path: Path
) -> None:
    stranger = new_device(tmp_path / "stranger", 8)
    stranger.write(
        lambda _conn: stranger.identity_file.update(
            lambda own: msgspec.structs.replace(own, space=two.home.space)
        )
    )
    connect_to(stranger, two.home)

    ended = await sync(stranger, two.home)

    assert ended.is_done
    assert rows(stranger) == [(seq, None, None) for seq in range(1, 6)]
    assert stranger.read(lambda conn: verify_all(conn, stranger.vault)) == []
    stranger.close()


async def test_a_plain_body_that_nobody_can_read_blocks_nothing(two: Two) -> None:
    goal = add_goal(two.first, "Walk", CARE)
    await sync(two.first, two.home)
    log = two.home.lane(CARE)
    event = log.rows[0].event
    odd = write_event(
        event_id=EventId(b"o" * 16),
        space=event.space,
        lane=event.lane,
        device=DeviceId(b"m" * 16),
        epoch=event.epoch,
        dseq=1,
        key=event.key,
        prev=bytes(32),
        salt=b"s" * 16,
        body=b"no json",
    )
    log.put(odd, 1, 0, "member/x", None)

    assert (await sync(two.second, two.home)).is_done
    assert len(two.second.read(lambda conn: entries_of(conn, CARE, goal))) == 1
    assert two.second.read(lambda conn: cursor_of(conn, CARE)).seq == 2
    assert two.second.read(lambda conn: verify_all(conn, two.second.vault)) == []
