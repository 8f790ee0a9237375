"""docs/protocol.md, "Events and hashes": what an event is made of, and what is left of a stub."""

from tests.support.session_steps import own_events
from trailmark_shared import chain
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Event, Row, without_body


def row(event: Event, code: str | None = None) -> Row:
    return Row(
        event=event,
        seq=1,
        received_at=2,
        offset=-3,
        actor="person",
        code=code,
        lane_hash=bytes(32),
    )


def test_an_event_carries_its_commitment_and_its_hash() -> None:
    (event,) = own_events(1)
    assert event.salt is not None
    assert event.body is not None
    header = chain.header_bytes(
        event.id, event.space, event.lane, event.device, event.epoch, event.dseq, event.key
    )

    assert event.commit == chain.commitment(event.salt, event.body)
    assert event.hash == chain.event_hash(event.prev, header, event.commit)


def test_events_of_a_device_are_a_chain() -> None:
    first, second = own_events(2)

    assert chain.GENESIS == first.prev
    assert first.hash == second.prev


def test_a_stub_keeps_its_place_in_every_chain() -> None:
    (event,) = own_events(1)
    gone = without_body(event)

    assert (None, None) == (gone.salt, gone.body)
    assert (event.commit, event.prev, event.hash) == (gone.commit, gone.prev, gone.hash)


def test_what_proves_a_row_is_neither_its_place_nor_its_code() -> None:
    (event,) = own_events(1)

    assert (event.hash, "person", 2, -3) == row(event).proof
    assert row(event).proof == row(without_body(event), ErrorCode.ASIDE).proof
