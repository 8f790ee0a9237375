"""The registry: adding a type is cheap, and nothing about it can be forgotten."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.entries import CARE, CIRCLE, GOLDEN, an_entry, body_bytes
from trailmark_shared.domain.consent import CONSENT_ACTIONS
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalReworded
from trailmark_shared.events.registry import (
    CONTROL_TYPES,
    EVENT_TYPES,
    EventType,
    is_kept,
    may_write,
    snake_case,
    type_of,
)
from trailmark_shared.events.upcasters import UPCASTERS
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Values, set_values
from trailmark_shared.projections.fold import FOLDS, fold_subject
from trailmark_shared.projections.history import READERS, goal_history
from trailmark_shared.projections.timeline import HIDDEN_TYPES, Names, timeline_row

DOCS = Path(__file__).parents[4] / "docs" / "events.md"
TYPES = [pytest.param(each, id=each.name) for each in EVENT_TYPES.values()]


def golden_entry(each: EventType) -> tuple[Entry, dict[str, Any]]:
    """Return the golden event of a type as an entry, and what is expected of it."""
    golden = json.loads((GOLDEN / "events" / each.name / f"v{each.ver}.json").read_bytes())
    lane = CARE if "care" in each.lanes else CIRCLE if "circle" in each.lanes else min(each.lanes)
    body = decode_body(body_bytes(golden["body"]))
    assert isinstance(body.data, EventData)
    entry = an_entry(1, body.data, lane=lane)
    return msgspec.structs.replace(entry, body=body), golden["expected"]


@pytest.mark.parametrize("each", TYPES)
class TestEveryType:
    def test_it_has_a_golden_file_of_every_version(self, each: EventType) -> None:
        stems = {path.stem for path in (GOLDEN / "events" / each.name).iterdir()}

        assert {f"v{ver}" for ver in range(1, each.ver + 1)} == {
            stem.partition("-")[0] for stem in stems
        }
        assert {f"v{ver}" for ver in range(1, each.ver + 1)} <= stems

    def test_it_has_an_upcaster_from_every_older_version(self, each: EventType) -> None:
        assert [ver for ver in range(1, each.ver) if (each.name, ver) not in UPCASTERS] == []

    def test_it_has_a_row_in_the_catalogue(self, each: EventType) -> None:
        assert f"| `{each.name}` | {each.ver} |" in DOCS.read_text(encoding="utf-8")

    def test_it_changes_the_document(self, each: EventType) -> None:
        """A fold without a branch for it would give the same document as without it."""
        entry, expected = golden_entry(each)
        document = fold_subject(entry.lane, [entry])

        if "devices" in each.lanes:
            # What devices say to each other is no document: their graph reads it.
            assert document is None
            return
        assert document is not None
        assert (each.kind, expected["kind"]) == (document.kind, document.kind)

        shown = json.loads(document.json)
        values = {name: shown[name]["value"] for name in expected["sets"]}

        assert expected["sets"] == values

    def test_it_sets_what_the_registry_says(self, each: EventType) -> None:
        entry, expected = golden_entry(each)
        reader = READERS.get(each.kind)
        assert isinstance(entry.body.data, EventData)
        values: Values = reader(entry, entry.body.data) if reader else {}

        assert expected["sets"] == json.loads(msgspec.json.encode(values))
        assert set(values) <= set(each.sets)

    def test_it_reads_as_a_sentence_or_is_hidden(self, each: EventType) -> None:
        entry, expected = golden_entry(each)
        row = timeline_row(entry, Names())

        assert (row is None) == (each.name in HIDDEN_TYPES)
        assert row is None or row.sentence == expected["sentence"]
        assert len(goal_history([entry])) >= 1

    def test_it_is_described_and_placed(self, each: EventType) -> None:
        assert each.meaning.endswith(".")
        assert each.lanes
        assert each.writers
        assert each.kind in FOLDS
        assert EVENT_TYPES[snake_case(each.data.__name__)] is each


def test_golden_files_exist_for_known_types_only() -> None:
    assert {path.name for path in (GOLDEN / "events").iterdir()} == set(EVENT_TYPES)


def test_what_a_member_writes_needs_an_action_that_a_grant_names() -> None:
    by_members = {
        each.name: each.action for each in EVENT_TYPES.values() if each.writers - {"person"}
    }

    assert all(action in CONSENT_ACTIONS for action in by_members.values())
    assert all(not each.action for each in EVENT_TYPES.values() if each.name not in by_members)
    assert by_members["comment_added"] == "comment"


def test_control_types_are_the_plain_ones() -> None:
    assert {
        "subject_erased",
        "statement_made",
    } == CONTROL_TYPES


def test_names_follow_from_classes() -> None:
    assert snake_case("GoalEnteredInError") == "goal_entered_in_error"
    assert type_of(GoalReworded(why=None)) is EVENT_TYPES["goal_reworded"]


@pytest.mark.parametrize(
    ("lane", "key", "type_", "kept"),
    [
        ("devices", bytes(8), "statement_made", True),
        ("self", b"vaultkey", "goal_drafted", False),
        ("self", b"vaultkey", None, False),
        (CARE, bytes(8), "access_granted", True),
        (CARE, bytes(8), "access_revoked", True),
        (CARE, bytes(8), "subject_erased", True),
        (CARE, bytes(8), "goal_shared", False),
        (CARE, bytes(8), None, False),
    ],
)
def test_who_may_read_and_what_was_erased_is_kept(
    lane: str,
    key: bytes,
    type_: str | None,
    kept: bool,  # noqa: FBT001
) -> None:
    assert kept == is_kept(lane, key, type_)


MEMBER = f"member/{text_from_id(bytes(16))}"
SUPPORTER = f"supporter/{text_from_id(bytes(16))}"


@pytest.mark.parametrize(
    ("name", "lane", "actor", "allowed"),
    [
        ("goal_reworded", "self", "person", True),
        ("goal_reworded", CARE, "person", True),
        ("goal_reworded", CARE, MEMBER, False),
        ("goal_reworded", CIRCLE, "person", False),
        ("reflection_written", CARE, "person", False),
        ("comment_added", CARE, MEMBER, True),
        ("comment_added", CIRCLE, SUPPORTER, False),
        ("comment_added", CARE, SUPPORTER, False),
        ("comment_withdrawn", CIRCLE, SUPPORTER, False),
        ("encouragement_sent", CIRCLE, SUPPORTER, True),
        ("encouragement_sent", CIRCLE, "person", False),
        ("encouragement_sent", CIRCLE, MEMBER, False),
        ("encouragement_sent", CARE, SUPPORTER, False),
        ("win_noted", CIRCLE, SUPPORTER, False),
        ("win_withdrawn", CIRCLE, "person", True),
        ("step_withdrawn", CARE, "person", False),
        ("setback_noted", CIRCLE, "person", False),
        ("check_in_recorded", CIRCLE, "person", False),
        ("supporter_described", CIRCLE, "person", False),
        ("comment_added", "self", "person", False),
        ("proposal_made", CARE, MEMBER, True),
        ("proposal_made", CARE, "person", False),
        ("proposal_made", CIRCLE, SUPPORTER, False),
        ("proposal_made", CIRCLE, MEMBER, False),
        ("proposal_withdrawn", CARE, "person", False),
        ("proposal_accepted", CARE, "person", True),
        ("proposal_accepted", CARE, MEMBER, False),
        ("proposal_declined", CARE, MEMBER, False),
        ("proposal_declined", "self", "person", False),
        ("agreement_recorded", CARE, "person", True),
        ("agreement_recorded", CARE, MEMBER, True),
        ("agreement_recorded", CIRCLE, SUPPORTER, False),
        ("goal_assessed_by_member", CARE, MEMBER, True),
        ("goal_assessed_by_member", CARE, "person", False),
        ("access_revoked", CARE, MEMBER, False),
        ("win_noted", CIRCLE, "person", True),
        ("subject_erased", CARE, "person", True),
        ("goal_dreamt", CARE, "person", True),
        ("goal_dreamt", CARE, MEMBER, False),
    ],
)
def test_lanes_and_writers(name: str, lane: str, actor: str, allowed: bool) -> None:  # noqa: FBT001
    assert may_write(name, lane, actor) == allowed


def test_a_supporter_writes_encouragements_and_nothing_else() -> None:
    lanes = ("self", CARE, CIRCLE)

    assert {("encouragement_sent", CIRCLE)} == {
        (name, lane) for name in EVENT_TYPES for lane in lanes if may_write(name, lane, SUPPORTER)
    }


def test_a_field_left_alone_is_not_set() -> None:
    entry = an_entry(1, GoalReworded(why=None))
    assert isinstance(entry.body.data, EventData)

    assert set_values(entry, entry.body.data, {}) == {"why": None}
