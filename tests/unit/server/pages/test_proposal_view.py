"""Proposals as pages show them."""

from trailmark_server.pages.proposal_view import (
    TargetParts,
    form_fields,
    open_first,
    reason_words,
    sentence,
    target_parts,
)
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.goal import GoalDocument


def goal(**fields: object) -> GoalDocument:
    facts = {"created_at": 0, "changed_at": 0, "first_seq": 1, "last_seq": 1}
    return GoalDocument(**facts, created_by="person", changed_by="person", **fields)  # pyright: ignore[reportArgumentType]


def test_form_begins_with_what_stands_there() -> None:
    document = goal(
        title=Field(value="Paint"),
        lifecycle=Field(value="active"),
        target=Field(value=parse_target("reach 7")),
    )

    by_name = {each.name: each for each in form_fields("goal_change", document)}

    assert ("Paint", "Paint") == (by_name["title"].now, by_name["title"].value)
    assert "a rating of 7" == by_name["target"].now
    assert TargetParts(kind="reach_rating", number="7") == by_name["target"].target
    assert "Working on it" == by_name["lifecycle"].now
    assert ["", "on-hold", "completed", "cancelled"] == [
        each.value for each in by_name["lifecycle"].choices
    ]


def test_form_gives_back_what_was_typed() -> None:
    fields = form_fields("goal", None, {"title": "Walk", "target_kind": "done"})
    by_name = {each.name: each for each in fields}

    assert ("", "Walk") == (by_name["title"].now, by_name["title"].value)
    assert TargetParts(kind="done", per="") == by_name["target"].target
    assert {"title", "why", "area", "target", "due", "priority"} == set(by_name)


def test_a_step_can_be_reached_or_let_go() -> None:
    [status] = [each for each in form_fields("step_change", None) if each.name == "status"]

    assert ["", "open", "reached", "dropped"] == [each.value for each in status.choices]


def test_target_has_parts() -> None:
    reduction = target_parts(parse_target("reduce-by 50% by 2026-12-01"))

    assert ("reduce_by_percent", "50", "2026-12-01") == (
        reduction.kind,
        reduction.number,
        reduction.by,
    )
    assert TargetParts() == target_parts(None)


def test_reasons_read_as_words() -> None:
    assert "" == reason_words(None)
    assert "Because of a new insight: It rains" == reason_words(
        Reason(code="new-insight", text="It rains")
    )
    assert "It rains" == reason_words(Reason(code="other", text="It rains"))


def test_a_message_is_a_sentence() -> None:
    assert ["Nothing is there.", "Is it?"] == [sentence("nothing is there"), sentence("is it?")]


def test_none_have_no_order() -> None:
    assert [] == open_first([])
