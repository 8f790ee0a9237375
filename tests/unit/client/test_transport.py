"""The end of a connection says whether to come back."""

import pytest

from trailmark_client.transport import TransportClosedError, raise_closed
from trailmark_shared.errors import ErrorCode


@pytest.mark.parametrize(
    ("code", "error", "retry", "words"),
    [
        (None, ErrorCode.UNREACHABLE, "later", "the connection was lost"),
        (1000, ErrorCode.UNREACHABLE, "later", "the connection was lost"),
        (1006, ErrorCode.UNREACHABLE, "later", "the connection was lost"),
        (1009, ErrorCode.TOO_LARGE, "never", "a frame was over its bound"),
        (4401, ErrorCode.NOT_SIGNED_IN, "after_sign_in", "the server does not know this device"),
    ],
)
def test_a_close_code_is_told(code: int | None, error: ErrorCode, retry: str, words: str) -> None:
    with pytest.raises(TransportClosedError) as raised:
        raise_closed(code)

    assert (error, retry, words) == (
        raised.value.code,
        raised.value.retry,
        raised.value.message,
    )
