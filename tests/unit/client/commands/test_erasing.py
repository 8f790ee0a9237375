"""Erasing takes the words from the store, says so, and leaves every chain whole."""

from collections.abc import Sequence

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import goals
from trailmark_client.commands.erasing import EVENTS_PER_ERASURE, erase
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.timeline import Window, timeline
from trailmark_client.recorder import Recorder
from trailmark_client.storage.verification import verify_all
from trailmark_shared.events.body import Reason
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.ids import SELF, Lane, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
WHY = Reason(code="new-insight")


def erase_subject(person: Person, subject: bytes) -> tuple[bytes, ...]:
    def work(conn: Connection, recorder: Recorder) -> tuple[bytes, ...]:
        going = what_goes(conn, text_from_id(subject))
        return erase(conn, recorder, going, recorder.now(), None)

    return person.write(work)


def words_left(person: Person) -> list[str]:
    return [each.text for each in person.read(lambda c: timeline(c, Window())) if each.text]


def test_a_shared_goal_is_gone_from_both_lanes(person: Person) -> None:
    person.let_in()
    draft = GoalDrafted(title="Walk")
    goal = person.write(lambda c, r: goals.add_shared_goal(c, r, draft, r.now())).subject
    person.goal("Kept")

    said = erase_subject(person, goal)

    assert 2 == len(said)
    assert ["subject_erased"] == person.types(goal, CARE) == person.types(goal, SELF)
    assert ["Kept"] == words_left(person)
    assert [] == person.read(lambda conn: verify_all(conn, person.app.vault))


def test_the_tombstone_says_that_when_and_by_whom(person: Person) -> None:
    goal = person.goal("Walk")
    erase_subject(person, goal)

    [line] = person.read(lambda conn: timeline(conn, Window()))

    assert ("you", "erased an entry for good", None) == (line.by, line.sentence, line.text)
    assert person.now().day == line.day


def test_more_events_than_one_erasure_can_name_are_split(person: Person) -> None:
    goal = person.goal("Walk")

    def reword(conn: Connection, recorder: Recorder) -> None:
        for n in range(EVENTS_PER_ERASURE):
            goals.reword_goal(conn, recorder, goal, goals.Words(title=f"Walk {n}"), WHY)

    person.write(reword)

    said = erase_subject(person, goal)

    sizes = [
        len(entry.body.data.events)
        for entry in person.entries(goal)
        if isinstance(entry.body.data, SubjectErased)
    ]
    assert (2, [EVENTS_PER_ERASURE, 2]) == (len(said), sizes)
    assert [] == words_left(person)


def test_the_other_devices_are_ordered_to_erase_the_same(person: Person) -> None:
    person.let_in()
    draft = GoalDrafted(title="Walk")
    goal = person.write(lambda c, r: goals.add_shared_goal(c, r, draft, r.now())).subject
    told: list[tuple[str, bytes, int]] = []

    class Told:
        def order(
            self, conn: Connection, lane: Lane, subject: bytes, events: Sequence[bytes]
        ) -> None:
            del conn
            told.append((lane, subject, len(events)))

    def work(conn: Connection, recorder: Recorder) -> None:
        going = what_goes(conn, text_from_id(goal))
        erase(conn, recorder, going, recorder.now(), Told())

    person.write(work)

    assert {(CARE, goal), (SELF, goal)} == {(lane, subject) for lane, subject, _ in told}
