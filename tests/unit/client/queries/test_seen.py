"""See as: a shared lane just as those who read it see it, and nothing else."""

from functools import partial

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import notes, reflections, steps
from trailmark_client.commands.cards import write_card
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.entry_sharing import share_entry
from trailmark_client.commands.goals import add_shared_goal
from trailmark_client.commands.grants import Member
from trailmark_client.commands.measures import (
    answer_measure,
    rate_attainment,
    record_occurrence,
    set_scale,
)
from trailmark_client.commands.sharing import Sharing, share_goal
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.commands.written import Written
from trailmark_client.queries.seen import SeenLane, see_lane
from trailmark_client.recorder import Recorder
from trailmark_shared import limits
from trailmark_shared.domain.shipped_instruments import GAD_7
from trailmark_shared.events.coping import BarrierIdentified
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.measures import AttainmentRated, OccurrenceRecorded, ScaleSet
from trailmark_shared.events.notes import SetbackNoted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.registry import Kind
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import Lane, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def seen(person: Person, lane: Lane = CARE, zone: str = "Europe/Berlin") -> SeenLane:
    return person.read(lambda conn: see_lane(conn, lane, zone))


def shared(person: Person, title: str) -> bytes:
    draft = GoalDrafted(title=title, why="it calms me")
    how = Sharing(names=("Dr Demo",))
    return person.write(lambda c, r: add_shared_goal(c, r, draft, r.now(), how)).subject


def test_a_lane_that_is_not_there_shows_nothing(person: Person) -> None:
    assert SeenLane(lane=CARE, goals=[], excerpts=[], notes=[], entries=[]) == seen(person)


def test_a_goal_is_seen_with_what_hangs_under_it(person: Person) -> None:
    person.let_in()
    goal = shared(person, "Walk")
    step = StepAdded(goal=text_from_id(goal), text="shoes")
    person.write(lambda c, r: steps.add_step(c, r, step, r.now()))
    person.write(lambda c, r: check_in(c, r, goal, CheckIn(value_tenths=35), r.now()))

    [there] = seen(person).goals

    assert ("Walk", "it calms me", "here") == (there.title, there.why, there.standing)
    assert (["shoes"], [3.5]) == (
        [each.text for each in there.steps],
        [each.value for each in there.check_ins],
    )


def test_an_absurd_clock_keeps_nobody_from_the_rest(person: Person) -> None:
    person.let_in()
    person.clock.ms = limits.INTEGER_MAX // 2
    goal = shared(person, "Walk")
    levels = ScaleSet(goal=text_from_id(goal), levels=("a", "b", "c", "d", "e"))
    scale = person.write(lambda c, r: set_scale(c, r, goal, levels, r.now())).subject
    person.write(partial(share, kind="scale", entry=scale))

    lane = seen(person)

    assert ["Walk"] == [each.title for each in lane.goals]
    assert {"9999-12-31"} == {each.day for each in lane.entries}


def test_days_are_those_of_the_person(person: Person) -> None:
    person.let_in()
    goal = shared(person, "Walk")
    levels = ScaleSet(goal=text_from_id(goal), levels=("a", "b", "c", "d", "e"))
    scale = person.write(lambda c, r: set_scale(c, r, goal, levels, r.now())).subject
    person.write(partial(share, kind="scale", entry=scale))
    person.write(lambda c, r: withdraw_goal(c, r, goal, r.now()))

    told = seen(person, zone="Pacific/Kiritimati")

    assert ["2025-10-10"] == [each.day for each in told.entries]
    assert "on 10 Oct 2025." in str(told.goals[0].shown.notice)


def test_private_things_are_not_seen(person: Person) -> None:
    person.let_in()
    goal = person.goal("Mine")
    person.write(lambda c, r: check_in(c, r, goal, CheckIn(value_tenths=35), r.now()))

    assert "Mine" not in str(seen(person))
    assert [] == seen(person).goals


def test_what_was_taken_back_is_seen_as_it_was(person: Person) -> None:
    person.let_in()
    goal = shared(person, "Walk")
    kept = shared(person, "Swim")
    person.write(lambda c, r: withdraw_goal(c, r, goal, r.now()))

    assert [("here", text_from_id(kept)), ("taken back", text_from_id(goal))] == [
        (each.standing, each.id) for each in seen(person).goals
    ]


