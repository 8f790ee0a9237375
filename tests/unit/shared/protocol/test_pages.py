"""docs/protocol.md, "Batches and pages": what differs travels, everything else is derived."""

import msgspec
import pytest

from tests.support.memory_server import CIPHER, SIGNER, MemoryServer, stub
from tests.support.session_steps import DEVICE, SPACE, own_events
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.events.envelope import Event, Row, write_event
from trailmark_shared.ids import SELF, DeviceId, Epoch, EventId, KeyId, care_lane
from trailmark_shared.protocol import pages
from trailmark_shared.protocol.messages import Run

KEY = KeyId(b"vaultkey")


def rows_of(events: list[Event], code: str | None = None) -> list[Row]:
    server = MemoryServer(SPACE, refusal=lambda _event: code)  # type: ignore[arg-type, return-value]
    server.append(SELF, events, 7)
    return server.lane(SELF).rows


def read(runs: list[Run], own: pages.OwnEvent = lambda _id: None) -> list[Row]:
    return pages.rows_from_runs(SPACE, SELF, 0, chain.GENESIS, runs, own)


class TestBatches:
    """A batch names lane, epoch, first, prev and the last hash once."""

    def test_events_come_back(self) -> None:
        events = own_events(3)

        assert events == pages.events_from_push(pages.push_from_events(events), SPACE, DEVICE)

    def test_a_sealed_event_names_its_key(self) -> None:
        (plain,) = own_events(1)
        sealed = write_event(
            event_id=plain.id,
            space=SPACE,
            lane=SELF,
            device=DEVICE,
            epoch=plain.epoch,
            dseq=1,
            key=KEY,
            prev=plain.prev,
            salt=bytes(16),
            body=b"sealed",
        )
        push = pages.push_from_events([sealed])

        assert KEY == push.events[0][1]
        assert [sealed] == pages.events_from_push(push, SPACE, DEVICE)

    def test_a_stub_travels_as_its_commitment(self) -> None:
        gone = stub(own_events(1)[0])
        push = pages.push_from_events([gone])

        assert (gone.id, None, None, gone.commit) == push.events[0]
        assert [gone] == pages.events_from_push(push, SPACE, DEVICE)

    @pytest.mark.parametrize("field", ["first", "prev", "last", "epoch", "lane"])
    def test_whatever_is_changed_no_longer_meets_the_last_hash(self, field: str) -> None:
        other = {
            "first": 2,
            "prev": bytes([1]) * 32,
            "last": bytes(32),
            "epoch": bytes(8),
            "lane": care_lane(bytes(16)),
        }
        push = pages.push_from_events(own_events(2))

        with pytest.raises(ProtocolError) as caught:
            pages.events_from_push(
                msgspec.structs.replace(push, **{field: other[field]}), SPACE, DEVICE
            )

        assert caught.value.code is ErrorCode.BROKEN_PAGE

    def test_another_devices_credential_does_not_fit(self) -> None:
        with pytest.raises(ProtocolError):
            pages.events_from_push(
                pages.push_from_events(own_events(1)), SPACE, DeviceId(b"d" * 16)
            )

    @pytest.mark.parametrize("wire", [(None, None), (None, bytes(31)), (bytes(16), None)])
    def test_a_stub_without_a_commitment_is_named(
        self, wire: tuple[bytes | None, bytes | None]
    ) -> None:
        push = pages.push_from_events(own_events(1))
        push = msgspec.structs.replace(push, events=[(bytes(16), None, *wire)])

        with pytest.raises(ProtocolError) as caught:
            pages.events_from_push(push, SPACE, DEVICE)

        assert caught.value.code is ErrorCode.BROKEN_PAGE


class TestCutting:
    """A batch is cut at PAGE_EVENTS_MAX events or before its bodies pass PAGE_BYTES_MAX."""

    def test_by_count(self) -> None:
        assert limits.PAGE_EVENTS_MAX == pages.cut_batch(own_events(limits.PAGE_EVENTS_MAX + 1))

    def test_by_bytes(self) -> None:
        events = own_events(9, body=bytes(limits.BODY_BYTES_MAX))

        assert limits.PAGE_BYTES_MAX // limits.BODY_BYTES_MAX == pages.cut_batch(events)

    def test_stubs_count_with_their_commitment(self) -> None:
        assert 2 == pages.cut_batch([stub(event) for event in own_events(2)])

    def test_at_least_one(self) -> None:
        assert 1 == pages.cut_batch(own_events(1, body=bytes(limits.PAGE_BYTES_MAX + 1)))


