"""What goes when something is erased, and what never does."""

import pytest

from tests.support import supporters as circle
from tests.support.person import Person
from trailmark_client.commands import goals
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.erasing import erase
from trailmark_client.commands.reflections import share_excerpt
from trailmark_client.commands.supporters import describe_supporter
from trailmark_client.queries.erasing import Going, what_goes
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.events.supporting import SupporterDescribed
from trailmark_shared.ids import SELF, Lane, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")


def going(person: Person, subject: bytes) -> Going:
    return person.read(lambda conn: what_goes(conn, text_from_id(subject)))


def refusal(person: Person, subject: bytes) -> ErrorCode:
    with pytest.raises(DomainError) as refused:
        going(person, subject)
    return refused.value.code


def comment(person: Person, about: bytes) -> bytes:
    subject = person.app.recorder.new_subject()
    said = CommentAdded(about=text_from_id(about), text="words")
    person.write(lambda c, r: r.record(c, CARE, subject, said))
    return subject


def reflect(person: Person, text: str, goal: bytes | None = None) -> bytes:
    subject = person.app.recorder.new_subject()
    written = ReflectionWritten(text=text, goal=None if goal is None else text_from_id(goal))
    person.write(lambda c, r: r.record(c, SELF, subject, written))
    return subject


def test_a_goal_takes_along_what_hangs_under_it_in_every_lane(person: Person) -> None:
    person.let_in()
    draft = GoalDrafted(title="Walk")
    goal = person.write(lambda c, r: goals.add_shared_goal(c, r, draft, r.now())).subject
    checked = person.write(
        lambda c, r: check_in(c, r, goal, CheckIn(value_tenths=10), r.now())
    ).subject
    step = person.app.recorder.new_subject()
    added = StepAdded(goal=text_from_id(goal), text="shoes")
    person.write(lambda c, r: r.record(c, SELF, step, added))
    comment(person, checked)
    reflect(person, "about it, and a thing of its own", goal)
    person.goal("Another")

    found = going(person, goal)

    assert ("goal", {"check_in": 1, "comment": 1, "step": 1}) == (found.kind, found.along)
    counts = {lane: len(events) for lane, events in found.events.items()}
    assert {CARE: 3, SELF: 4} == counts


@pytest.mark.parametrize("lane", [None, CARE])
def test_a_reflection_takes_along_its_parts(person: Person, lane: Lane | None) -> None:
    if lane is not None:
        person.let_in(lane=lane)
    reflection, other = reflect(person, "I said so, and I went"), reflect(person, "I went")
    for source in (reflection, other):
        person.write(lambda c, r, s=source: share_excerpt(c, r, s, "I went", r.now()))

    found = going(person, reflection)

    assert ("reflection", 1) == (found.kind, sum(found.along.values()))
    assert 2 + (lane is not None) == sum(map(len, found.events.values()))


def test_of_what_was_set_aside_only_those_words_go(person: Person) -> None:
    goal = person.goal("Walk")
    drafted, _ = person.entries(goal)
    person.write(
        lambda c, _r: (
            c.execute(
                "UPDATE event SET seq = 1, received_at = 0, offset = 0, actor = 'person',"
                " code = 'too_large' WHERE id = ?",
                (drafted.id,),
            ).rowcount
        )
    )

    found = going(person, drafted.id)

    assert ("goal", goal, {}) == (found.kind, found.subject, found.along)
    assert {SELF: (drafted.id,)} == found.events


def test_grants_and_devices_are_never_erased(person: Person) -> None:
    grant = person.let_in()[0].subject

    assert ErrorCode.NEVER_ERASED == refusal(person, grant)


def test_somebody_elses_comment_is_theirs(person: Person) -> None:
    person.let_in()
    own, other = comment(person, bytes(16)), comment(person, bytes(16))
    in_their_name = (
        "UPDATE document SET json = CAST(replace(CAST(json AS TEXT), '\"person\"', '\"member/x\"')"
        " AS BLOB) WHERE subject = ?"
    )
    person.write(lambda c, _r: c.execute(in_their_name, (other,)).rowcount)

    assert "comment" == going(person, own).kind
    assert ErrorCode.NOT_AUTHORISED == refusal(person, other)


def test_what_is_erased_is_erased_once(person: Person) -> None:
    reflection = reflect(person, "gone")
    found = going(person, reflection)
    person.write(lambda c, r: erase(c, r, found, r.now(), None))

    assert ErrorCode.NOTHING_CHANGED == refusal(person, reflection)
    assert ErrorCode.NOT_FOUND == refusal(person, bytes(16))


def test_what_was_sent_goes_from_every_lane_with_what_came_back(person: Person) -> None:
    sam = circle.let_in(person)
    goal = person.goal("Walk")
    won = circle.win(person, goal=goal)
    items = [
        circle.send(person, sam, kind, each).item for kind, each in (("goal", goal), ("win", won))
    ]
    backs = [circle.back(person, sam, item, "Bravo") for item in items]

    found = going(person, goal)

    assert {"encouragement": 2, "win": 1} == dict(found.along)
    assert {SELF, sam.lane} == set(found.events)
    person.write(lambda c, r: erase(c, r, found, r.now(), None))
    assert [] == circle.items(person, sam)
    assert [] == [each for back in backs for each in person.entries(back, sam.lane)]


def test_an_encouragement_can_be_erased_alone(person: Person) -> None:
    """They are somebody else's words, but they were sent to this person."""
    sam = circle.let_in(person)
    item = circle.send(person, sam, "win", circle.win(person)).item
    back = circle.back(person, sam, item, "Bravo")
    found = going(person, back)

    person.write(lambda c, r: erase(c, r, found, r.now(), None))

    assert ("encouragement", {}) == (found.kind, dict(found.along))
    assert [()] == [each.encouragements for each in circle.items(person, sam)]


def test_a_reflection_takes_what_was_sent_of_it_along(person: Person) -> None:
    sam = circle.let_in(person)
    reflection = reflect(person, "Today it went well.")
    circle.send(person, sam, "reflection", reflection, excerpt="it went well")

    found = going(person, reflection)

    assert {"excerpt": 1} == dict(found.along)
    assert {SELF, sam.lane} == set(found.events)


def test_what_was_noted_about_a_supporter_goes_and_the_grant_stays(person: Person) -> None:
    sam = circle.let_in(person)
    assert ErrorCode.NEVER_ERASED == refusal(person, sam.grant)
    described = SupporterDescribed(relation="my sister")
    person.write(lambda c, r: describe_supporter(c, r, sam.grant, described, r.now()))

    found = going(person, sam.grant)

    assert ("supporter", [SELF]) == (found.kind, list(found.events))
    assert 1 == sum(map(len, found.events.values()))
