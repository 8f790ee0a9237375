"""A draft: every decision sees the ones before it."""

from tests.support.lane_devices import GRANT, MEMBER, NOW, LaneDevice, erasing
from tests.support.pure_lane import PureLane
from trailmark_server.lane_draft import ChainFacts, LaneDraft, read_body
from trailmark_shared import chain
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.ids import SELF


def add(draft: LaneDraft, event: Event, code: str | None = None, *, keep_body: bool = True) -> Row:
    row = Row(
        event=event,
        seq=0,
        received_at=NOW,
        offset=5,
        actor="person",
        code=None,
        lane_hash=b"",
    )
    draft.append(row, read_body(event), code, keep_body=keep_body)
    return draft.rows[-1].row


def test_a_row_gets_the_next_seq_and_hash() -> None:
    draft, device = PureLane().draft(), LaneDevice()
    row = add(draft, device.grants(), "aside")
    wanted = chain.lane_hash(chain.GENESIS, row.event.hash, 1, NOW, 5, "person", "aside")
    assert (1, wanted, "aside") == (row.seq, row.lane_hash, row.code)
    assert (1, wanted, NOW) == (draft.lane.head, draft.lane.hash, draft.lane.received_at)
    assert 2 == add(draft, device.shares()).seq


def test_only_what_continues_moves_a_chain() -> None:
    draft, device = PureLane().draft(), LaneDevice()
    first, second, third = device.grants(), device.shares(), device.shares()
    add(draft, first)
    add(draft, third)
    assert ChainFacts(1, first.hash) == draft.chain_of(first)
    add(draft, second)
    assert ChainFacts(2, second.hash) == draft.chain_of(first)
    assert draft.continues(third)


def test_grants_and_revocations_take_effect_at_once() -> None:
    draft, device = PureLane().draft(), LaneDevice()
    assert not draft.is_open
    add(draft, device.grants())
    assert draft.is_open
    assert [(GRANT, MEMBER, 1)] == [(g.grant, g.member, g.seq) for g in draft.granted]
    add(draft, device.revokes())
    add(draft, device.grants())
    assert not draft.is_open
    assert (1, [(GRANT, 2)]) == (len(draft.granted), draft.revoked)


def test_a_stub_has_no_effect() -> None:
    draft, device = PureLane().draft(), LaneDevice()
    add(draft, device.grants(), "malformed_body", keep_body=False)
    assert (False, None) == (draft.is_open, draft.rows[0].type)


def test_columns_tell_what_the_server_can_read() -> None:
    draft, device = PureLane().draft(), LaneDevice()
    shared = device.shares(goal=b"1" * 16)
    add(draft, shared)
    new = draft.rows[0]
    assert ("goal_shared", b"1" * 16, "2026-11-22") == (new.type, new.subject, new.day)
    add(draft, shared, "duplicate", keep_body=False)
    assert (None, b"1" * 16, None) == (
        draft.rows[1].type,
        draft.rows[1].subject,
        draft.rows[1].day,
    )


def test_in_self_nothing_is_read_out_but_erasures_count() -> None:
    draft, device = PureLane(SELF).draft(), LaneDevice(SELF)
    sealed = device.seals()
    add(draft, sealed)
    add(draft, device.says(erasing(sealed)))
    assert [None, None] == [new.subject for new in draft.rows]
    assert [sealed.id] == draft.erased


def test_a_body_that_joins_its_duplicate_tells_the_subject() -> None:
    draft, device = PureLane().draft(), LaneDevice()
    shared = device.shares(goal=b"1" * 16)
    add(draft, shared, "duplicate", keep_body=False)
    add(draft, shared)
    assert {shared.id: b"1" * 16} == draft.rejoined


def test_what_cannot_be_read_has_no_body() -> None:
    device, sealed = LaneDevice(), LaneDevice(SELF)
    for event in (device.write(b"{"), sealed.seals(), without_body(device.shares())):
        assert None is read_body(event)
