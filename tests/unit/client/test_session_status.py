"""How a session ends, as those see it who decide whether to come back."""

from trailmark_client.session_status import Ended, Status


def test_an_end_that_says_nothing_else_is_tried_again() -> None:
    ended = Ended()

    assert (None, "later", False, 0) == (ended.code, ended.retry, ended.is_done, ended.wait_ms)


def test_who_watches_sees_the_phase_first() -> None:
    status = Status(phase="live")

    assert ("live", 0, None) == (status.phase, status.waiting, status.code)
