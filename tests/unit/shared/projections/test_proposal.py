"""Proposals: where they stand does not depend on who was heard first, and nothing said is lost."""

from collections.abc import Sequence
from typing import Unpack

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.entries import CARE, EntryOptions, a_text, an_entry, an_id
from trailmark_shared.domain.proposals import ProposalAnswer, ProposalKind, proposed_subject
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalShared, GoalWithdrawn
from trailmark_shared.events.proposals import (
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalWithdrawn,
    ProposedValues,
)
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import fold_subject
from trailmark_shared.projections.goal import GoalDocument, fold_goal
from trailmark_shared.projections.proposal import (
    ProposalDocument,
    ProposalStanding,
    ProposalStatus,
    fold_proposal,
    standing_of,
)

CHANGE = ProposalMade(
    what="goal_change", goal=a_text(100), values=ProposedValues(due="2026-12-24", why=None)
)


def member(number: int, data: EventData, **options: Unpack[EntryOptions]) -> Entry:
    said: EntryOptions = {"actor": "member/a", **options}
    return an_entry(number, data, **{**said, "lane": CARE, "device": 210, "subject": 170})


def person(number: int, data: EventData, *base: int, device: int = 200, at: int = 0) -> Entry:
    return an_entry(
        number,
        data,
        lane=CARE,
        subject=170,
        cause=1,
        base=base,
        device=device,
        at=at or number,
    )


MADE = member(1, CHANGE, base=(80, 81), reason=Reason(code="other", text="Because."))


class TestOneDevice:
    def test_an_open_proposal_says_what_by_whom_why_and_in_view_of_what(self) -> None:
        proposal = fold_proposal([MADE])

        assert ("open", "goal_change", a_text(100)) == (
            proposal.status,
            proposal.what,
            proposal.goal,
        )
        assert (CHANGE.values, Reason(code="other", text="Because.")) == (
            proposal.values,
            proposal.reason,
        )
        assert (a_text(1), "member/a", (a_text(80), a_text(81))) == (
            proposal.made_event,
            proposal.made_by,
            proposal.seen,
        )
        assert ((), None, ()) == (proposal.answers, proposal.withdrawn_at, proposal.needs_review)

    def test_an_acceptance_names_what_carried_it_out(self) -> None:
        accepted = ProposalAccepted(events=(a_text(5), a_text(6)), with_changes=True)
        proposal = fold_proposal([MADE, person(2, accepted)])
        (answer,) = proposal.answers

        assert ("accepted", "accepted", False) == (
            proposal.status,
            proposal.answer.value,
            proposal.answer.conflict,
        )
        assert (True, (a_text(5), a_text(6))) == (answer.with_changes, answer.carried_out)

    def test_no_reason_is_needed_to_decline(self) -> None:
        proposal = fold_proposal([MADE, person(2, ProposalDeclined())])

        assert ("declined", None) == (proposal.status, proposal.answers[0].reason)

    def test_the_person_may_change_their_mind(self) -> None:
        entries = [MADE, person(2, ProposalDeclined()), person(3, ProposalAccepted(), 2)]
        proposal = fold_proposal(entries)

        assert ("accepted", False, 2) == (
            proposal.status,
            proposal.answer.conflict,
            len(proposal.answers),
        )


class TestTakingBack:
    def test_unanswered_its_words_are_gone(self) -> None:
        proposal = fold_proposal([MADE, member(2, ProposalWithdrawn())])

        assert ("withdrawn", None, None) == (proposal.status, proposal.values, proposal.reason)
        assert (a_text(100), "member/a") == (proposal.goal, proposal.made_by)

    @pytest.mark.parametrize("actor", ["person", "member/b"])
    def test_nobody_else_takes_it_back(self, actor: str) -> None:
        proposal = fold_proposal([MADE, member(2, ProposalWithdrawn(), actor=actor)])

        assert ("open", CHANGE.values) == (proposal.status, proposal.values)

    @pytest.mark.parametrize(
        ("answer", "status"),
        [(ProposalAccepted(), "accepted"), (ProposalDeclined(), "declined")],
    )
    def test_what_the_person_said_meanwhile_stands(
        self, answer: EventData, status: ProposalStatus
    ) -> None:
        withdrawn = member(2, ProposalWithdrawn())
        proposal = fold_proposal([MADE, withdrawn, person(3, answer)])

        assert (status, CHANGE.values) == (proposal.status, proposal.values)
        assert withdrawn.effective_at == proposal.withdrawn_at


class TestWhatItBecomes:
    @pytest.mark.parametrize("kind", ["goal", "step"])
    def test_accepted_it_hangs_under_the_goal_and_names_what_it_became(
        self, kind: ProposalKind
    ) -> None:
        values = ProposedValues(title="t") if kind == "goal" else ProposedValues(text="t")
        goal = None if kind == "goal" else a_text(100)
        made = member(1, ProposalMade(what=kind, goal=goal, values=values))
        became = text_from_id(proposed_subject(an_id(170)))
        before, after = fold_proposal([made]), fold_proposal([made, person(2, ProposalAccepted())])

        assert (goal, None) == (before.goal, before.step)
        assert became == getattr(after, kind)

    def test_its_document_hangs_under_its_goal(self) -> None:
        document = fold_subject(CARE, [MADE])

        assert document is not None
        assert ("proposal", an_id(100)) == (document.kind, document.parent)