class TestBranches:
    """Rule 1: each batch is one unbroken stretch, so that a displaced branch meets ``fork``."""

    def test_a_chain_is_one_batch(self) -> None:
        assert own_events(3) == pages.cut_chain(own_events(3))
        assert [] == pages.cut_chain([])

    @pytest.mark.parametrize(
        "changed", [{"prev": bytes(32)}, {"dseq": 4}, {"epoch": Epoch(b"epoch..2")}]
    )
    def test_a_branch_begins_a_batch(self, changed: dict[str, object]) -> None:
        first, second, third = own_events(3)
        branch = msgspec.structs.replace(second, **changed)

        assert [first] == pages.cut_chain([first, branch, third])


class TestRuns:
    """Consecutive rows that share what the server added travel as one run."""

    def test_rows_come_back_with_every_hash(self) -> None:
        rows = rows_of(own_events(3))
        runs = pages.runs_from_rows(rows)

        assert 1 == len(runs)
        assert rows == read(runs)

    def test_a_new_epoch_a_stub_and_a_new_time_begin_runs(self) -> None:
        server = MemoryServer(SPACE)
        first, second = own_events(2)
        server.append(SELF, [first], 7)
        server.now += 1
        server.append(SELF, [second], 7)
        again = write_event(
            event_id=EventId(bytes(16)),
            space=SPACE,
            lane=SELF,
            device=DEVICE,
            epoch=Epoch(b"epoch..2"),
            dseq=1,
            key=first.key,
            prev=chain.GENESIS,
            salt=bytes(16),
            body=b"poison",
        )
        server.append(SELF, [again], 7)
        runs = pages.runs_from_rows(server.lane(SELF).rows)

        assert [None, None, "malformed_body"] == [run.code for run in runs]
        assert server.lane(SELF).rows == read(runs)

    def test_what_the_receiver_holds_travels_as_its_id(self) -> None:
        events = own_events(2)
        rows = rows_of(events)
        runs = pages.runs_from_rows(rows, lambda row: row.seq == 2)

        assert (events[1].id, None, None, None) == runs[0].events[1]
        assert rows == read(runs, {event.id: event for event in events}.get)

    def test_it_is_found_by_id_after_a_new_epoch(self) -> None:
        """Written again under another numbering: same id, salt and body."""
        events = own_events(1)
        rows = rows_of(events)
        runs = pages.runs_from_rows(rows, lambda _row: True)
        again = msgspec.structs.replace(events[0], epoch=Epoch(b"epoch..2"), hash=bytes(32))

        assert rows == read(runs, lambda _id: again)

    def test_an_erased_event_that_is_held_is_its_commitment(self) -> None:
        events = own_events(1)
        runs = pages.runs_from_rows(rows_of(events), lambda _row: True)

        (row,) = read(runs, lambda _id: stub(events[0]))

        assert events[0].hash == row.event.hash

    def test_a_refused_row_always_names_its_commitment(self) -> None:
        rows = rows_of(own_events(1), code="malformed_body")

        assert rows == read(pages.runs_from_rows(rows, lambda _row: True))

    def test_what_is_not_held_is_named(self) -> None:
        runs = pages.runs_from_rows(rows_of(own_events(1)), lambda _row: True)

        with pytest.raises(ProtocolError) as caught:
            read(runs)

        assert caught.value.code is ErrorCode.BROKEN_PAGE

    def test_a_body_over_its_bound_is_named(self) -> None:
        body = bytes(limits.BODY_BYTES_MAX + 1)
        rows = rows_of(own_events(1, body=body))

        with pytest.raises(ProtocolError) as caught:
            read(pages.runs_from_rows(rows))

        assert caught.value.code is ErrorCode.TOO_LARGE

    def test_more_rows_than_a_page_may_have_are_named(self) -> None:
        rows = rows_of(own_events(limits.PAGE_EVENTS_MAX))
        runs = pages.runs_from_rows(rows)

        assert limits.PAGE_EVENTS_MAX == len(read(runs))
        with pytest.raises(ProtocolError) as caught:
            read([*runs, *pages.runs_from_rows(rows[:1])])

        assert caught.value.code is ErrorCode.TOO_LARGE


class TestSignedHeads:
    """Heads are signed for one space, lane, seq, hash and time."""

    def test_only_the_servers_signature_fits(self) -> None:
        server = MemoryServer(SPACE)
        server.append(SELF, own_events(1), 0)
        head = server.sign(SELF, server.lane(SELF).rows[0])
        key = SIGNER.public_key

        assert pages.is_signed_head(CIPHER, key, SPACE, SELF, head)
        assert not pages.is_signed_head(CIPHER, key, SPACE, care_lane(bytes(16)), head)
        assert not pages.is_signed_head(CIPHER, bytes(32), SPACE, SELF, head)
        for changed in ({"seq": 2}, {"hash": bytes(32)}, {"time": 1}, {"signature": bytes(64)}):
            other = msgspec.structs.replace(head, **changed)

            assert not pages.is_signed_head(CIPHER, key, SPACE, SELF, other)
