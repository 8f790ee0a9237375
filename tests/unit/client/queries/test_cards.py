"""Cards as lines."""

import pytest

from tests.support.person import Person
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.queries.cards import card_of, latest_card, list_cards
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.living import RewardGiven, RewardPlanned
from trailmark_shared.ids import text_from_id

DAY = "2025-10-09"


def test_a_line_says_all_there_is(person: Person) -> None:
    goal = text_from_id(person.goal())
    planned = RewardPlanned(text="Cinema", goal=goal)
    card = person.write(lambda c, r: write_card(c, r, planned, r.now())).subject
    person.write(lambda c, r: log_card(c, r, card, RewardGiven(), r.now()))
    person.write(lambda c, r: write_card(c, r, RewardPlanned(text="Cake"), r.now()))

    [line] = person.read(lambda c: list_cards(c, "reward", DAY, goal))
    both = person.read(lambda c: list_cards(c, "reward", DAY))

    assert ("Cinema", "given", goal, False) == (line.words, line.status, line.goal, line.conflict)
    assert ["Cinema", "Cake"] == [each.words for each in both]
    assert text_from_id(person.read(lambda c: latest_card(c, "reward")) or b"") == both[-1].id


def test_what_is_not_there_is_named(person: Person) -> None:
    assert person.read(lambda c: latest_card(c, "reward")) is None
    with pytest.raises(DomainError) as refused:
        person.read(lambda c: card_of(c, "reward", bytes(16)))
    assert ErrorCode.NOT_FOUND == refused.value.code
