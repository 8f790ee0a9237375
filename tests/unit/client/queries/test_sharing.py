"""Who is let in: what they can see in counts, and what became of those who were."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import goals, sharing, steps
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.grants import Member
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.queries.sharing import (
    GrantLine,
    Seen,
    grant_to_stop,
    list_grants,
    names_in_state,
)
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def listed(person: Person, day: str | None = None) -> list[GrantLine]:
    return person.read(lambda conn: list_grants(conn, day or person.now().day))


def shared_goal(person: Person, title: str) -> bytes:
    draft = GoalDrafted(title=title)
    return person.write(lambda c, r: goals.add_shared_goal(c, r, draft, r.now())).subject


def add_step(person: Person, goal: bytes) -> None:
    step = StepAdded(goal=text_from_id(goal), text="shoes")
    person.write(lambda c, r: steps.add_step(c, r, step, r.now()))


def meant(person: Person, who: str) -> bytes:
    return person.read(lambda conn: grant_to_stop(conn, who))


def test_a_grant_says_whom_what_and_how_much(person: Person) -> None:
    grant = person.let_in()[0].subject
    goal, taken_back = shared_goal(person, "Walk"), shared_goal(person, "Swim")
    for each in (goal, taken_back):
        add_step(person, each)
        person.write(lambda c, r, g=each: check_in(c, r, g, CheckIn(value_tenths=10), r.now()))
    person.write(lambda c, r: sharing.withdraw_goal(c, r, taken_back, r.now()))
    person.goal("Mine")

    [line] = listed(person)

    assert ("Dr Demo", "therapist", CARE, text_from_id(grant)) == (
        line.name,
        line.role,
        line.lane,
        line.grant,
    )
    assert ["goals", "steps", "check_ins", "wins_setbacks"] == line.classes
    assert ("live", None, None) == (line.state, line.until, line.stopped_at)
    assert Seen(goals=1, steps=1, check_ins=1) == line.sees


def test_what_was_stopped_stays_in_the_list(person: Person) -> None:
    grant = person.let_in()[0].subject
    shared_goal(person, "Walk")
    person.write(lambda c, r: stop_sharing(c, r, grant, r.now()))

    [line] = listed(person)

    assert ("stopping", person.clock.ms, Seen()) == (line.state, line.stopped_at, line.sees)


def test_it_is_stopped_once_the_log_has_it(person: Person) -> None:
    grant = person.let_in()[0].subject
    person.write(lambda c, r: stop_sharing(c, r, grant, r.now()))
    person.write(
        lambda c, _r: c.execute("UPDATE event SET seq = dseq WHERE lane = ?", (CARE,)).rowcount
    )

    assert ["stopped"] == [each.state for each in listed(person)]
    today = person.now().day
    assert {grant: "Dr Demo"} == person.read(lambda c: names_in_state(c, "stopped", today))
    assert {} == person.read(lambda c: names_in_state(c, "stopping", today))


def test_behind_its_last_day_a_grant_is_over(person: Person) -> None:
    grant = person.app.recorder.new_subject()
    data = AccessGranted(
        member=SECOND.id,
        name=SECOND.name,
        role="therapist",
        classes=("goals",),
        until="2025-10-09",
        consent=ConsentText(version=1, sha256="0" * 64),
    )
    person.write(lambda c, r: r.record(c, CARE, grant, data))
    goal = shared_goal(person, "Walk")

    [last_day], [afterwards] = listed(person, "2025-10-09"), listed(person, "2025-10-10")
    person.clock.advance(24 * 3600 * 1000)
    why, words = Reason(code="new-insight"), goals.Words(title="Run")
    written = person.write(lambda c, r: goals.reword_goal(c, r, goal, words, why))

    assert ("live", Seen(goals=1)) == (last_day.state, last_day.sees)
    assert ("over", Seen()) == (afterwards.state, afterwards.sees)
    assert SELF == written.lane


class TestWhom:
    def test_the_beginning_of_a_name_or_of_the_id_will_do(self, person: Person) -> None:
        grant = person.let_in()[0].subject
        other = person.let_in(member=SECOND)[0].subject

        assert grant == meant(person, "dr demo")
        assert other == meant(person, "Dr S")
        assert grant == meant(person, text_from_id(grant)[:12])

    @pytest.mark.parametrize(
        ("who", "code"),
        [
            ("Dr", ErrorCode.AMBIGUOUS_ID),
            ("nobody", ErrorCode.NOT_FOUND),
            ("", ErrorCode.NOT_FOUND),
        ],
    )
    def test_it_must_mean_one(self, person: Person, who: str, code: ErrorCode) -> None:
        person.let_in()
        person.let_in(member=SECOND)

        with pytest.raises(DomainError) as refused:
            meant(person, who)

        assert code == refused.value.code

    def test_one_let_in_again_is_the_one_meant(self, person: Person) -> None:
        first = person.let_in()[0].subject
        person.write(lambda c, r: stop_sharing(c, r, first, r.now()))

        with pytest.raises(DomainError) as refused:
            meant(person, "Dr Demo")
        again = person.let_in()[0].subject

        assert ErrorCode.NOTHING_CHANGED == refused.value.code
        assert again == meant(person, "Dr Demo")
