"""Data of steps: the order key has digits that compare as text."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared.domain.order import key_between
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.steps import StepAdded, StepWithdrawn


def test_a_key_of_the_domain_is_an_order() -> None:
    body = a_body(StepAdded(goal=a_text(1), text="t", order=key_between(None, "1")))

    assert decode_body(encode_body(body)) == body


@pytest.mark.parametrize("order", ["", "A", "a b", "a" * 65])
def test_other_orders_are_refused(order: str) -> None:
    with pytest.raises(EventDataError, match=r"\$\.data\.order"):
        encode_body(a_body(StepAdded(goal=a_text(1), text="t", order=order)))


def test_a_withdrawal_names_what_it_takes_back() -> None:
    data = StepWithdrawn(shares=(a_text(1),))

    assert data == decode_body(encode_body(a_body(data))).data
    with pytest.raises(EventDataError):
        encode_body(a_body(StepWithdrawn(shares=())))
