"""Agreeing to a goal as it stands: said once, outdated by what changes, never asked for."""

import pytest

from tests.support.person import Person
from tests.support.two_sides import ACTOR, CARE, WHY, TwoSides
from trailmark_client.commands import goals
from trailmark_client.commands.agreements import record_agreement
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.agreements import AgreementRecorded


def agree(device: Person, goal: bytes, answer: Acceptance = "agree") -> None:
    device.write(lambda c, r: record_agreement(c, r, goal, answer, r.now(), WHY))


async def test_both_sides_stand_beside_each_other(sides: TwoSides) -> None:
    sides.says(sides.goal, AgreementRecorded(answer="pending"))
    await sides.meet(sides.phone)
    agree(sides.phone, sides.goal)

    assert [(ACTOR, "pending"), ("person", "agree")] == [
        (each.by, each.answer) for each in sides.goal_on(sides.phone).agreements
    ]
    assert WHY == sides.goal_on(sides.phone).agreements[1].reason


async def test_a_change_outdates_it_and_it_can_be_said_again(sides: TwoSides) -> None:
    agree(sides.phone, sides.goal)
    sides.phone.write(
        lambda c, r: goals.reword_goal(c, r, sides.goal, goals.Words(title="Walk"), WHY)
    )

    (agreement,) = sides.goal_on(sides.phone).agreements
    assert ("title",) == agreement.changed_since

    agree(sides.phone, sides.goal)

    (agreement,) = sides.goal_on(sides.phone).agreements
    assert () == agreement.changed_since


async def test_an_unsent_word_of_before_is_named_with_what_it_named(sides: TwoSides) -> None:
    """Should the server refuse the one in between, the one before it does not come back."""
    agree(sides.phone, sides.goal)
    await sides.meet(sides.phone)
    agree(sides.phone, sides.goal, "disagree")
    agree(sides.phone, sides.goal, "pending")
    first, second, third = sides.phone.entries(sides.goal, CARE)[-3:]

    assert {first.id, second.id} <= set(third.body.base)


async def test_the_same_again_is_nothing_new(sides: TwoSides) -> None:
    agree(sides.phone, sides.goal)

    with pytest.raises(DomainError) as error:
        agree(sides.phone, sides.goal)

    assert ErrorCode.NOTHING_CHANGED is error.value.code

    agree(sides.phone, sides.goal, "disagree")

    assert ["disagree"] == [each.answer for each in sides.goal_on(sides.phone).agreements]


async def test_a_private_goal_is_agreed_on_with_nobody(sides: TwoSides) -> None:
    sides.phone.write(lambda c, r: withdraw_goal(c, r, sides.goal, r.now()))

    with pytest.raises(DomainError) as error:
        agree(sides.phone, sides.goal)

    assert ErrorCode.NOT_SHARED is error.value.code
