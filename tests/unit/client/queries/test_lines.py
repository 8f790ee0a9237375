"""Lines of what hangs under a goal say what the documents say."""

from trailmark_client.queries.lines import check_in_line, note_line, step_line
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument

ID = bytes(15) + b"\x01"
FACTS = {
    "created_at": 0,
    "changed_at": 0,
    "created_by": "member/x",
    "changed_by": "person",
    "first_seq": None,
    "last_seq": None,
}


def test_an_empty_document_gives_an_empty_line() -> None:
    step = step_line(SELF, ID, StepDocument(**FACTS))  # pyright: ignore[reportArgumentType]
    value = check_in_line(SELF, ID, CheckInDocument(**FACTS))  # pyright: ignore[reportArgumentType]

    assert (text_from_id(ID), "", "open", SELF) == (step.id, step.text, step.status, step.lane)
    assert ("", "rating", None) == (value.day, value.measure, value.value)


def test_a_note_says_who_wrote_it_and_what_helped() -> None:
    names = {"member/x": "Dr Demo"}
    note = NoteDocument(**FACTS, text="no", helped="tea", day="2025-10-09", occurred_at="")  # pyright: ignore[reportArgumentType]
    comment = CommentDocument(**FACTS, text="well done", day="2025-10-09")  # pyright: ignore[reportArgumentType]

    lines = [
        note_line(SELF, kind, ID, document, names)
        for kind, document in (("setback", note), ("comment", comment))
    ]

    assert [("Dr Demo", "no", "tea"), ("Dr Demo", "well done", None)] == [
        (each.by, each.text, each.helped) for each in lines
    ]
