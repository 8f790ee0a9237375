"""What a client does at once, whatever its session is about."""

import pytest

from trailmark_shared import limits
from trailmark_shared.protocol import effects, messages
from trailmark_shared.protocol.client_answers import Told, answers_to, words_of_revocations


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (messages.Ping(now=1), [effects.Send(message=messages.Pong(now=5))]),
        (messages.Pong(now=1), []),
        (messages.Revoked(grants=[bytes(16)]), []),
        (messages.Throttle(ms=7), [effects.Pause(ms=7)]),
        (messages.Throttle(ms=10**9), [effects.Pause(ms=limits.THROTTLE_MS_MAX)]),
        (
            messages.Renewed(credential="tmd_x", expires_at=9),
            [effects.SaveCredential(credential="tmd_x", expires_at=9)],
        ),
    ],
)
def test_each_message_has_its_answer(told: Told, expected: list[effects.Effect]) -> None:
    assert expected == answers_to(told, 5)


def test_revocations_are_told_within_the_bound() -> None:
    grants = [number.to_bytes(16, "big") for number in range(limits.REVOKED_GRANTS_MAX + 1)]

    first, second = words_of_revocations(grants)

    assert effects.Send(message=messages.Revoked(grants=grants[:-1])) == first
    assert effects.Send(message=messages.Revoked(grants=grants[-1:])) == second
    assert [] == words_of_revocations([])
