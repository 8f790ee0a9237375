"""What can be picked of the time before: nothing by itself, and nothing that was not agreed to."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import notes, reflections, steps
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.when import When
from trailmark_client.queries.picking import Candidate, Pick, candidates, find_picks, still_there
from trailmark_shared.domain.consent import CONSENT_CLASSES
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, text_from_id

LONG_AGO = When(occurred_at="2025-03-01T10:00:00+01:00", zone="Europe/Berlin", day="2025-03-01")
SINCE = "2025-10-01"


def checked_in(person: Person, goal: bytes, when: When | None = None) -> bytes:
    said = CheckIn(value_tenths=30)
    return person.write(lambda c, r: check_in(c, r, goal, said, when or r.now())).subject


def noted(person: Person, data: WinNoted | SetbackNoted, when: When | None = None) -> bytes:
    return person.write(lambda c, r: notes.note(c, r, data, when or r.now())).subject


def offered(person: Person, classes: tuple[str, ...], since: str | None) -> list[Candidate]:
    return person.read(lambda conn: candidates(conn, classes, since))


def found(person: Person, *ids: bytes, classes: tuple[str, ...] = CONSENT_CLASSES) -> list[Pick]:
    typed = [text_from_id(each)[:20] for each in ids]
    return person.read(lambda conn: find_picks(conn, typed, classes))


def test_for_a_first_therapist_goals_are_offered(person: Person) -> None:
    goal = person.goal("Walk")
    checked_in(person, goal)
    noted(person, WinNoted(text="went out"))

    assert [("goal", (goal,), "the goal “Walk”")] == [
        (each.kind, each.ids, each.words) for each in offered(person, CONSENT_CLASSES, None)
    ]


def test_of_a_time_what_belongs_to_it_is_offered(person: Person) -> None:
    goal = person.goal("Walk")
    checked_in(person, goal, LONG_AGO)
    late = checked_in(person, goal)
    noted(person, WinNoted(text="long ago"), LONG_AGO)
    win, hard = noted(person, WinNoted(text="went\nout")), noted(person, SetbackNoted(text="no"))

    lines = offered(person, CONSENT_CLASSES, SINCE)

    assert [(goal,), (late,), (win,), (hard,)] == [each.ids for each in lines]
    assert "1 check-in of “Walk” since 2025-10-01" == lines[1].words
    assert goal == lines[1].goal
    assert "the win “went out” of 2025-10-09" == lines[2].words


def test_parts_of_reflections_that_were_shared_are_offered(person: Person) -> None:
    person.let_in()
    text = ReflectionWritten(text="It was hard, and I said so. " * 9)
    reflection = person.write(lambda c, r: reflections.reflect(c, r, text, r.now())).subject
    excerpt = person.write(
        lambda c, r: reflections.share_excerpt(c, r, reflection, text.text, r.now())
    ).subject

    [line] = offered(person, ("excerpts",), SINCE)

    assert ("excerpt", (excerpt,)) == (line.kind, line.ids)
    assert line.words.endswith("…”")
    assert [] == offered(person, ("excerpts",), "2025-10-10")


@pytest.mark.parametrize("classes", [(), ("steps",), ("check_ins",)])
def test_nothing_is_offered_that_was_not_agreed_to(
    person: Person, classes: tuple[str, ...]
) -> None:
    checked_in(person, person.goal())
    noted(person, WinNoted(text="went out"))

    assert [] == offered(person, classes, SINCE)


def test_the_same_win_in_two_lanes_is_offered_once(person: Person) -> None:
    person.let_in()
    win = noted(person, WinNoted(text="went out"))
    person.write(lambda c, r: r.record(c, SELF, win, WinNoted(text="went out")))

    assert [(win,)] == [each.ids for each in offered(person, ("wins_setbacks",), SINCE)]


class TestByTheirIds:
    def test_goals_come_first(self, person: Person) -> None:
        goal = person.goal()
        value = checked_in(person, goal)
        added = StepAdded(goal=text_from_id(goal), text="shoes")
        step = person.write(lambda c, r: steps.add_step(c, r, added, r.now())).subject
        win = noted(person, WinNoted(text="went out"))

        picks = found(person, win, value, step, goal, goal)

        assert goal == picks[0].id
        assert {win, value, step, goal} == {each.id for each in picks}
        assert 4 == len(picks)

    def test_a_kind_that_was_not_agreed_to_is_refused(self, person: Person) -> None:
        goal = person.goal()

        with pytest.raises(DomainError) as refused:
            found(person, goal, classes=("steps",))

        assert ErrorCode.NOT_AGREED == refused.value.code

    def test_what_hangs_under_a_goal_wants_the_goal(self, person: Person) -> None:
        value = checked_in(person, person.goal())

        with pytest.raises(DomainError) as refused:
            found(person, value)

        assert ErrorCode.INVALID_INPUT == refused.value.code

    def test_a_reflection_is_nothing_that_can_be_picked(self, person: Person) -> None:
        text = ReflectionWritten(text="mine")
        reflection = person.write(lambda c, r: reflections.reflect(c, r, text, r.now())).subject

        with pytest.raises(DomainError) as refused:
            found(person, reflection)

        assert ErrorCode.NOT_FOUND == refused.value.code

    def test_what_is_gone_since_is_left_out(self, person: Person) -> None:
        goal = person.goal()
        picks = [text_from_id(bytes(16)), text_from_id(goal)]

        assert [goal] == [each.id for each in person.read(lambda c: still_there(c, picks))]
