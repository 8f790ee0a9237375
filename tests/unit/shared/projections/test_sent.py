"""What a supporter sees: each thing once, the newest first, and no word of what was taken back."""

from collections.abc import Iterable

from tests.support.entries import CIRCLE, a_text, an_entry
from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS, LIFECYCLE_WORDS
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.goals import GoalReworded, GoalShared, GoalWithdrawn
from trailmark_shared.events.notes import WinNoted, WinWithdrawn
from trailmark_shared.events.planning import (
    SupportReceived,
    SupportRequested,
    SupportRequestWithdrawn,
)
from trailmark_shared.events.sharing import ExcerptShared, ExcerptWithdrawn
from trailmark_shared.events.steps import StepAdded, StepReached, StepReworded, StepWithdrawn
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import fold_subject
from trailmark_shared.projections.sent import SENT_LABELS, SentItem, sent_facts, sent_items

SAM, KIM = "supporter/sam", "supporter/kim"
WORDS = "canary"

GOAL = an_entry(
    1,
    GoalShared(title=WORDS, why=f"why {WORDS}", lifecycle="completed", achievement="achieved"),
    lane=CIRCLE,
    subject=101,
)
STEP = an_entry(2, StepAdded(goal=a_text(101), text=WORDS), lane=CIRCLE, subject=102)
REACHED = an_entry(3, StepReached(), lane=CIRCLE, subject=102, base=(2,))
WIN = an_entry(4, WinNoted(text=WORDS), lane=CIRCLE, subject=103)
EXCERPT = an_entry(5, ExcerptShared(text=WORDS, written_on="2026-09-20"), lane=CIRCLE, subject=104)
ALL = (GOAL, STEP, REACHED, WIN, EXCERPT)
TAKEN_BACK = (
    an_entry(6, GoalWithdrawn(shares=(a_text(1),)), lane=CIRCLE, subject=101, base=(1,)),
    an_entry(7, StepWithdrawn(shares=(a_text(2),)), lane=CIRCLE, subject=102),
    an_entry(8, WinWithdrawn(shares=(a_text(4),)), lane=CIRCLE, subject=103),
    an_entry(9, ExcerptWithdrawn(), lane=CIRCLE, subject=104),
)


def items(entries: Iterable[Entry], actor: str | None = None) -> list[SentItem]:
    by_subject: dict[bytes, list[Entry]] = {}
    for entry in entries:
        by_subject.setdefault(entry.body.subject, []).append(entry)
    folded = [fold_subject(CIRCLE, each) for each in by_subject.values()]
    return sent_items([each for each in folded if each is not None], actor)


def back(number: int, text: str, *, about: int, cause: int, actor: str = SAM) -> Entry:
    return an_entry(
        number,
        EncouragementSent(text=text, about=a_text(about)),
        lane=CIRCLE,
        subject=number,
        actor=actor,
        cause=cause,
    )


def test_each_thing_is_there_with_what_was_chosen_the_newest_first() -> None:
    excerpt, win, step, goal = items(ALL)

    assert (
        ("excerpt", WORDS, None, None, "2026-09-20"),
        ("win", WORDS, None, None, "2026-09-21"),
        ("step", WORDS, None, "Reached", "2026-09-21"),
        ("goal", WORDS, f"why {WORDS}", "Done · Reached", None),
    ) == tuple(
        (each.kind, each.words, each.why, each.status, each.day)
        for each in (excerpt, win, step, goal)
    )
    assert [a_text(5), a_text(4), a_text(2), a_text(1)] == [
        each.event for each in (excerpt, win, step, goal)
    ]
    assert GOAL.effective_at == goal.sent_at


def test_what_was_taken_back_keeps_no_word() -> None:
    left = items((*ALL, *TAKEN_BACK))

    assert {"goal", "step", "win", "excerpt"} == {each.kind for each in left}
    assert all(each.taken_back_at is not None for each in left)
    assert WORDS not in str(left)


def test_a_goal_sent_again_reads_as_it_was_sent_last() -> None:
    again = an_entry(6, GoalShared(title="now"), lane=CIRCLE, subject=101, base=(1,), at=60)
    [goal] = items((GOAL, again))

    assert (a_text(6), "now", None, "Planned") == (goal.event, goal.words, goal.why, goal.status)
    assert again.effective_at == goal.sent_at


