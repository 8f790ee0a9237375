"""How a goal stood: by what had arrived, by what had been recorded, and in between."""

from tests.support.entries import CARE, START, an_entry
from trailmark_client.queries.audit_states import at_instant, between, target_line
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.goals import GoalDrafted, GoalReworded, GoalShared, GoalTargetSet

DRAFT = an_entry(1, GoalDrafted(title="Walk"))
LATE = an_entry(2, GoalReworded(title="Run"), base=(1,), delay=1000)
OWN = {"self": [DRAFT, LATE]}


def test_what_came_late_is_known_now_and_was_not_then() -> None:
    found = at_instant(OWN, [], START + 500_000)

    assert found.as_known_then is not None
    assert found.as_known_now is not None
    assert (found.as_known_then.fields["title"], found.as_known_now.fields["title"]) == (
        "Walk",
        "Run",
    )
    assert [(each.before, each.after) for each in found.learned_since] == [("Walk", "Run")]
    assert found.as_seen_then == []


def test_before_the_first_entry_nothing_was_there() -> None:
    found = at_instant(OWN, [], START - 1000)

    assert (None, None, []) == (found.as_known_then, found.as_known_now, found.learned_since)


def test_between_two_instants_each_view_differs_by_itself() -> None:
    found = between(OWN, START + 1_500, START + 500_000)

    assert [(each.field, each.before) for each in found.as_known_now] == [("title", "Walk")]
    assert {each.before for each in found.as_known_then} == {None}


def test_a_frozen_copy_is_no_home_of_a_target() -> None:
    target = parse_target("done")
    copy = an_entry(1, GoalShared(title="a", target=target, is_copy=True), lane=CARE)
    drafted = [an_entry(2, GoalDrafted(title="a"))]
    set_there = [*drafted, an_entry(3, GoalTargetSet(target=target), base=(2,))]

    assert target_line({"self": drafted, CARE: [copy]}).original is None
    assert target_line({"self": set_there, CARE: [copy]}).original == "done"
