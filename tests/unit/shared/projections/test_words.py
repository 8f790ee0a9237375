"""Words: one for each type that one phrase says, and none for what there is not."""

from typing import get_args

from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.domain.statuses import WORDS_BY_CODE
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.projections.words import (
    ACCEPTANCE_PHRASES,
    MOVE_PHRASES,
    NOUNS,
    SENT_VERBS,
    VERBS,
    WRITTEN,
)


def test_every_verb_is_of_a_type_that_there_is() -> None:
    assert set(VERBS) | set(SENT_VERBS) <= set(EVENT_TYPES)
    assert set(SENT_VERBS) <= {name for name, each in EVENT_TYPES.items() if each.lanes != {"self"}}


def test_every_field_that_is_set_has_a_noun() -> None:
    unnamed = {"home", "wish", "relation", "helps"}

    assert {field for each in EVENT_TYPES.values() for field in each.sets} - unnamed <= set(NOUNS)
    assert set(WRITTEN) | set(WORDS_BY_CODE) | set(MOVE_PHRASES) <= set(NOUNS)


def test_every_answer_of_a_side_has_a_phrase() -> None:
    assert set(get_args(Acceptance)) == set(ACCEPTANCE_PHRASES)
