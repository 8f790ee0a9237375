"""Answers: two devices may give them apart; whatever arrives first, both show the same."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.person import Person
from tests.support.two_sides import CARE, WHY, TwoSides
from trailmark_client.commands.answers import decline_proposal
from trailmark_client.commands.proposals import Edits, accept_proposal
from trailmark_client.commands.sharing import share_goal
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.homes import goal_at_home
from trailmark_shared.domain.proposals import proposed_subject
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.proposals import ProposalMade, ProposedValues
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.step import StepDocument

Said = Callable[[Person, bytes], None]


def accept(device: Person, proposal: bytes) -> None:
    device.write(lambda c, r: accept_proposal(c, r, proposal, Edits(), r.now()))


def accept_in_own_words(device: Person, proposal: bytes) -> None:
    edits = Edits(values=ProposedValues(title="Stroll"))
    device.write(lambda c, r: accept_proposal(c, r, proposal, edits, r.now()))


def decline(device: Person, proposal: bytes) -> None:
    device.write(lambda c, r: decline_proposal(c, r, proposal, r.now(), WHY))


async def test_a_decline_says_why_only_if_the_person_likes(sides: TwoSides) -> None:
    first = sides.proposes_change(title="Walk")
    data = ProposalMade(what="goal", values=ProposedValues(title="Sleep"))
    second = sides.proposes(data, b"another-proposal")
    await sides.meet(sides.phone)
    decline(sides.phone, first)
    sides.phone.write(lambda c, r: decline_proposal(c, r, second, r.now()))

    assert [WHY, None] == [
        sides.proposal_on(sides.phone, each).answers[0].reason for each in (first, second)
    ]
    assert "Two walks a week" == sides.goal_on(sides.phone).title.value


@pytest.mark.parametrize("said", [accept, decline])
async def test_what_was_answered_or_taken_back_is_not_declined(sides: TwoSides, said: Said) -> None:
    proposal = sides.proposes_change(title="Walk")
    await sides.meet(sides.phone)
    said(sides.phone, proposal)

    with pytest.raises(DomainError) as error:
        decline(sides.phone, proposal)

    assert ErrorCode.NOTHING_CHANGED is error.value.code


async def test_what_was_taken_back_needs_no_answer(sides: TwoSides) -> None:
    proposal = sides.proposes_change(title="Walk")
    sides.withdraws(proposal)
    await sides.meet(sides.phone)

    with pytest.raises(DomainError, match="taken back"):
        decline(sides.phone, proposal)


class TestWithdrawnGoals:
    async def test_open_proposals_are_closed_with_it_and_answered_ones_stay(
        self, sides: TwoSides
    ) -> None:
        answered = sides.proposes_change(title="Walk")
        await sides.meet(sides.phone)
        decline(sides.phone, answered)
        data = ProposalMade(
            what="step", goal=text_from_id(sides.goal), values=ProposedValues(text="t")
        )
        waiting = sides.proposes(data, b"another-proposal")
        await sides.meet(sides.phone)
        sides.phone.write(lambda c, r: withdraw_goal(c, r, sides.goal, r.now()))

        assert [False] == [
            each.no_longer_shared for each in sides.proposal_on(sides.phone, answered).answers
        ]
        assert [True] == [
            each.no_longer_shared for each in sides.proposal_on(sides.phone, waiting).answers
        ]

    async def test_one_that_came_too_late_is_declined_as_no_longer_shared(
        self, sides: TwoSides
    ) -> None:
        """The therapist proposed while the phone, offline, took the goal back."""
        proposal = sides.proposes_change(title="Walk")
        sides.phone.write(lambda c, r: withdraw_goal(c, r, sides.goal, r.now()))
        await sides.meet(sides.phone)
        decline(sides.phone, proposal)
        (answer,) = sides.proposal_on(sides.phone, proposal).answers

        assert (True, None) == (answer.no_longer_shared, answer.reason)

    async def test_sharing_again_opens_nothing_again(self, sides: TwoSides) -> None:
        proposal = sides.proposes_change(title="Walk")
        await sides.meet(sides.phone)
        sides.phone.write(lambda c, r: withdraw_goal(c, r, sides.goal, r.now()))
        sides.phone.write(lambda c, r: share_goal(c, r, sides.goal, r.now()))

        assert "declined" == sides.proposal_on(sides.phone, proposal).status


class Apart(NamedTuple):
    """What two devices said without a network, and what comes of it."""

    phone: Said
    laptop: Said
    status: str
    title: str


APART = [
    pytest.param(Apart(accept, accept, "accepted", "Walk"), id="both-accept"),
    pytest.param(Apart(accept, decline, "accepted", "Walk"), id="accept-decline"),
    pytest.param(Apart(decline, accept, "accepted", "Walk"), id="decline-accept"),
    pytest.param(Apart(decline, decline, "declined", "Two walks a week"), id="both-decline"),
]
ORDERS = list(permutations(("phone", "laptop", "therapist")))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
@pytest.mark.parametrize("apart", APART)
async def test_in_every_order_of_arrival_both_devices_show_the_same(
    tmp_path: Path, order: tuple[str, ...], apart: Apart
) -> None:
    """Both answered without a network, and meanwhile the therapist took it back."""
    sides = await TwoSides(tmp_path).begin()
    proposal = sides.proposes_change(title="Walk")
    await sides.meet(sides.phone, sides.laptop)
    apart.phone(sides.phone, proposal)
    apart.laptop(sides.laptop, proposal)
    for each in order:
        if each == "therapist":
            sides.withdraws(proposal)
        else:
            await sides.meet(sides.phone if each == "phone" else sides.laptop)
    await sides.meet(sides.phone, sides.laptop)

    made, goal = sides.proposal_on(sides.phone, proposal), sides.goal_on(sides.laptop)
    assert 1 == len(sides.hashes())
    assert (apart.status, apart.phone is not apart.laptop) == (made.status, made.answer.conflict)
    assert (2, True, ProposedValues(title="Walk")) == (
        len(made.answers),
        made.withdrawn_at is not None,
        made.values,
    )
    assert (apart.title, False) == (goal.title.value, goal.title.conflict)
    sides.close()


async def test_two_acceptances_in_other_words_are_a_conflict_of_the_goal(sides: TwoSides) -> None:
    """Nothing is lost: the person picks, as always where two devices changed the same apart."""
    proposal = sides.proposes_change(title="Walk")
    await sides.meet(sides.phone, sides.laptop)
    accept(sides.phone, proposal)
    accept_in_own_words(sides.laptop, proposal)
    await sides.meet(sides.phone, sides.laptop, sides.phone)
    goal = sides.goal_on(sides.phone)

    assert {"Walk", "Stroll"} == {each.value for each in goal.title.values}
    assert goal.title.conflict
    assert "accepted" == sides.proposal_on(sides.phone, proposal).status


async def test_a_step_accepted_on_two_devices_is_one_step(sides: TwoSides) -> None:
    values = ProposedValues(text="Put the shoes by the door")
    data = ProposalMade(what="step", goal=text_from_id(sides.goal), values=values)
    proposal = sides.proposes(data)
    await sides.meet(sides.phone, sides.laptop)
    accept(sides.phone, proposal)
    accept(sides.laptop, proposal)
    await sides.meet(sides.phone, sides.laptop, sides.phone)
    step = sides.phone.read(
        lambda conn: of_subject(conn, "step", proposed_subject(proposal), StepDocument)
    )[CARE]

    assert 1 == len(sides.hashes())
    assert (2, False) == (len(step.text.values), step.text.conflict)


async def test_a_goal_accepted_on_two_devices_is_one_goal(sides: TwoSides) -> None:
    values = ProposedValues(title="Sleep", target=parse_target("at-least 5 nights per week"))
    proposal = sides.proposes(ProposalMade(what="goal", values=values))
    await sides.meet(sides.phone, sides.laptop)
    accept(sides.phone, proposal)
    accept(sides.laptop, proposal)
    await sides.meet(sides.phone, sides.laptop, sides.phone)

    for device in (sides.phone, sides.laptop):
        at_home = device.read(lambda conn: goal_at_home(conn, proposed_subject(proposal)))
        assert (CARE, "Sleep", False) == (
            at_home.lane,
            at_home.document.title.value,
            at_home.document.title.conflict,
        )
        assert () == at_home.home.left_behind
        assert {CARE, SELF} == set(at_home.copies)
    assert 1 == len(sides.hashes())


async def test_one_that_arrived_half_is_not_written_twice(sides: TwoSides) -> None:
    """The step came from the other device; that it is an answer was still on its way."""
    values = ProposedValues(text="Put the shoes by the door")
    data = ProposalMade(what="step", goal=text_from_id(sides.goal), values=values)
    proposal = sides.proposes(data)
    await sides.meet(sides.phone, sides.laptop)
    accept(sides.phone, proposal)
    await sides.meet(sides.phone)
    rows = sides.home.lane(CARE).rows
    answer = rows.pop()
    await sides.meet(sides.laptop)
    rows.append(answer)
    edits = Edits(values=ProposedValues(text="Shoes by the door"))
    sides.laptop.write(lambda c, r: accept_proposal(c, r, proposal, edits, r.now()))
    await sides.meet(sides.laptop, sides.phone, sides.laptop)
    step = sides.phone.read(
        lambda conn: of_subject(conn, "step", proposed_subject(proposal), StepDocument)
    )[CARE]

    assert ("Shoes by the door", False) == (step.text.value, step.text.conflict)
    assert 1 == len(sides.hashes())
