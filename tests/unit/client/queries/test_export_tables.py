"""Every kind has its table, and every word that can be read is in one."""

from tests.support.full_person import CARE, Things, write_everything
from tests.support.person import THERAPIST, Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import steps
from trailmark_client.commands.sharing import share_goal
from trailmark_client.queries.export_records import Look, Source
from trailmark_client.queries.export_tables import TABLES
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.exports.csv_rows import Cell, csv_row
from trailmark_shared.ids import SELF, text_from_id

LOOKS = (
    Look(member=THERAPIST.id, name="Dr Demo", page="timeline", at=1_760_004_000_000),
    Look(member=THERAPIST.id, name=None, page="refused:goal", at=1_760_000_000_000),
)


def tables(person: Person) -> dict[str, list[dict[str, Cell]]]:
    """Return every table, by name."""
    day = person.now().day

    def read(conn: Connection) -> dict[str, list[dict[str, Cell]]]:
        source = Source(conn=conn, day=day, looks=LOOKS)
        return {
            each.name: [dict(zip(each.columns, row, strict=True)) for row in each.rows(source)]
            for each in TABLES
        }

    return person.read(read)


def test_every_kind_has_a_table_and_names_are_unique(person: Person) -> None:
    write_everything(person, "thistlevane")

    found = tables(person)

    assert [
        "goals",
        "goal-history",
        "steps",
        "check-ins",
        "occurrences",
        "questionnaires",
        "scales",
        "reflections",
        "wins-and-setbacks",
        "insights-and-plans",
        "tried-and-done",
        "excerpts",
        "comments",
        "proposals",
        "sent-to-supporters",
        "sharing",
        "access-log",
    ] == list(found)
    assert {"sent-to-supporters"} == {name for name, rows in found.items() if not rows}
    assert all(len(set(each.columns)) == len(each.columns) for each in TABLES)


def test_every_thing_is_where_it_belongs(person: Person) -> None:
    things: Things = write_everything(person, "thistlevane")

    found = tables(person)

    assert [things.private, things.shared] == [each["id"] for each in found["goals"]]
    assert [(things.step, things.shared, "renamed thistlevane", "step thistlevane", CARE)] == [
        (each["id"], each["goal"], each["goal_title"], each["text"], each["lane"])
        for each in found["steps"]
    ]
    assert [(things.check_in, 6.5, "note thistlevane", "2025-10-09", "Europe/Berlin")] == [
        (each["id"], each["value"], each["note"], each["for_day"], each["zone"])
        for each in found["check-ins"]
    ]
    assert [("Dr Demo", "live")] == [(each["name"], each["state"]) for each in found["sharing"]]


def test_a_goals_history_says_from_what_to_what_and_why(person: Person) -> None:
    things = write_everything(person, "thistlevane")

    changes = tables(person)["goal-history"]

    [renamed] = [each for each in changes if each["reason"] is not None]
    assert {
        "goal": things.shared,
        "by": "you",
        "field": "title",
        "from": "shared thistlevane",
        "to": "renamed thistlevane",
        "reason": "new-insight",
        "reason_words": "reason thistlevane",
        "lane": CARE,
    }.items() <= renamed.items()
    assert {SELF, CARE} == {each["lane"] for each in changes}


def test_a_value_that_is_no_text_is_told_as_one(person: Person) -> None:
    things = write_everything(person, "thistlevane")

    changes = tables(person)["goal-history"]

    targets = [each["to"] for each in changes if each["field"] == "target"]
    assert {"at-least 2 walks per week"} == set(targets)
    assert all(each["goal"] for each in changes)
    assert things.private in {each["goal"] for each in changes}


def test_what_belongs_to_a_goal_that_is_not_here_has_no_title(person: Person) -> None:
    goal = "0" * 25 + "1"
    step, subject = StepAdded(goal=goal, text="alone"), person.app.recorder.new_subject()
    person.write(lambda c, r: r.record(c, SELF, subject, step))

    [found] = tables(person)["steps"]

    assert (goal, None, "alone", "open") == (
        found["goal"],
        found["goal_title"],
        found["text"],
        found["status"],
    )


def test_a_reached_step_says_since_when(person: Person) -> None:
    goal = person.goal()
    step = StepAdded(goal=text_from_id(goal), text="shoes")
    added = person.write(lambda c, r: steps.add_step(c, r, step, r.now()))
    person.write(lambda c, r: steps.reach_step(c, r, added.subject, r.now()))

    [found] = tables(person)["steps"]

    assert ("reached", "2025-10-09") == (found["status"], found["reached_on"])


def test_who_looked_is_as_the_server_told(person: Person) -> None:
    assert [
        ("2025-10-09T10:00:00.000Z", "Dr Demo", "timeline"),
        ("2025-10-09T08:53:20.000Z", None, "refused:goal"),
    ] == [(each["at"], each["name"], each["page"]) for each in tables(person)["access-log"]]


def test_every_word_that_was_written_is_in_some_table(person: Person) -> None:
    write_everything(person, "thistlevane")
    day = person.now().day

    def whole(conn: Connection) -> str:
        source = Source(conn=conn, day=day, looks=LOOKS)
        return b"".join(csv_row(row) for each in TABLES for row in each.rows(source)).decode()

    text = person.read(whole)

    for words in (
        *("private", "why", "shared", "renamed", "reason", "step", "note", "long", "heading"),
        *("won", "fell", "helped", "comment", "courage", "proposed", "because", "declined"),
    ):
        assert f"{words} thistlevane" in text


def test_a_goal_was_created_when_it_was_written_down_not_when_it_was_shared(
    person: Person,
) -> None:
    goal = person.goal()
    person.let_in()
    person.clock.advance(3 * 24 * 60 * 60 * 1000)
    person.write(lambda c, r: share_goal(c, r, goal, r.now()))

    [row] = tables(person)["goals"]

    assert ("2025-10-09", "2025-10-12") == (str(row["created"])[:10], str(row["changed"])[:10])