def test_both_words_for_where_a_goal_stands_read_as_they_are_translated() -> None:
    goal = GoalShared(title="t", lifecycle="active", achievement="improving")
    [item] = items([an_entry(1, goal, lane=CIRCLE, subject=101)])

    assert f"{LIFECYCLE_WORDS['active']} · {ACHIEVEMENT_WORDS['improving']}" == item.status


def test_taking_one_copy_of_two_back_leaves_the_other() -> None:
    again = an_entry(6, GoalShared(title="now"), lane=CIRCLE, subject=101, base=(1,))
    gone = an_entry(7, GoalWithdrawn(shares=(a_text(6),)), lane=CIRCLE, subject=101)
    [goal] = items((GOAL, again, gone))

    assert (a_text(1), None) == (goal.event, goal.taken_back_at)


def test_a_step_that_is_not_reached_says_so_by_silence() -> None:
    [step] = items([STEP])

    assert (None, None) == (step.status, step.day)


def test_encouragements_stand_with_what_they_answer() -> None:
    goal = items(
        (GOAL, WIN, back(7, "second", about=101, cause=1), back(6, "first", about=101, cause=9))
    )[1]
    win = items((WIN, back(6, "old", about=103, cause=3)))[0]

    assert [("first", SAM), ("second", SAM)] == [(e.text, e.by) for e in goal.encouragements]
    assert goal.is_answered
    assert (["old"], False) == ([e.text for e in win.encouragements], win.is_answered)


def test_only_the_words_of_one_supporter_can_be_asked_for() -> None:
    entries = (
        WIN,
        back(6, "mine", about=103, cause=4),
        back(7, "not mine", about=103, cause=4, actor=KIM),
    )
    [win] = items(entries, SAM)

    assert ["mine"] == [each.text for each in win.encouragements]


def test_what_has_no_sending_is_no_item() -> None:
    entries = [
        an_entry(1, GoalReworded(title="t"), lane=CIRCLE, subject=101),
        an_entry(2, StepReworded(text="t"), lane=CIRCLE, subject=102),
        an_entry(3, WinWithdrawn(shares=(a_text(9),)), lane=CIRCLE, subject=103),
        an_entry(4, ExcerptWithdrawn(), lane=CIRCLE, subject=104),
        an_entry(
            5,
            AccessGranted(
                member=a_text(9),
                name="Sam",
                role="supporter",
                classes=(),
                consent=ConsentText(version=1, sha256="0" * 64),
            ),
            lane=CIRCLE,
            subject=105,
        ),
        an_entry(6, WinNoted(text="t"), lane=CIRCLE, subject=106),
    ]
    odd = an_entry(7, WinNoted(text="t"), lane=CIRCLE, subject=107, actor=SAM)

    assert [a_text(106)] == [each.subject for each in items(entries)]
    assert [] == items([back(7, "nothing", about=103, cause=4)])
    assert [a_text(107)] == [each.subject for each in items([odd])]


def test_a_goal_without_a_status_has_none() -> None:
    [goal] = items([GOAL, an_entry(2, GoalShared(title="t"), lane=CIRCLE, subject=101, base=(1,))])

    assert "Planned" == goal.status


def test_each_thing_is_told_with_what_else_was_sent_of_it() -> None:
    excerpt, win, step, goal = items(ALL)
    [open_step] = items([STEP])

    assert [
        [("Written on", "on 2026-09-20")],
        [("When", "on 2026-09-21")],
        [("Reached on", "on 2026-09-21")],
        [("Why it matters", f"why {WORDS}"), ("Where it stands", "Done · Reached")],
        [],
    ] == [sent_facts(each, "on {}".format) for each in (excerpt, win, step, goal, open_step)]
    assert {*(each.kind for each in (excerpt, win, step, goal)), "support_request"} == (
        set(SENT_LABELS)
    )


def test_a_request_for_support_is_shown_until_it_is_taken_back() -> None:
    asked = an_entry(1, SupportRequested(text=WORDS), lane=CIRCLE, subject=105)
    back = an_entry(2, SupportRequestWithdrawn(shares=(a_text(1),)), lane=CIRCLE, subject=105)
    received = an_entry(1, SupportReceived(), lane=CIRCLE, subject=106)

    [shown] = items([asked])
    [gone] = items([asked, back])

    assert ("support_request", WORDS, a_text(1), None) == (
        shown.kind,
        shown.words,
        shown.event,
        shown.taken_back_at,
    )
    assert [("Asked on", "a day")] == sent_facts(shown, lambda _day: "a day")
    assert (None, None, back.effective_at) == (gone.words, gone.day, gone.taken_back_at)
    assert [] == items([received])
