"""An audit in words."""

from trailmark_server.members.auditing import AuditedEvent
from trailmark_server.pages.audit_view import (
    QUESTIONS,
    Asked,
    asked_events,
    clock_words,
    completion_words,
    difference_rows,
    state_rows,
    who_words,
)
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.projections.audit import ClockDoubt, Completion, Difference


def test_there_are_fourteen_questions() -> None:
    assert list(range(1, 15)) == [number for number, _, _ in QUESTIONS]


def test_clocks_are_told_without_blame() -> None:
    behind = clock_words(ClockDoubt(device="abcdefgh", offset=600_000, events=2))
    ahead = clock_words(ClockDoubt(device="abcdefgh", offset=-60_000, events=2))

    assert (
        "Device abcdef was 10 minutes behind the server; its times stand as they were written."
        == behind
    )
    assert "1 minute ahead of" in ahead


def test_what_was_reached_is_told_with_its_target() -> None:
    target = parse_target("reach 7")
    first = Completion(event="e", achievement="achieved", target=target, against="original")
    moved = Completion(event="e", achievement="achieved", target=target, against="adjusted")
    none = Completion(event="e", achievement="a-newer-code", target=None, against=None)
    said = [completion_words(each) for each in (first, moved, none)]

    assert [
        "Called “Reached” against the first target: a rating of 7.",
        "Called “Reached” against a target that had moved: a rating of 7.",
        "Called “a-newer-code”, without a target.",
    ] == said


def test_who_is_said_once_and_the_reader_is_you() -> None:
    names = {"person": "The person", "member/a": "You", "member/b": "Dr Demo"}
    said = [
        who_words("person", None, names),
        who_words("person", None, {"person": "Mira"}),
        who_words("person", "member/a", names),
        who_words("member/b", "member/b", names),
    ]

    assert [
        "The person",
        "Mira, the person",
        "The person, as you had proposed",
        "Dr Demo, therapist, as Dr Demo had proposed",
    ] == said


def test_nothing_stands_for_a_goal_that_was_not_there() -> None:
    assert [] == state_rows(None, ("title",))


def test_differences_name_nothing_as_nothing() -> None:
    found = Difference(field="title", before=None, after="Paint")

    assert [("In their own words", "nothing", "Paint")] == difference_rows([found])


def test_no_event_is_asked_for_in_none() -> None:
    none: list[AuditedEvent] = []

    assert [] == asked_events(none, Asked(who="person"))
