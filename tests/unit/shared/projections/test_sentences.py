"""Sentences: calm, in the person's tone, from … to … where it is known."""

import json

import pytest

from tests.support.entries import a_body, a_text, golden_files
from trailmark_shared.domain.proposals import ProposalKind
from trailmark_shared.domain.targets import Target, parse_target
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.body import Reason
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import (
    GoalAchievementAssessed,
    GoalCompleted,
    GoalPutOnHold,
    GoalTargetAdjusted,
    GoalTargetSet,
)
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAnswered,
    OccurrenceRecorded,
)
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.proposals import (
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposedValues,
)
from trailmark_shared.projections.sentences import (
    field_phrase,
    proposed_words,
    sent_to,
    sentence,
    sentence_without_words,
    target_words,
    value_words,
)
from trailmark_shared.projections.words import NOUNS

ONCE, TWICE = parse_target("at-least 1 per week"), parse_target("at-least 2 per week")


def test_a_raised_target_reads_as_in_the_therapist_s_timeline() -> None:
    body = a_body(GoalTargetAdjusted(target=TWICE), reason=Reason(code="new-insight"))

    assert (
        sentence(body, {"target": ONCE}, {"target": TWICE})
        == "raised the target from 1 to 2 per week, because of a new insight"
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (GoalPutOnHold(), "put the goal to rest"),
        (GoalPutOnHold(until="2026-12-01"), "put the goal to rest until 1 Dec 2026"),
        (GoalCompleted(), "reached the goal"),
        (GoalCompleted(achievement="not-achieved"), "finished the goal"),
        (GoalAchievementAssessed(achievement="worsening"), "said how it goes: Harder lately"),
        (
            AccessGranted(
                member=a_text(1),
                name="Dr. Example",
                role="therapist",
                classes=(),
                consent=ConsentText(version=1, sha256="0" * 64),
            ),
            "started sharing with Dr. Example",
        ),
        (
            AccessGranted(
                member=a_text(1),
                name="Dr. Example",
                role="therapist",
                classes=(),
                consent=ConsentText(version=1, sha256="0" * 64),
                replaces=a_text(2),
            ),
            "changed what is shared with Dr. Example",
        ),
        (AccessRevoked(), "ended sharing"),
        (AccessRevoked(replaced_by=a_text(2)), "ended the earlier terms"),
    ],
)
def test_what_the_data_says(data: EventData, words: str) -> None:
    assert sentence(a_body(data), {}, {}).startswith(words)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (OccurrenceRecorded(what="Panic"), "noted that it happened"),
        (
            OccurrenceRecorded(what="Panic", intensity_tenths=65),
            "noted that it happened: 6.5 of 10",
        ),
        (AttainmentRated(level=1), "said how it is, from -2 to +2: +1"),
        (
            MeasureAnswered(instrument="a", version="1", title="PHQ-9", answers=(3,), score=3),
            "answered PHQ-9: 3 in all",
        ),
        (
            MeasureAnswered(instrument="a", version="1", title="PHQ-9", answers=(None,)),
            "answered PHQ-9: with answers left out",
        ),
        (CheckInRecorded(goal=a_text(1)), "checked in without a number"),
        (CheckInRecorded(goal=a_text(1), value_tenths=65), "checked in: 6.5 of 10"),
        (
            CheckInRecorded(goal=a_text(1), measure="count", value_tenths=20),
            "checked in: 2 times",
        ),
        (
            CheckInRecorded(goal=a_text(1), measure="count", value_tenths=20, unit="walks"),
            "checked in: 2 walks",
        ),
        (CheckInRecorded(goal=a_text(1), measure="value", value_tenths=20), "checked in: 2"),
    ],
)
def test_a_check_in_says_its_number(data: EventData, words: str) -> None:
    assert sentence(a_body(data), {}, {}) == words


@pytest.mark.parametrize(
    ("what", "values", "words"),
    [
        ("goal", ProposedValues(title="t", why="w"), "proposed a goal"),
        ("step", ProposedValues(text="t"), "proposed a step"),
        (
            "goal_change",
            ProposedValues(title="t", due=None, target=ONCE),
            "proposed to change the wording, the target and the date",
        ),
        (
            "goal_change",
            ProposedValues(due="2026-12-24", lifecycle="on-hold"),
            "proposed to change the date and to let the goal rest",
        ),
        ("goal_change", ProposedValues(lifecycle="rejected"), "proposed to change the status"),
        ("step_change", ProposedValues(text="t"), "proposed to change the words of a step"),
        ("step_change", ProposedValues(status="dropped"), "proposed to let a step go"),
    ],
)
def test_a_proposal_names_what_it_would_change_and_no_words(
    what: ProposalKind, values: ProposedValues, words: str
) -> None:
    """The words stand beside it: their writer may take them back."""
    body = a_body(ProposalMade(what=what, values=values), reason=Reason(code="new-insight"))

    assert sentence(body, {}, {}) == f"{words}, because of a new insight"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (ProposalAccepted(), "accepted a proposal"),
        (ProposalAccepted(with_changes=True), "accepted a proposal with changes"),
        (ProposalDeclined(), "declined a proposal"),
        (
            ProposalDeclined(no_longer_shared=True),
            "closed a proposal, as its goal is no longer shared",
        ),
        (AgreementRecorded(answer="agree"), "agreed with the goal as it stands"),
        (AgreementRecorded(answer="disagree"), "did not agree with the goal as it stands"),
        (
            AgreementRecorded(answer="pending"),
            "asked for time to think about the goal as it stands",
        ),
        (
            GoalAssessedByMember(achievement="sustaining"),
            "gave a view of how it goes: Keeping it up",
        ),
        (GoalAssessedByMember(), "took back a view of how it goes"),
    ],
)
def test_what_the_sides_say_to_each_other(data: EventData, words: str) -> None:
    assert sentence(a_body(data), {}, {}) == words


