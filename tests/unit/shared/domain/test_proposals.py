"""What may be proposed: a second look is asked for, nothing is refused for it."""

from collections.abc import Mapping
from typing import get_args

import pytest

from trailmark_shared.domain.proposals import (
    AGREED_FIELDS,
    FIELDS_BY_KIND,
    PROPOSABLE_STATUSES,
    ProposalKind,
    faults_of,
    may_propose_move,
    proposed_subject,
)
from trailmark_shared.domain.statuses import ALLOWED_MOVES, Lifecycle


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("goal", {"title": "t"}),
        ("goal", dict.fromkeys(FIELDS_BY_KIND["goal"], "v")),
        ("goal_change", {"goal": "g", "due": None}),
        ("goal_change", {"goal": "g", "target": "t", "baseline_tenths": 30}),
        ("step", {"goal": "g", "text": "t", "due": "2026-12-24"}),
        ("step_change", {"goal": "g", "step": "s", "status": "dropped"}),
    ],
)
def test_what_people_propose_has_no_fault(kind: ProposalKind, said: Mapping[str, object]) -> None:
    assert faults_of(kind, said) == ()


@pytest.mark.parametrize("status", sorted(PROPOSABLE_STATUSES))
def test_every_proposable_status_has_no_fault(status: Lifecycle) -> None:
    assert faults_of("goal_change", {"goal": "g", "lifecycle": status}) == ()


@pytest.mark.parametrize(
    ("kind", "said", "faults"),
    [
        ("goal", {"why": "w"}, ("title",)),
        ("goal", {"title": "t", "goal": "g"}, ("goal",)),
        ("goal", {"title": "t", "lifecycle": "active"}, ("lifecycle",)),
        ("goal_change", {"title": "t"}, ("goal",)),
        ("goal_change", {"goal": "g", "step": "s", "text": "t"}, ("step", "text")),
        ("goal_change", {"goal": "g", "lifecycle": "entered-in-error"}, ("lifecycle",)),
        ("goal_change", {"goal": "g", "baseline_tenths": 30}, ("baseline_tenths",)),
        (
            "goal_change",
            {"goal": "g", "baseline_tenths": 30, "target": None},
            ("baseline_tenths",),
        ),
        ("step", {"goal": "g", "step": "s", "status": "open"}, ("status", "step", "text")),
        ("step_change", {"goal": "g", "text": "t"}, ("step",)),
        ("step_change", {"goal": "g", "step": "s", "rank": 1}, ("rank",)),
    ],
)
def test_what_the_rules_do_not_know_is_named(
    kind: ProposalKind, said: Mapping[str, object], faults: tuple[str, ...]
) -> None:
    assert faults_of(kind, said) == faults


def test_the_persons_own_order_and_how_it_goes_are_not_agreed_on() -> None:
    assert not {"rank", "achievement"} & set(AGREED_FIELDS)
    assert set(AGREED_FIELDS) == FIELDS_BY_KIND["goal_change"]


def test_a_move_may_be_proposed_where_the_person_may_make_it() -> None:
    for before in get_args(Lifecycle):
        allowed = {after for after in get_args(Lifecycle) if may_propose_move(before, after)}

        assert allowed == (ALLOWED_MOVES[before] | {before}) & PROPOSABLE_STATUSES


def test_where_no_status_is_known_none_forbids_a_move() -> None:
    assert may_propose_move(None, "active")
    assert not may_propose_move(None, "rejected")


def test_what_a_proposal_becomes_follows_from_it() -> None:
    one, other = bytes(16), b"\x01" * 16

    assert proposed_subject(one) == proposed_subject(one)
    assert len({one, other, proposed_subject(one), proposed_subject(other)}) == 4
    assert len(proposed_subject(one)) == 16
