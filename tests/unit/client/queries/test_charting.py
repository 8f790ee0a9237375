"""A goal's charts: from everything that was written down about it."""

from tests.support.person import Person
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.goals import Words, adjust_target, reword_goal
from trailmark_client.queries.charting import goal_charts
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason

WHY = Reason(code="new-insight")


def test_numbers_baseline_and_changes_are_in_the_chart(person: Person) -> None:
    goal = person.goal("Walk", target=parse_target("reach 7"), baseline_tenths=30)
    for tenths in (40, 50):
        said = CheckIn(value_tenths=tenths)
        person.write(lambda c, r, said=said: check_in(c, r, goal, said, r.now()))
    person.write(lambda c, r: reword_goal(c, r, goal, Words(title="Walk far"), WHY))
    person.write(lambda c, r: adjust_target(c, r, goal, parse_target("reach 8"), WHY))
    (chart,) = person.read(lambda conn: goal_charts(conn, goal, person.now().day))

    assert ["4", "5"] == [each.words for each in chart.dots]
    assert chart.baseline is not None
    assert 2 == len(chart.marks)


def test_nothing_written_down_draws_nothing(person: Person) -> None:
    goal = person.goal()

    assert () == person.read(lambda conn: goal_charts(conn, goal, person.now().day))