class TestWithoutItsFirstEvent:
    def test_answers_stay(self) -> None:
        proposal = fold_proposal([person(2, ProposalDeclined()), member(3, ProposalWithdrawn())])

        assert ("declined", None, None, None) == (
            proposal.status,
            proposal.what,
            proposal.values,
            proposal.withdrawn_at,
        )


def test_what_the_rules_do_not_know_needs_review() -> None:
    odd = ProposalMade(what="step_change", step=a_text(5), values=ProposedValues(title="t"))
    proposal = fold_proposal([member(1, odd)])

    assert ("open", ("goal", "title")) == (proposal.status, proposal.needs_review)


class TestBesideItsGoal:
    shared = an_entry(1, GoalShared(title="t"), lane=CARE)
    live = fold_goal([shared])
    copied = fold_goal([an_entry(1, GoalShared(title="t", is_copy=True), lane=CARE)])
    frozen = fold_goal(
        [shared, an_entry(2, GoalWithdrawn(shares=(a_text(1),)), lane=CARE, base=(1,))]
    )

    @pytest.mark.parametrize(
        ("goal", "standing"),
        [
            (live, "open"),
            (copied, "open"),
            (frozen, "no_longer_shared"),
            (None, "no_longer_shared"),
        ],
    )
    def test_it_is_open_while_its_goal_is_shared(
        self, goal: GoalDocument | None, standing: ProposalStanding
    ) -> None:
        assert standing_of(fold_proposal([MADE]), goal) == standing

    def test_a_new_goal_has_no_goal_to_be_shared(self) -> None:
        made = member(1, ProposalMade(what="goal", values=ProposedValues(title="t")))

        assert standing_of(fold_proposal([made]), None) == "open"

    @pytest.mark.parametrize(
        ("answers", "standing"),
        [
            ((ProposalDeclined(no_longer_shared=True),), "no_longer_shared"),
            ((ProposalDeclined(no_longer_shared=True), ProposalDeclined()), "declined"),
            ((ProposalAccepted(),), "accepted"),
        ],
    )
    def test_what_was_said_stands(
        self, answers: Sequence[EventData], standing: ProposalStanding
    ) -> None:
        entries = [MADE, *(person(number, each) for number, each in enumerate(answers, start=2))]

        assert standing_of(fold_proposal(entries), self.frozen) == standing


@st.composite
def stories(draw: st.DrawFn) -> list[Entry]:
    """A proposal, perhaps taken back, answered on two devices that may or may not have met."""
    entries = [MADE]
    if draw(st.booleans()):
        entries.append(member(2, ProposalWithdrawn()))
    for number in range(3, 3 + draw(st.integers(min_value=0, max_value=5))):
        answer = draw(
            st.sampled_from(
                (
                    ProposalAccepted(events=(a_text(50 + number),)),
                    ProposalDeclined(),
                    ProposalDeclined(no_longer_shared=True),
                )
            )
        )
        seen = draw(st.sets(st.integers(min_value=3, max_value=number)))
        device, at = draw(st.sampled_from((200, 201))), draw(st.integers(1, 20))
        entries.append(person(number, answer, *sorted(seen), device=device, at=at))
    return entries


def in_lane_order(entries: Sequence[Entry]) -> list[Entry]:
    """Number entries in the order in which the server had them; their times stay what they are."""
    return [msgspec.structs.replace(each, seq=seq) for seq, each in enumerate(entries, start=1)]


def told(proposal: ProposalDocument) -> ProposalDocument:
    """Leave out what is about the order itself: whose event came first and last, and its day."""
    return msgspec.structs.replace(
        proposal, first_seq=None, last_seq=None, created_by="", changed_by=""
    )


@given(stories().flatmap(lambda story: st.tuples(st.just(story), st.permutations(story))))
def test_a_proposal_stands_the_same_in_every_order_of_arrival(
    pair: tuple[list[Entry], list[Entry]],
) -> None:
    story, arrived = pair
    proposal = fold_proposal(in_lane_order(arrived))

    assert told(fold_proposal(in_lane_order(story))) == told(proposal)


@given(stories())
def test_nothing_that_was_said_is_lost(story: list[Entry]) -> None:
    proposal = fold_proposal(story)
    said: dict[str, ProposalAnswer] = {
        text_from_id(each.id): "accepted"
        if isinstance(each.body.data, ProposalAccepted)
        else "declined"
        for each in story
        if isinstance(each.body.data, ProposalAccepted | ProposalDeclined)
    }

    assert {each.event: each.answer for each in proposal.answers} == said
    assert (proposal.withdrawn_at is not None) == any(
        isinstance(each.body.data, ProposalWithdrawn) for each in story
    )


@given(stories())
def test_what_was_carried_out_is_never_shown_as_waiting(story: list[Entry]) -> None:
    status = fold_proposal(story).status
    current = {each.value for each in fold_proposal(story).answer.values}

    assert (status == "accepted") == ("accepted" in current)
    assert (status in {"open", "withdrawn"}) == (not current)
