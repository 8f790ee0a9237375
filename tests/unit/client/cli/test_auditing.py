"""``trailmark audit``: each of the fourteen questions, as people ask it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.person import THERAPIST, Person
from tests.support.two_sides import CARE, TwoSides
from tests.unit.client.cli.conftest import Cli
from trailmark_client.access_log import KeptLog
from trailmark_client.commands.goals import Words, reword_goal
from trailmark_client.server_answers import AccessAnswer
from trailmark_client.storage.settings import set_setting
from trailmark_shared.domain.consent import CONSENT_TEXTS
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.body import Reason
from trailmark_shared.ids import id_from_text, text_from_id

WHY = Reason(code="new-insight", text="It is the mornings.")
HOUR = 3600_000
DAY = 24 * HOUR


def reworded(person: Person, goal: bytes, title: str) -> str:
    """Give a goal another wording; return the id of the event."""
    written = person.write(lambda c, r: reword_goal(c, r, goal, Words(title=title), WHY))
    return text_from_id(written.events[0])


def asked(cli: Cli, goal: bytes, *options: str) -> Any:  # noqa: ANN401  (any document)
    return cli.ok("audit", text_from_id(goal), *options)


def told(cli: Cli, goal: bytes, question: int) -> str:
    return cli("audit", text_from_id(goal), "--question", str(question)).out


def event(audit: Any, type_: str) -> Any:  # noqa: ANN401
    return next(each for each in reversed(audit["events"]) if each["type"] == type_)


def instant(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


async def test_1_who_changed_it_and_on_whose_behalf(sides: TwoSides, cli: Cli) -> None:
    proposal = sides.proposes_change(title="Walk slowly")
    await sides.meet(sides.phone)
    cli.ok("proposal", "accept", text_from_id(proposal))

    audit = asked(cli, sides.goal)
    made, changed = event(audit, "proposal_made"), event(audit, "goal_reworded")

    assert ("Dr Demo", "therapist", None) == (made["by"], made["role"], made["on_behalf_of"])
    assert ("you", "person", "Dr Demo") == (
        changed["by"],
        changed["role"],
        changed["on_behalf_of"],
    )
    assert "you (person), as Dr Demo proposed" in told(cli, sides.goal, 1)


async def test_2_which_field(sides: TwoSides, cli: Cli) -> None:
    cli.ok("goal", "due", text_from_id(sides.goal), "2030-01-31", "--reason", "obstacle")

    changed = event(asked(cli, sides.goal), "goal_rescheduled")

    assert ["due"] == [each["field"] for each in changed["changes"]]
    assert "hoped for" in told(cli, sides.goal, 2)


async def test_3_from_what_to_what(sides: TwoSides, cli: Cli) -> None:
    goal = text_from_id(sides.goal)
    cli.ok("goal", "target", goal, "at-least 1 walks per week")
    cli.ok("goal", "target", goal, "at-least 2 walks per week", "--reason", "too-easy")

    [change] = event(asked(cli, sides.goal), "goal_target_adjusted")["changes"]

    assert ("at-least 1 walks per week", "at-least 2 walks per week") == (
        change["from"],
        change["to"],
    )
    words = "target: at least 1 walks per week -> at least 2 walks per week"
    assert words in told(cli, sides.goal, 3)


async def test_4_when_where_and_when_it_arrived(sides: TwoSides, cli: Cli) -> None:
    written = reworded(sides.phone, sides.goal, "Walk")
    recorded = sides.phone.clock.ms
    sides.phone.clock.advance(3 * DAY)
    await sides.meet(sides.phone)

    changed = event(asked(cli, sides.goal), "goal_reworded")

    assert (written, recorded, 3 * DAY) == (
        changed["event"],
        changed["recorded_at"],
        changed["late_by_ms"],
    )
    assert changed["device"] == text_from_id(sides.phone.app.identity.device)
    assert "(3 days)" in told(cli, sides.goal, 4)


async def test_5_why(sides: TwoSides, cli: Cli) -> None:
    reworded(sides.phone, sides.goal, "Walk")

    changed = event(asked(cli, sides.goal), "goal_reworded")

    assert ("new-insight", WHY.text) == (changed["reason"], changed["reason_text"])
    assert "because of a new insight: It is the mornings." in told(cli, sides.goal, 5)


async def test_6_who_agreed_and_what_was_declined(sides: TwoSides, cli: Cli) -> None:
    title = sides.goal_on(sides.phone).title.values[0].event
    sides.says(sides.goal, AgreementRecorded(answer="agree"), base=[id_from_text(title)])
    proposal = sides.proposes_change(title="Run")
    await sides.meet(sides.phone)
    cli.ok("proposal", "decline", text_from_id(proposal))

    audit = asked(cli, sides.goal)

    assert [("Dr Demo", "agree")] == [
        (each["by"], each["answer"]) for each in event(audit, "goal_shared")["said"]
    ]
    assert text_from_id(proposal) == event(audit, "proposal_declined")["proposal"]
    assert "Dr Demo: agree" in told(cli, sides.goal, 6)


async def test_7_whether_the_writer_had_seen_the_other_side(sides: TwoSides, cli: Cli) -> None:
    first = reworded(sides.phone, sides.goal, "Walk")
    second = reworded(sides.laptop, sides.goal, "Stroll")
    await sides.meet(sides.phone, sides.laptop, sides.phone)

    by_event = {each["event"]: each for each in asked(cli, sides.goal)["events"]}

    assert ([], [first]) == (by_event[first]["not_seen"], by_event[second]["not_seen"])
    assert by_event[first]["concurrent"]
    assert by_event[second]["concurrent"]
    assert "both are kept" in told(cli, sides.goal, 7)


async def test_8_who_could_see_it_then_and_who_did(sides: TwoSides, cli: Cli) -> None:
    looked = sides.phone.clock.ms + HOUR
    entry = AccessAnswer(member=THERAPIST.id, page="goal", at=looked, name=None)
    kept = KeptLog(asked_at=looked + HOUR, entries=[entry], more=False)
    text = msgspec.json.encode(kept).decode()
    sides.phone.app.write(lambda conn: set_setting(conn, "access_log", text))
    private = sides.phone.goal("Nobody else's")

    shared = event(asked(cli, sides.goal), "goal_shared")
    [drafted, _] = asked(cli, private)["events"]

    assert (["Dr Demo"], [{"name": "Dr Demo", "at": looked}]) == (
        shared["could_see"],
        shared["saw"],
    )
    assert ([], []) == (drafted["could_see"], drafted["saw"])
    assert "Dr Demo opened a page" in told(cli, sides.goal, 8)


async def test_8_after_a_stop_nobody_could(sides: TwoSides, cli: Cli) -> None:
    cli.ok("sharing", "stop", "Dr Demo")
    await sides.meet(sides.phone)
    sides.phone.clock.advance(DAY)
    written = reworded(sides.laptop, sides.goal, "Walk")
    await sides.meet(sides.laptop, sides.phone)

    by_event = {each["event"]: each for each in asked(cli, sides.goal)["events"]}

    assert by_event[written]["could_see"] == []


async def test_9_which_consent_allowed_that(sides: TwoSides, cli: Cli) -> None:
    [reader] = asked(cli, sides.goal)["readers"]

    assert (CONSENT_TEXTS[2], "Dr Demo") == (reader["consent_text"], reader["name"])
    assert reader["begins"] is not None
    assert "You choose what this person can see" in told(cli, sides.goal, 9)


async def test_10_as_known_then_and_as_known_now(sides: TwoSides, cli: Cli) -> None:
    reworded(sides.laptop, sides.goal, "Walk")
    at = sides.laptop.clock.ms + HOUR
    sides.laptop.clock.advance(DAY)
    sides.phone.clock.advance(DAY)
    await sides.meet(sides.laptop, sides.phone)

    found = asked(cli, sides.goal, "--at", instant(at))["instant"]
    [seen] = found["as_seen_then"]

    assert ("Two walks a week", "Walk") == (
        found["as_known_then"]["fields"]["title"],
        found["as_known_now"]["fields"]["title"],
    )
    assert (["Dr Demo"], "Two walks a week") == (seen["seen_by"], seen["state"]["fields"]["title"])
    assert [{"field": "title", "from": "Two walks a week", "to": "Walk"}] == found["learned_since"]


async def test_10_what_differs_between_two_instants(sides: TwoSides, cli: Cli) -> None:
    before = sides.phone.clock.ms
    reworded(sides.phone, sides.goal, "Walk")
    after = sides.phone.clock.ms
    sides.phone.clock.advance(DAY)
    await sides.meet(sides.phone)

    span = ("--from", instant(before), "--to", instant(after))
    found = asked(cli, sides.goal, *span)["between"]
    words = cli("audit", text_from_id(sides.goal), *span, "--question", "10").out

    assert [] == found["as_known_then"]
    assert [("Two walks a week", "Walk")] == [
        (each["from"], each["to"]) for each in found["as_known_now"]
    ]
    assert "title: Two walks a week -> Walk" in words


async def test_11_whether_all_of_it_is_there(sides: TwoSides, cli: Cli) -> None:
    whole = asked(cli, sides.goal)["chains"]
    sql = "UPDATE event SET actor = 'member/x' WHERE lane = ? AND seq = 1"
    sides.phone.app.write(lambda conn: conn.execute(sql, (CARE,)))
    [_, shared] = sorted(asked(cli, sides.goal)["chains"], key=lambda each: each["lane"] == CARE)

    assert [True, True] == [each["intact"] for each in whole]
    assert not shared["intact"]
    assert "lane 1" in shared["flaws"]
    assert [[]] == [each["missing"] for each in shared["numberings"]]
    assert "something does not fit" in told(cli, sides.goal, 11)


async def test_12_what_was_erased_is_told_and_its_words_are_not(sides: TwoSides, cli: Cli) -> None:
    step = sides.step("marrowglint")
    cli.ok("erase", text_from_id(step), "--yes")
    [of_step] = asked(cli, sides.goal)["erasures"]
    cli.ok("erase", text_from_id(sides.goal), "--yes")
    gone = asked(cli, sides.goal)

    assert (text_from_id(step), "you", 1) == (of_step["subject"], of_step["by"], of_step["events"])
    assert (None, []) == (gone["title"], gone["events"])
    assert {CARE, "self"} == {each["lane"] for each in gone["erasures"] if each["of_goal"]}
    out = cli("audit", text_from_id(sides.goal)).out
    assert "This goal was erased." in out
    assert "marrowglint" not in out


async def test_13_whose_clock_was_off(sides: TwoSides, cli: Cli) -> None:
    sides.laptop.clock.advance(10 * DAY)
    reworded(sides.laptop, sides.goal, "Walk")
    await sides.meet(sides.laptop, sides.phone)

    audit = asked(cli, sides.goal)
    [doubt] = audit["clocks"]

    assert event(audit, "goal_reworded")["clock_doubt"]
    assert doubt["device"] == text_from_id(sides.laptop.app.identity.device)
    assert "ahead of the server" in told(cli, sides.goal, 13)


async def test_14_how_the_target_moved_and_what_was_reached(sides: TwoSides, cli: Cli) -> None:
    goal = text_from_id(sides.goal)
    cli.ok("goal", "target", goal, "at-least 1 walks per week")
    cli.ok("goal", "achieve", goal, "--reason", "goal-reached")
    cli.ok("goal", "resume", goal, "--reason", "ready-again")
    cli.ok("goal", "target", goal, "at-least 2 walks per week", "--reason", "too-easy")
    cli.ok("goal", "achieve", goal, "--reason", "goal-reached")

    target = asked(cli, sides.goal)["target"]

    assert ("at-least 1 walks per week", 1) == (target["original"], target["moved"])
    assert ["original", "adjusted"] == [each["against"] for each in target["completions"]]
    out = told(cli, sides.goal, 14)
    assert "It moved 1 time." in out
    assert "against the adjusted target" in out


async def test_14_a_target_that_stays_is_not_said_to_have_moved(sides: TwoSides, cli: Cli) -> None:
    assert "It has no target." in told(cli, sides.goal, 14)

    cli.ok("goal", "target", text_from_id(sides.goal), "at-least 1 walks per week")

    assert "It has not moved." in told(cli, sides.goal, 14)


async def test_what_was_not_written_at_once_is_named_as_records_name_it(
    sides: TwoSides, cli: Cli
) -> None:
    goal = text_from_id(sides.goal)
    cli.ok("check-in", goal, "5", "--at", "3 days ago")
    cli.ok("goal", "reword", goal, "Walk", "--reason", "new-insight")
    cli.ok("goal", "reword", goal, "Walks", "--reason", "correction")

    labels = [each["label"] for each in asked(cli, sides.goal)["events"] if each["label"]]

    assert labels == ["late entry", "amendment", "correction"]


def test_a_private_goal_has_an_audit_too(cli: Cli) -> None:
    goal = cli.goal("Walk")
    ran = cli("audit", goal)

    for words in ("Nobody but you.", "Nobody was let in.", "Yes, always.", "Nobody's.", "Nothing."):
        assert words in ran.out
    assert "not on a server" in ran.out


def test_a_table_is_written_for_spreadsheets(cli: Cli, tmp_path: Path) -> None:
    goal = cli.goal("=1+1")
    file = tmp_path / "audit.csv"
    ran = cli("audit", goal, "--csv", str(file))
    lines = file.read_text().splitlines()

    assert "Written: 2 entries." in ran.out
    assert lines[0].startswith("day,happened,recorded")
    assert any(",title,,'=1+1," in each for each in lines)
    assert cli("audit", goal, "--csv", str(file), "--json").error == (2, "invalid_input")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--from", "today"), (2, "invalid_input")),
        (("--question", "15"), (2, "invalid_input")),
        (("--at", "then"), (2, "invalid_input")),
    ],
)
def test_what_cannot_be_asked_is_named(
    cli: Cli, words: tuple[str, ...], error: tuple[int, str]
) -> None:
    assert cli("audit", cli.goal("Walk"), *words, "--json").error == error


def test_an_unknown_goal_is_named(cli: Cli) -> None:
    assert cli("audit", "zz", "--json").error == (3, "not_found")
