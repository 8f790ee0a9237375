"""An audit answers who, what, from, to, when, why, concurrent or not, and how it stood then."""

from tests.support import supporters as circle
from tests.support.person import NOON, Person
from trailmark_client.commands import goals, sharing
from trailmark_client.commands.supporters import take_back
from trailmark_client.queries.history import EntryHistory, Moment, history_of_goal
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalReworded
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
WHY = Reason(code="new-insight", text="it is the mornings")
MINUTE = 60_000


def history(person: Person, goal: bytes, until: Moment | None = None) -> EntryHistory:
    return person.read(lambda conn: history_of_goal(conn, goal, until or Moment()))


def reword(person: Person, goal: bytes, title: str) -> None:
    words = goals.Words(title=title)
    person.write(lambda c, r: goals.reword_goal(c, r, goal, words, WHY))


def receive(person: Person, lane: str, received_at: int) -> None:
    """Pretend that a lane's events have come back from the server, in order."""
    person.app.file.write(
        lambda conn: conn.execute(
            "UPDATE event SET seq = dseq, received_at = ?, offset = 0, actor = 'person'"
            " WHERE lane = ?",
            (received_at, lane),
        )
    )


def test_a_change_says_who_what_when_and_why(person: Person) -> None:
    goal = person.goal("Walk")
    reword(person, goal, "Run")

    found = history(person, goal)

    last = found.events[-1]
    assert (found.kind, found.id) == ("goal", text_from_id(goal))
    assert [each.type for each in found.events] == [
        "goal_drafted",
        "goal_activated",
        "goal_reworded",
    ]
    assert (last.by, last.device) == ("you", text_from_id(person.app.identity.device))
    assert [(each.field, each.before, each.after) for each in last.changes] == [
        ("title", "Walk", "Run")
    ]
    assert (last.reason, last.reason_text) == ("new-insight", "it is the mornings")
    assert (last.happened, last.day) == ("2025-10-09T12:00:02+02:00", "2025-10-09")
    assert (last.received_at, last.late_by_ms, last.lane) == (None, None, SELF)
    assert (last.concurrent, last.label, last.clock_doubt) == (False, "amendment", False)


def test_the_state_is_the_goal_as_it_stands(person: Person) -> None:
    goal = person.goal("Walk", baseline_tenths=25)

    state = history(person, goal).state

    assert state is not None
    assert (state.lane, state.conflicts) == (SELF, [])
    assert state.fields == {"title": "Walk", "baseline": 2.5, "lifecycle": "active"}


def test_concurrent_changes_are_marked(person: Person) -> None:
    goal = person.goal("Walk")
    base = (person.entries(goal)[0].id,)
    for title in ("Run", "Swim"):
        data = GoalReworded(title=title)
        person.write(lambda c, r, data=data: r.record(c, SELF, goal, data, reason=WHY, base=base))

    found = history(person, goal)

    first, second = found.events[-2:]
    assert (first.concurrent, second.concurrent) == (True, True)
    assert first.changes[0].concurrent_with == [second.event]
    assert found.state is not None
    assert found.state.conflicts == ["title"]


def test_the_state_at_an_instant_by_what_had_happened(person: Person) -> None:
    goal = person.goal("Walk")
    person.clock.advance(MINUTE)
    reword(person, goal, "Run")

    before = history(person, goal, Moment(happened_by=NOON + MINUTE // 2))
    nothing = history(person, goal, Moment(happened_by=NOON))

    assert before.state is not None
    assert before.state.fields["title"] == "Walk"
    assert [each.type for each in before.events] == ["goal_drafted", "goal_activated"]
    assert (nothing.state, nothing.events) == (None, [])


def test_the_state_at_an_instant_by_what_the_server_had(person: Person) -> None:
    goal = person.goal("Walk")
    person.let_in()
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    receive(person, CARE, NOON + MINUTE)
    reword(person, goal, "Run")

    then = history(person, goal, Moment(received_by=NOON + MINUTE))
    before = history(person, goal, Moment(received_by=NOON))

    [shared] = then.events
    assert then.state is not None
    assert (then.state.lane, then.state.fields["title"]) == (CARE, "Walk")
    assert (shared.type, shared.received_at) == ("goal_shared", NOON + MINUTE)
    assert shared.late_by_ms == NOON + MINUTE - shared.effective_at
    assert before.events == []


def test_both_lanes_are_told_in_the_order_of_recording(person: Person) -> None:
    goal = person.goal("Walk")
    person.let_in()
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    reword(person, goal, "Run")

    found = history(person, goal)

    assert [(each.type, each.lane) for each in found.events] == [
        ("goal_drafted", SELF),
        ("goal_activated", SELF),
        ("goal_shared", CARE),
        ("goal_moved", SELF),
        ("goal_reworded", CARE),
    ]
    assert found.events[-1].changes[0].before == "Walk"


def test_what_was_sent_to_a_supporter_is_part_of_the_history(person: Person) -> None:
    sam, goal = circle.let_in(person), person.goal("Walk")
    item = circle.send(person, sam, "goal", goal).item
    person.write(lambda c, r: take_back(c, r, sam, item))

    found = history(person, goal)

    assert ["sent a goal to Sam", "took a goal back from Sam"] == [
        each.sentence for each in found.events if each.lane == sam.lane
    ]
    assert found.state is not None
    assert SELF == found.state.lane
