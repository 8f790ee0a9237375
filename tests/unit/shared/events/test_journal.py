"""Data of insights and of taking back."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError, LimitExceededError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.journal import EntryPutBack, EntryTakenBack, InsightNoted


def test_an_insight_names_a_few_reflections() -> None:
    most = InsightNoted(text="x", reflections=(a_text(1),) * limits.LIST_ITEMS_MAX)
    more = InsightNoted(text="x", reflections=(a_text(1),) * (limits.LIST_ITEMS_MAX + 1))

    assert most == decode_body(encode_body(a_body(most))).data
    with pytest.raises(LimitExceededError) as refused:
        encode_body(a_body(more))
    assert limits.LIST_ITEMS_MAX == refused.value.maximum


@pytest.mark.parametrize("type_", [EntryTakenBack, EntryPutBack])
def test_what_is_taken_back_is_named(type_: type[EntryTakenBack] | type[EntryPutBack]) -> None:
    most = type_(events=(a_text(1),) * limits.BASE_IDS_MAX)

    assert most == decode_body(encode_body(a_body(most))).data
    with pytest.raises(EventDataError) as refused:
        encode_body(a_body(type_(events=())))
    assert ErrorCode.MALFORMED_BODY == refused.value.code
    with pytest.raises(LimitExceededError):
        encode_body(a_body(type_(events=(a_text(1),) * (limits.BASE_IDS_MAX + 1))))