def test_what_is_proposed_reads_field_by_field() -> None:
    values = ProposedValues(
        title="Rest", why=None, target=ONCE, baseline_tenths=25, lifecycle="active"
    )

    assert proposed_words(values) == (
        "the wording: “Rest”; why it matters: none; the target: at least 1 per week; "
        "the starting point: 2.5; the status: Working on it"
    )


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("due", None, "2026-12-24", "set the date to 24 Dec 2026"),
        ("due", "2026-12-24", None, "took away the date"),
        ("title", "a", "b", "changed the wording from “a” to “b”"),
        ("value_tenths", 60, 75, "changed the number from 6 to 7.5"),
        ("lifecycle", "active", "on-hold", "changed the status from Working on it to Resting"),
        ("status", "open", "reached", "changed the status from open to reached"),
        ("colour_of_mark", 1, 2, "changed colour of mark from 1 to 2"),
        ("target", None, ONCE, "set the target to at least 1 per week"),
        ("target", ONCE, None, "took away the target"),
        ("target", TWICE, ONCE, "lowered the target from 2 to 1 per week"),
        (
            "target",
            parse_target("reduce-by 30% by 2026-12-24"),
            parse_target("reduce-by 50% by 2026-12-24"),
            "raised the target from 30 to 50 % by 24 Dec 2026",
        ),
        (
            "target",
            ONCE,
            parse_target("reach 7"),
            "changed the target from at least 1 per week to a rating of 7",
        ),
    ],
)
def test_a_field_reads_from_and_to(field: str, before: object, after: object, words: str) -> None:
    assert field_phrase(field, before, after) == words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "confirmed what stood there"),
        ({"title": "a"}, "set the wording to “a”"),
        (
            {"title": "a", "due": "2026-12-24", "rank": 1},
            (
                "set the wording to “a”, set the date to 24 Dec 2026 and "
                "set the place in the list to 1"
            ),
        ),
    ],
)
def test_several_fields_are_one_sentence(changed: dict[str, object], words: str) -> None:
    body = a_body(GoalTargetSet(target=ONCE))

    assert sentence(body, {}, changed) == words


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("at-least 2 walks per day", "at least 2 walks per day"),
        ("at-most 1.5 per month", "at most 1.5 per month"),
        ("reduce-by 50% by 2026-12-24", "50 % less by 24 Dec 2026"),
        ("reduce-by 50%", "50 % less"),
        ("reach 7", "a rating of 7"),
        ("done", "done"),
    ],
)
def test_targets_read_as_people_say_them(target: str, words: str) -> None:
    assert target_words(parse_target(target)) == words


def test_what_went_to_a_supporter_and_came_back() -> None:
    assert "a win to Ben" == sent_to("win_noted", "a win", "Ben")
    assert "a win from Ben" == sent_to("win_withdrawn", "a win", "Ben")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("why", None, ""),
        ("why", "it matters", "“it matters”"),
        ("target", Target(kind="done"), "done"),
        ("baseline_tenths", 5, "0.5"),
        ("rank", 3, "3"),
        ("tags", ("work", "sleep"), "work, sleep"),
        ("achievement", "improving", "Getting easier"),
        ("lifecycle", "dreaming", "dreaming"),
    ],
)
def test_values_read_in_tables(field: str, value: object, words: str) -> None:
    assert value_words(field, value) == words


def test_no_sentence_blames() -> None:
    """Product rule of tone: never failed, missed, overdue, broken streak."""
    sentences = [json.loads(p.read_bytes())["expected"]["sentence"] for p in golden_files("events")]
    words = " ".join((*sentences, *NOUNS.values()))

    assert [w for w in ("fail", "miss", "overdue", "broke", "streak", "only") if w in words] == []


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason(code="other"), "agreed with the goal as it stands, for another reason"),
        (Reason(code="other", text="Fits well"), "agreed with the goal as it stands"),
    ],
)
def test_a_reason_in_own_words_is_no_other_reason(reason: Reason, words: str) -> None:
    body = a_body(AgreementRecorded(answer="agree"), reason=reason)

    assert words == sentence(body, {}, {})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (OccurrenceRecorded(what="Panic", intensity_tenths=60), "noted that it happened"),
        (
            MeasureAnswered(instrument="gad-7", version="1", title="GAD-7", answers=(1,), score=1),
            "answered a questionnaire",
        ),
        (AttainmentRated(level=-2), "said how it is, from -2 to +2"),
        (WinNoted(text="Walked home"), "noted a win"),
    ],
)
def test_what_was_taken_back_is_told_without_words_and_numbers(data: EventData, words: str) -> None:
    assert words == sentence_without_words(a_body(data))
