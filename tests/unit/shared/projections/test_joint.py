"""What both sides write down: who began it words it, and the other side says whether it agrees."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.entries import a_text, an_entry
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    Decision,
    ExpectationAnswered,
    ExpectationWritten,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.projections.card_kinds import (
    AgendaItemDocument,
    ExpectationDocument,
    ReviewDocument,
)
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.joint import joint_fold

MEMBER = f"member/{a_text(9)}"


def theirs(number: int, data: EventData, *base: int) -> Entry:
    return an_entry(number, data, base=base, actor=MEMBER)


def agreed(number: int, *base: int, answer: Acceptance = "agree") -> Entry:
    return an_entry(number, ExpectationAnswered(answer=answer), base=base)


def test_only_who_began_it_words_it_anew() -> None:
    entries = [
        theirs(1, ExpectationWritten(text="open talk")),
        an_entry(2, ExpectationWritten(text="mine"), base=(1,)),
        theirs(3, ExpectationWritten(text="open talk, kindly"), 1),
    ]

    shown = joint_fold(ExpectationDocument)(entries)

    assert (MEMBER, "open talk, kindly", False) == (
        shown.by,
        shown.said.value.text if shown.said.value else None,
        shown.said.conflict,
    )
    assert (MEMBER, 3) == (shown.changed_by, shown.last_seq)


def test_an_answer_is_about_the_words_that_were_seen() -> None:
    fold = joint_fold(ExpectationDocument)
    entries = [theirs(1, ExpectationWritten(text="open talk")), agreed(2, 1)]
    reworded = [*entries, theirs(3, ExpectationWritten(text="otherwise"), 1)]
    back = [*reworded, theirs(4, ExpectationWritten(text="open talk"), 3)]

    outdated = [[each.is_outdated for each in fold(some).answers] for some in (entries, reworded)]

    assert [[False], [True]] == outdated
    assert [False] == [each.is_outdated for each in fold(back).answers]


def test_each_side_has_one_answer_unless_devices_said_it_apart() -> None:
    begun = theirs(1, ExpectationWritten(text="open talk"))

    changed = joint_fold(ExpectationDocument)([begun, agreed(2, 1), agreed(3, 1, 2)])
    apart = joint_fold(ExpectationDocument)([begun, agreed(2, 1), agreed(3, 1, answer="disagree")])

    assert [a_text(3)] == [each.event for each in changed.answers]
    assert {"agree", "disagree"} == {each.answer for each in apart.answers}


def test_an_answer_to_what_is_not_here_stays() -> None:
    shown = joint_fold(ExpectationDocument)([agreed(2, 1)])

    assert (None, ["agree"], [False]) == (
        shown.said.value,
        [each.answer for each in shown.answers],
        [each.is_outdated for each in shown.answers],
    )


def test_the_other_side_closes_it() -> None:
    shown = joint_fold(AgendaItemDocument)(
        [an_entry(1, AgendaItemAdded(text="that night")), theirs(2, AgendaItemClosed(note="ok"), 1)]
    )

    assert ("closed", [(MEMBER, "ok")]) == (
        shown.status.value,
        [(use.by, use.note) for use in shown.uses],
    )


def test_a_review_says_what_came_of_it() -> None:
    held = ReviewHeld(decisions=(Decision(goal=a_text(50), outcome="kept"),), next="2026-12-07")

    shown = joint_fold(ReviewDocument)(
        [theirs(1, ReviewScheduled(on="2026-10-05")), theirs(2, held, 1)]
    )

    assert (held, "held", "2026-10-05") == (
        shown.outcome.value,
        shown.status.value,
        shown.said.value.on if shown.said.value else None,
    )


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.sets(st.integers(1, 9))), max_size=9)
)
def test_no_word_of_the_other_side_ever_stands_in_it(
    said: list[tuple[bool, int, set[int]]],
) -> None:
    """Whatever the other side writes, and whatever it names, the words are of who began it."""
    entries = [theirs(1, ExpectationWritten(text="begun"))]
    for number, (is_theirs, word, seen) in enumerate(said, start=2):
        data = ExpectationWritten(text=f"{'theirs' if is_theirs else 'other'} {word}")
        base = tuple(sorted(each for each in seen if each < number))
        actor = MEMBER if is_theirs else "person"
        entries.append(an_entry(number, data, base=base, actor=actor))
    own = [each for each in entries if each.actor == MEMBER]
    fold = joint_fold(ExpectationDocument)

    shown = fold(entries)

    assert all(not each.value.text.startswith("other") for each in shown.said.values)
    assert fold(own).said == shown.said
    assert MEMBER == shown.by
