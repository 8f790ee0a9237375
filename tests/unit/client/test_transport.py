"""The end of a connection says whether to come back."""

import pytest

from trailmark_client.transport import TransportClosedError, raise_closed
from trailmark_shared.errors import ErrorCode


@pytest.mark.parametrize(
    ("code", "error", "retry"),
    [
        (None, ErrorCode.UNREACHABLE, "later"),
        (1006, ErrorCode.UNREACHABLE, "later"),
        (4401, ErrorCode.NOT_SIGNED_IN, "after_sign_in"),
    ],
)
def test_a_close_code_is_told(code: int | None, error: ErrorCode, retry: str) -> None:
    with pytest.raises(TransportClosedError) as raised:
        raise_closed(code)

    assert (error, retry) == (raised.value.code, raised.value.retry)