def test_a_copy_is_seen_as_it_was_shared(person: Person) -> None:
    person.let_in()
    person.let_in(lane=OTHER, member=SECOND)
    goal = shared(person, "Walk")
    how = Sharing(names=("Dr Second",))
    person.write(lambda c, r: share_goal(c, r, goal, r.now(), how))

    assert ["copy"] == [each.standing for each in seen(person, OTHER).goals]


def test_notes_and_parts_of_reflections_are_seen(person: Person) -> None:
    person.let_in()
    hard = SetbackNoted(text="no sleep", helped="a walk")
    person.write(lambda c, r: notes.note(c, r, hard, r.now()))
    text = ReflectionWritten(text="It was hard, and I said so.")
    reflection = person.write(lambda c, r: reflections.reflect(c, r, text, r.now())).subject
    person.write(lambda c, r: reflections.share_excerpt(c, r, reflection, "I said so", r.now()))

    lane = seen(person)

    assert [("setback", "you", "no sleep", "a walk")] == [
        (each.kind, each.by, each.text, each.helped) for each in lane.notes
    ]
    assert ["I said so"] == [each.text for each in lane.excerpts]
    assert "It was hard" not in str(lane)


def rate(conn: Connection, recorder: Recorder, *, goal: bytes, rated: AttainmentRated) -> Written:
    return rate_attainment(conn, recorder, goal, rated, recorder.now())


def share(conn: Connection, recorder: Recorder, *, kind: Kind, entry: bytes) -> Written:
    return share_entry(conn, recorder, kind, entry, recorder.now())


def test_everything_else_that_is_shared_is_seen_word_for_word(person: Person) -> None:
    """A list that leaves something out would hide from a person what others read of theirs."""
    person.let_in()
    goal = shared(person, "Ride")
    barrier = BarrierIdentified(text="The crowd")
    panic = OccurrenceRecorded(what="Panic", intensity_tenths=70, note="on the bus")
    plain = OccurrenceRecorded(what="Rain")
    levels = ScaleSet(goal=text_from_id(goal), levels=("a", "b", "c", "d", "e"))
    entries: list[tuple[Kind, Written]] = [
        ("barrier", person.write(lambda c, r: write_card(c, r, barrier, r.now()))),
        *(
            (
                "occurrence",
                person.write(lambda c, r, each=each: record_occurrence(c, r, each, r.now())),
            )
            for each in (panic, plain)
        ),
        (
            "measure",
            person.write(
                lambda c, r: answer_measure(c, r, GAD_7, [1, None, 2, 1, 0, 0, 1, None], r.now())
            ),
        ),
        ("scale", person.write(lambda c, r: set_scale(c, r, goal, levels, r.now()))),
    ]
    for rated in (AttainmentRated(level=1, note="with Sam"), AttainmentRated(level=2)):
        person.write(partial(rate, goal=goal, rated=rated))
    for kind, written in entries:
        person.write(partial(share, kind=kind, entry=written.subject))

    found = {text_from_id(written.subject): kind for kind, written in entries}
    told = {each.id: each for each in seen(person).entries}

    assert {id_: (kind, "you") for id_, kind in found.items()} == {
        each.id: (each.kind, each.by) for each in told.values()
    }
    words = [told[text_from_id(written.subject)].words for _, written in entries]
    assert [
        ["The crowd"],
        ["Panic", "7 of 10", "on the bus"],
        ["Rain"],
        ["GAD-7: 1 - 2 1 0 0 1 -"],
        [
            *("-2: a", "-1: b", "0: c", "+1: d", "+2: e"),
            *("9 Oct 2025: +1 with Sam", "9 Oct 2025: +2"),
        ],
    ] == words


def test_check_ins_of_the_hour_that_comes_twice_stand_in_their_order(person: Person) -> None:
    person.let_in()
    goal = shared(person, "Walk")
    for value, at in ((20, "02:10:00+01:00"), (10, "02:50:00+02:00")):
        when = When(f"2025-10-26T{at}", "Europe/Berlin", "2025-10-26")
        said = CheckIn(value_tenths=value)
        person.write(lambda c, r, s=said, w=when: check_in(c, r, goal, s, w))

    [there] = seen(person).goals

    assert [1, 2] == [each.value for each in there.check_ins]
