"""What both sides say to a goal."""

from trailmark_server.pages.agreement_view import answer_choices, sides_of, view_choices
from trailmark_shared.events.body import Reason
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.parties import Agreement, Assessment

NAMES = {"person": "Mira", "member/x": "You"}


def goal(**fields: object) -> GoalDocument:
    facts = {"created_at": 0, "changed_at": 0, "first_seq": 1, "last_seq": 1}
    return GoalDocument(**facts, created_by="person", changed_by="person", **fields)  # pyright: ignore[reportArgumentType]


def test_nobody_said_anything_yet() -> None:
    assert [("Mira", ["Nothing said yet"]), ("You", ["Nothing said yet"])] == [
        (each.who, list(each.answers)) for each in sides_of(goal(), NAMES, "member/x")
    ]


def test_each_side_stands_with_what_changed_since() -> None:
    said = {"day": "2026-10-01", "effective_at": 1, "received_at": 1}
    agreed = Agreement(
        event="a",
        by="member/x",
        answer="agree",
        changed_since=("title", "due"),
        reason=Reason(code="other", text="It is hers"),
        **said,  # pyright: ignore[reportArgumentType]
    )
    seen = Assessment(event="b", by="member/x", achievement="improving", note="Lighter", **said)  # pyright: ignore[reportArgumentType]
    document = goal(
        agreements=(agreed,), assessments=(seen,), achievement=Field(value="in-progress")
    )

    person, you = sides_of(document, NAMES, "member/x")

    assert "On the way" == person.view
    assert ["Agrees with it as it stands"] == list(you.answers)
    assert ("1 Oct 2026", "It is hers") == (you.when, you.why)
    assert "“In their own words” and “Hoped for by”" == you.changed
    assert ("Getting easier", "Lighter") == (you.view, you.note)


def test_there_is_something_to_choose_from() -> None:
    assert ["agree", "disagree", "pending"] == [each.value for each in answer_choices()]
    assert "" == view_choices()[0].value
