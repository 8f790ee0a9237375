"""The state hash: any difference in what is shown gives another value."""

from hashlib import sha256

import msgspec

from tests.support.entries import an_entry
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.projections.fold import Document, fold_subject
from trailmark_shared.projections.state_hash import state_hash


def document(number: int) -> Document:
    folded = fold_subject("self", [an_entry(number, GoalDrafted(title="t"), subject=number)])
    assert folded is not None
    return folded


def test_the_order_of_documents_does_not_matter() -> None:
    assert state_hash([document(1), document(2)]) == state_hash([document(2), document(1)])


def test_everything_shown_matters() -> None:
    first = document(1)
    changed = [
        [],
        [first, document(2)],
        [msgspec.structs.replace(first, lane="care/x")],
        [msgspec.structs.replace(first, kind="win")],
        [msgspec.structs.replace(first, subject=bytes(16))],
        [msgspec.structs.replace(first, json=b"{}")],
    ]
    hashes = {state_hash([first]), *(state_hash(each) for each in changed)}

    assert len(hashes) == 1 + len(changed)


def test_an_empty_lane_is_named() -> None:
    assert state_hash([], "self") != state_hash([], "care/x")
    assert state_hash([document(1)], "self") == state_hash([document(1)])


def test_the_value_is_pinned() -> None:
    """Another program must come to the same 32 bytes."""
    shown = Document(lane="self", kind="win", subject=bytes(16), parent=None, json=b"{}")
    head = b"\x92\x02\xa4self"
    row = b"\x93\xa3win\xc4\x10" + bytes(16) + b"\xc4\x02{}"

    assert state_hash([shown]) == sha256(head + row).digest()
