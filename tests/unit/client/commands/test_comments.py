"""Comments of the person: where others see what they are about, and nowhere else."""

from pathlib import Path

import pytest

from tests.support.person import Person
from tests.support.two_sides import CARE, TwoSides
from trailmark_client.commands.comments import answering, comment
from trailmark_client.commands.copies import copy_note
from trailmark_client.commands.grants import Member
from trailmark_client.commands.notes import note
from trailmark_client.commands.sharing import Sharing, share_goal
from trailmark_client.commands.undoing import undo
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.taken_back import what_to_undo
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import care_lane, text_from_id
from trailmark_shared.projections.comment import CommentDocument

OTHER = care_lane(bytes(15) + b"\x0a")
DR_TWO = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Two")


def said(person: Person, about: bytes, text: str, *names: str) -> Written:
    day = person.now().day
    meant = person.read(lambda conn: answering(conn, text_from_id(about), day, names))
    return person.write(lambda c, r: comment(c, r, meant, text, r.now()))


def shared_goal(person: Person) -> bytes:
    person.let_in()
    goal = person.goal("Walk")
    person.write(lambda c, r: share_goal(c, r, goal, r.now()))
    return goal


def documents(person: Person, subject: bytes) -> dict[str, CommentDocument]:
    found = person.read(lambda c: of_subject(c, "comment", subject, CommentDocument))
    return {str(lane): document for lane, document in found.items()}


def test_a_comment_stands_under_what_it_is_about(person: Person) -> None:
    goal = shared_goal(person)

    written = said(person, goal, "It was windy")

    assert (CARE, ("Dr Demo",)) == (written.lane, written.seen_by)
    [note] = person.read(lambda conn: show_goal(conn, goal, person.now().day)).notes
    assert ("comment", "you", "It was windy") == (note.kind, note.by, note.text)
    document = documents(person, written.subject)[CARE]
    assert document.answers == text_from_id(person.entries(goal, CARE)[-1].id)


async def test_a_therapist_s_comment_is_answered(tmp_path: Path) -> None:
    sides = await TwoSides(tmp_path).begin()
    goal = text_from_id(sides.goal)
    theirs = b"a-comment-by-dr."
    answered = sides.says(theirs, CommentAdded(text="How was it?", about=goal, goal=goal))
    await sides.meet(sides.phone)

    written = said(sides.phone, theirs, "Better than I thought")

    document = documents(sides.phone, written.subject)[CARE]
    assert (goal, goal) == (document.about, document.goal)
    assert text_from_id(answered) == document.answers
    sides.close()


def test_who_does_not_see_the_goal_of_what_is_commented_on_learns_of_none(person: Person) -> None:
    goal = shared_goal(person)
    person.let_in(lane=OTHER, member=DR_TWO)
    won = WinNoted(text="Walked home", goal=text_from_id(goal))
    win = person.write(lambda c, r: note(c, r, won, r.now())).subject
    person.write(lambda c, r: copy_note(c, r, win, OTHER))

    written = said(person, win, "For both")

    goals = {lane: document.goal for lane, document in documents(person, written.subject).items()}
    assert {CARE: text_from_id(goal), OTHER: None} == goals


def test_several_who_read_apart_each_get_it_once(person: Person) -> None:
    goal = shared_goal(person)
    person.let_in(lane=OTHER, member=DR_TWO)
    person.write(lambda c, r: share_goal(c, r, goal, r.now(), Sharing(names=("Dr Two",))))

    everybody = said(person, goal, "For both")
    one = said(person, goal, "For one", "Dr Two")

    assert {CARE, OTHER} == set(documents(person, everybody.subject))
    assert {OTHER} == set(documents(person, one.subject))
    notes = person.read(lambda conn: show_goal(conn, goal, person.now().day)).notes
    assert ["For both", "For one"] == sorted(str(each.text) for each in notes)


def test_nobody_comments_into_the_void(person: Person) -> None:
    private = person.goal("Mine")
    shared_goal(person)

    with pytest.raises(DomainError) as refused:
        said(person, private, "Words")

    assert ErrorCode.NOT_SHARED == refused.value.code


def test_it_is_taken_back_once(person: Person) -> None:
    written = said(person, shared_goal(person), "Too much")

    def take_back() -> None:
        day = person.now().day
        meant = person.read(lambda c: what_to_undo(c, text_from_id(written.subject), day))
        person.write(lambda c, r: undo(c, r, meant, r.now()))

    take_back()

    assert documents(person, written.subject)[CARE].text is None
    with pytest.raises(DomainError) as refused:
        take_back()
    assert ErrorCode.NOTHING_CHANGED == refused.value.code


async def test_what_somebody_else_said_is_theirs(tmp_path: Path) -> None:
    sides = await TwoSides(tmp_path).begin()
    theirs = b"a-comment-by-dr."
    sides.says(theirs, CommentAdded(text="How was it?", about=text_from_id(sides.goal)))
    await sides.meet(sides.phone)

    with pytest.raises(DomainError) as refused:
        sides.phone.read(lambda c: what_to_undo(c, text_from_id(theirs), "2025-10-09"))

    assert ErrorCode.NEVER_ERASED == refused.value.code
    sides.close()
