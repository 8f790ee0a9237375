"""What a device begins a session with, and how a server's last words end it."""

from tests.support.session_steps import DEVICE, EPOCH, SPACE
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.protocol import effects, messages


def start(revoked: list[bytes]) -> effects.Start:
    return effects.Start(
        space=SPACE,
        device=DEVICE,
        epoch=EPOCH,
        now=-5,
        lanes=[],
        revoked=revoked,
        needs_epoch=False,
        held=[],
    )


def test_hello_never_names_more_revocations_than_a_frame_may() -> None:
    revoked = [bytes(16)] * (limits.REVOKED_GRANTS_MAX + 1)

    assert limits.REVOKED_GRANTS_MAX == len(start(revoked).hello().revoked)


def test_hello_speaks_the_versions_of_this_build() -> None:
    hello = start([]).hello()

    assert (messages.PROTOCOL_OLDEST, messages.PROTOCOL_VERSION) == hello.protocol
    assert -5 == hello.now


def test_a_clock_before_1970_is_no_reason_to_refuse() -> None:
    assert -5 == start([]).hello().now


def test_the_servers_advice_is_kept() -> None:
    error = messages.Error(code="signed_out", retry="after_sign_in", message="signed out")

    close = effects.close_from_peer(error)

    assert (ErrorCode.SIGNED_OUT, "after_sign_in") == (close.code, close.retry)


def test_a_code_of_the_future_is_internal() -> None:
    error = messages.Error(code="of_the_future", retry="later", message="?")

    assert effects.close_from_peer(error).code is ErrorCode.INTERNAL


def test_a_restart_says_how_long_to_wait() -> None:
    close = effects.close_from_peer(messages.GoingAway(spread_ms=7))

    assert (ErrorCode.GOING_AWAY, 7) == (close.code, close.wait_ms)


def test_bye_is_a_normal_end() -> None:
    assert effects.close_from_peer(messages.Bye()).code is None
