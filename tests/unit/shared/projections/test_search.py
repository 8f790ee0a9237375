"""Which words of a document can be looked for."""

import pytest

from tests.support.entries import CARE, a_text, an_entry
from trailmark_shared.events.body import Reason
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.coping import CopingAdded, CopingUsed
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.joint import Decision, ReviewHeld, ReviewScheduled
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAnswered,
    OccurrenceRecorded,
    ScaleSet,
)
from trailmark_shared.events.notes import SetbackNoted
from trailmark_shared.events.proposals import (
    ProposalDeclined,
    ProposalMade,
    ProposalWithdrawn,
    ProposedValues,
)
from trailmark_shared.events.reflections import ReflectionRevised, ReflectionWritten
from trailmark_shared.events.sharing import ExcerptShared, SharingWished
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.projections.fold import decode_document, fold_subject
from trailmark_shared.projections.proposal import fold_proposal
from trailmark_shared.projections.search import words_of


def words(*data: EventData, lane: str = "self") -> str:
    entries = [an_entry(number, each, lane=lane) for number, each in enumerate(data, start=1)]
    document = fold_subject(lane, entries)
    assert document is not None
    return words_of(decode_document(document))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (GoalDrafted(title="Walk", why="air"), "Walk\nair"),
        (GoalDrafted(title="Walk"), "Walk"),
        (StepAdded(goal=a_text(1), text="shoes"), "shoes"),
        (CheckInRecorded(goal=a_text(1), measure="rating", value_tenths=1, note="ok"), "ok"),
        (SetbackNoted(text="hard", helped="tea"), "hard\ntea"),
        (
            ReflectionWritten(text="long", title="day", feelings=("calm",), tags=("work",)),
            "day\nlong\ncalm\nwork",
        ),
        (OccurrenceRecorded(what="panic", note="on the bus"), "panic\non the bus"),
        (
            MeasureAnswered(instrument="x", version="1", title="How it is", answers=(1,)),
            "How it is",
        ),
        (SharingWished(what="excerpt", text="part"), ""),
    ],
)
def test_all_that_reads_as_text_is_found(data: EventData, found: str) -> None:
    assert found == words(data)


def test_what_others_wrote_and_what_was_shared_is_found() -> None:
    assert "part" == words(ExcerptShared(text="part"), lane=CARE)
    assert "yes" == words(CommentAdded(text="yes", about=a_text(1)), lane=CARE)
    assert "go on" == words(EncouragementSent(text="go on", about=a_text(1)), lane="circle/x")


def test_a_card_is_found_by_its_parts_and_by_what_was_noted_with_it() -> None:
    assert "read\nawake\nwell" == words(
        CopingAdded(then="read", when="awake"), CopingUsed(note="well")
    )


def test_levels_and_what_was_said_to_them_are_found() -> None:
    levels = ("none", "little", "as hoped", "more", "most")

    found = words(ScaleSet(goal=a_text(1), levels=levels), AttainmentRated(level=0, note="at last"))

    assert "\n".join((*levels, "at last")) == found


def test_what_a_review_came_to_is_found() -> None:
    decided = (Decision(goal=a_text(9), outcome="kept", note="slowly"),)

    found = words(
        ReviewScheduled(on="2026-10-01", text="all of it"),
        ReviewHeld(decisions=decided, text="went well"),
    )

    assert "all of it\nwent well\nslowly" == found


def test_what_was_proposed_and_why_is_found_until_it_is_taken_back() -> None:
    values = ProposedValues(title="Swim", why="water", due="2026-12-01")
    made = an_entry(
        1,
        ProposalMade(what="goal", values=values),
        lane=CARE,
        actor="member/x",
        reason=Reason(code="other", text="for the back"),
    )
    declined = an_entry(2, ProposalDeclined(), lane=CARE, reason=Reason(code="other", text="cold"))
    taken_back = an_entry(2, ProposalWithdrawn(), lane=CARE, actor="member/x")

    assert "Swim\nwater\nfor the back\ncold" == words_of(fold_proposal([made, declined]))
    assert "" == words_of(fold_proposal([made, taken_back]))


def test_both_of_two_devices_are_found() -> None:
    found = words(
        ReflectionWritten(text="one"),
        ReflectionRevised(text="two"),
        ReflectionRevised(text="three"),
    )

    assert {"one", "two", "three"} == set(found.split())
