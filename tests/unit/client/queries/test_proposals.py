"""What waits for an answer, and beside what: never more than what the person could answer."""

import pytest

from tests.support.person import Person
from tests.support.two_sides import CARE, TwoSides
from trailmark_client.commands.answers import decline_proposal
from trailmark_client.commands.proposals import Edits, accept_proposal
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.queries.documents import documents
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.proposals import (
    list_proposals,
    open_proposals,
    show_proposal,
)
from trailmark_shared.domain.proposals import proposed_subject
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.proposals import ProposalMade, ProposedValues
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.projections.proposal import ProposalStanding

DAY = "2025-10-09"
NEW_GOAL = ProposalMade(what="goal", values=ProposedValues(title="Sleep"))


def standings(device: Person) -> list[ProposalStanding]:
    lines = device.read(lambda conn: list_proposals(conn, DAY, answered=True))
    return [each.standing for each in lines]


async def test_what_waits_is_listed_oldest_first_and_by_goal(sides: TwoSides) -> None:
    change = sides.proposes_change(title="Walk")
    goal = sides.proposes(NEW_GOAL, b"another-proposal")
    await sides.meet(sides.phone)
    everything = sides.phone.read(lambda conn: open_proposals(conn, DAY))
    about_goal = sides.phone.read(lambda conn: open_proposals(conn, DAY, sides.goal))

    assert [change, goal] == [each.id for each in everything]
    assert [change] == [each.id for each in about_goal]


async def test_values_stand_in_plain_words_beside_what_is_there(sides: TwoSides) -> None:
    target = parse_target("at-least 3 walks per week")
    proposal = sides.proposes_change(target=target, baseline_tenths=25)
    await sides.meet(sides.phone)
    line = sides.phone.read(lambda conn: show_proposal(conn, proposal, DAY)).proposal

    assert [
        ("target", "at-least 3 walks per week", None, False),
        ("baseline", 2.5, None, False),
    ] == [(each.field, each.proposed, each.now, each.has_moved) for each in line.values]
    assert ("Dr Demo", "Two walks a week", CARE) == (line.by, line.goal_title, line.lane)


async def test_what_was_answered_waits_no_longer(sides: TwoSides) -> None:
    accepted = sides.proposes(NEW_GOAL)
    declined = sides.proposes(NEW_GOAL, b"another-proposal")
    await sides.meet(sides.phone)
    sides.phone.write(lambda c, r: accept_proposal(c, r, accepted, Edits(), r.now()))
    sides.phone.write(lambda c, r: decline_proposal(c, r, declined, r.now()))
    line = sides.phone.read(lambda conn: show_proposal(conn, accepted, DAY)).proposal

    assert ["accepted", "declined"] == standings(sides.phone)
    assert [] == sides.phone.read(lambda conn: open_proposals(conn, DAY))
    assert (text_from_id(proposed_subject(accepted)), "Sleep") == (line.goal, line.goal_title)


async def test_what_lost_its_audience_waits_no_longer(sides: TwoSides) -> None:
    """The proposal arrives after the goal was taken back; then nobody is let in at all."""
    sides.proposes_change(title="Walk")
    sides.proposes(NEW_GOAL, b"another-proposal")
    sides.phone.write(lambda c, r: withdraw_goal(c, r, sides.goal, r.now()))
    await sides.meet(sides.phone)

    assert ["no_longer_shared", "open"] == standings(sides.phone)

    (grant,) = sides.phone.read(lambda conn: documents(conn, "grant", GrantDocument))
    sides.phone.write(lambda c, r: stop_sharing(c, r, grant.subject, r.now()))

    assert ["no_longer_shared", "no_longer_shared"] == standings(sides.phone)


async def test_what_was_taken_back_has_no_values(sides: TwoSides) -> None:
    proposal = sides.proposes_change(title="Walk")
    sides.withdraws(proposal)
    await sides.meet(sides.phone)
    view = sides.phone.read(lambda conn: show_proposal(conn, proposal, DAY))

    assert ("withdrawn", [], None) == (
        view.proposal.standing,
        view.proposal.values,
        view.proposal.reason,
    )
    assert view.withdrawn_at is not None


async def test_a_step_that_is_erased_takes_what_was_proposed_about_it_along(
    sides: TwoSides,
) -> None:
    step = sides.step()
    data = ProposalMade(
        what="step_change",
        goal=text_from_id(sides.goal),
        step=text_from_id(step),
        values=ProposedValues(text="Buy shoes"),
    )
    sides.proposes(data)
    await sides.meet(sides.phone)

    going = sides.phone.read(lambda conn: what_goes(conn, text_from_id(step)))

    assert {"proposal": 1} == going.along


def test_what_is_not_there(person: Person) -> None:
    with pytest.raises(DomainError) as error:
        person.read(lambda conn: show_proposal(conn, bytes(16), DAY))

    assert ErrorCode.NOT_FOUND is error.value.code
