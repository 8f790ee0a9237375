"""Data of barriers and of what helps."""

import pytest

from tests.support.entries import a_body
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.coping import BARRIER_KINDS, BarrierIdentified, CopingUsed


@pytest.mark.parametrize("where", BARRIER_KINDS)
def test_a_barrier_lies_somewhere(where: str) -> None:
    data = BarrierIdentified(text="x", where=where)  # pyright: ignore[reportArgumentType]

    assert data == decode_body(encode_body(a_body(data))).data


@pytest.mark.parametrize("helped", [-1, 5])
def test_help_goes_from_0_to_4(helped: int) -> None:
    with pytest.raises(EventDataError):
        encode_body(a_body(CopingUsed(helped=helped)))


def test_how_much_it_helped_need_not_be_said() -> None:
    assert CopingUsed() == decode_body(encode_body(a_body(CopingUsed()))).data
