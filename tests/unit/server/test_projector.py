"""Folding what was touched: one document per subject, one failure for itself."""

import pytest

from tests.support.lane_devices import CARE, LaneDevice
from tests.support.pure_lane import PureLane
from trailmark_server import projector
from trailmark_server.lane_draft import read_body
from trailmark_server.projector import SubjectRow, entry_from_row, fold_subjects
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import Document, fold_subject

FIRST, SECOND = b"1" * 16, b"2" * 16


def about() -> dict[bytes, list[SubjectRow]]:
    device, lane = LaneDevice(), PureLane()
    lane.push([device.grants(), device.shares("a", FIRST), device.shares("b", SECOND)])
    return {new.subject: [(new.row, new.body)] for new in lane.rows[1:] if new.subject is not None}


def test_each_subject_is_folded_from_its_own_rows() -> None:
    folded = fold_subjects(CARE, about())
    assert [FIRST, SECOND] == [each.subject for each in folded.documents]
    assert ([FIRST, SECOND], []) == (list(folded.subjects), list(folded.failed))


def test_a_subject_without_rows_has_no_document() -> None:
    folded = fold_subjects(CARE, {FIRST: []})
    assert ([], [FIRST]) == (list(folded.documents), list(folded.subjects))


def test_a_fold_that_raises_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(lane: str, entries: list[Entry]) -> Document | None:
        if entries[0].body.subject == FIRST:
            raise ZeroDivisionError
        return fold_subject(lane, entries)

    monkeypatch.setattr(projector, "fold_subject", broken)
    folded = fold_subjects(CARE, about())
    assert [SECOND] == [each.subject for each in folded.documents]
    assert [(FIRST, 2)] == list(folded.failed)


def test_a_body_that_cannot_be_read_fails_its_subject() -> None:
    ((row, _),) = about()[FIRST]
    assert [(FIRST, 2)] == list(fold_subjects(CARE, {FIRST: [(row, None)]}).failed)


def test_an_entry_has_everything_of_its_row() -> None:
    ((row, _),) = about()[FIRST]
    body = read_body(row.event)
    assert body is not None
    entry = entry_from_row(CARE, row, body)
    assert (row.event.id, row.seq, row.received_at, row.offset, row.actor, body) == (
        entry.id,
        entry.seq,
        entry.received_at,
        entry.offset,
        entry.actor,
        entry.body,
    )
