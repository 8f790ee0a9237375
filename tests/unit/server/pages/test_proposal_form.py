"""What was typed becomes values, or a sentence that says what to mend."""

import pytest

from trailmark_server.pages.proposal_form import values_from_fields
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError
from trailmark_shared.events.proposals import values_by_field


def test_words_date_and_target_are_what_was_typed() -> None:
    values = values_from_fields(
        "goal_change",
        {
            "title": " Paint ",
            "why": "",
            "due": "2026-12-01",
            "priority": "high",
            "lifecycle": "",
            "target_kind": "at_least",
            "target_number": "2,5",
            "target_unit": "quiet  hours",
            "target_per": "week",
            "target_by": "2026-12-01",
        },
    )

    assert {
        "title": "Paint",
        "why": None,
        "due": "2026-12-01",
        "priority": "high",
        "target": parse_target("at-least 2.5 quiet hours per week"),
    } == values_by_field(values)


def test_a_number_without_a_kind_of_target_is_not_passed_over() -> None:
    typed = {"title": "Rest", "target_kind": "", "target_number": "3"}

    with pytest.raises(DomainError, match="what the number counts"):
        values_from_fields("goal", typed)

    assert values_from_fields("goal_change", typed).target is None


@pytest.mark.parametrize(
    ("kind", "number", "said"),
    [
        ("", "", None),
        ("done", "", "done"),
        ("reach_rating", "7", "reach 7"),
        ("reduce_by_percent", "50", "reduce-by 50% by 2026-12-01"),
        ("at_most", "3", "at-most 3 per day"),
    ],
)
def test_every_kind_of_target_can_be_said(kind: str, number: str, said: str | None) -> None:
    typed = {
        "target_kind": kind,
        "target_number": number,
        "target_per": "day",
        "target_by": "2026-12-01",
    }

    values = values_from_fields("goal", {"title": "Rest", **typed})

    assert (None if said is None else parse_target(said)) == values.target


@pytest.mark.parametrize(
    "typed",
    [
        {"target_kind": "reach_rating", "target_number": "eleven"},
        {"target_kind": "reach_rating", "target_number": "11"},
        {"target_kind": "at_least", "target_number": "1", "target_per": "year"},
        {"target_kind": "no such kind", "target_number": "1"},
        {"due": "tomorrow"},
        {"priority": "urgent"},
        {},
    ],
)
def test_what_cannot_be_is_said(typed: dict[str, str]) -> None:
    with pytest.raises(DomainError):
        values_from_fields("goal", typed)


def test_a_step_goes_nowhere_unless_that_was_chosen() -> None:
    stays = values_from_fields("step_change", {"text": "Call", "status": ""})
    goes = values_from_fields("step_change", {"text": "Call", "status": "dropped"})

    assert {"text": "Call"} == values_by_field(stays)
    assert "dropped" == goes.status
