"""What is seen of a server is told apart: fine, worth a look, broken; and what to do next."""

import pytest

from trailmark_server.doctor import judging
from trailmark_server.doctor.judging import DAY_MS, GIB, Check, State
from trailmark_server.metrics import Standing
from trailmark_server.settings import Kept

NOW = 1_800_000_000_000


def stands(behind: int = 0, failed: int = 0) -> Standing:
    return Standing(lanes=9, lanes_behind=behind, entries_behind=behind, failed_folds=failed)


@pytest.mark.parametrize(
    ("check", "state"),
    [
        (judging.settings(Kept(), "https://home.example.org"), "ok"),
        (judging.settings(Kept(), "http://127.0.0.1:8740"), "ok"),
        (judging.settings(Kept(), "http://home.example.org"), "bad"),
        (judging.settings(Kept(sign_in="passkey"), "https://192.0.2.1"), "bad"),
        (judging.settings(Kept(sign_in="passkey"), "https://home.example.org"), "ok"),
        (judging.rights([]), "ok"),
        (judging.rights(["keys.db"]), "bad"),
        (judging.rights([], ["keys.db"]), "bad"),
        (judging.certificate(NOW + 90 * DAY_MS, None, NOW), "ok"),
        (judging.certificate(NOW + 3 * DAY_MS, None, NOW), "look"),
        (judging.certificate(None, None, NOW), "look"),
        (judging.certificate(None, "certificate has expired", NOW), "bad"),
        (judging.clock(None, NOW, NOW), "ok"),
        (judging.clock(judging.CLOCK_MS, NOW, NOW), "ok"),
        (judging.clock(-judging.CLOCK_MS - 1, NOW, NOW), "bad"),
        (judging.clock(None, NOW + judging.CLOCK_MS + 1, NOW), "bad"),
        (judging.disk(GIB * 30, GIB * 90), "ok"),
        (judging.disk(GIB, GIB * 90), "look"),
        (judging.disk(GIB // 8, GIB * 90), "bad"),
        (judging.apart(None), "ok"),
        (judging.apart("role"), "look"),
        (judging.apart(None, is_known=False), "look"),
        (judging.backup([NOW - DAY_MS], [NOW - DAY_MS], NOW), "ok"),
        (judging.backup([NOW - DAY_MS, NOW - 40 * DAY_MS], None, NOW), "ok"),
        (judging.backup([NOW], [], NOW), "bad"),
        (judging.backup([NOW], [NOW + DAY_MS], NOW), "bad"),
        (judging.backup([NOW], [NOW - 3 * DAY_MS], NOW), "look"),
        (judging.backup([NOW], [NOW - 8 * DAY_MS], NOW), "bad"),
        (judging.backup([NOW], [NOW], NOW, has_newest_key=False), "look"),
        (judging.backup([], [], NOW), "bad"),
        (judging.backup([NOW - 3 * DAY_MS], None, NOW), "look"),
        (judging.backup([NOW - 8 * DAY_MS], None, NOW), "bad"),
        (judging.backup([NOW - 8 * DAY_MS, NOW + DAY_MS], None, NOW), "bad"),
        (judging.backup([NOW + DAY_MS], None, NOW), "bad"),
        (judging.backup([NOW, NOW + DAY_MS], None, NOW), "look"),
        (judging.backup([NOW], [NOW, NOW + DAY_MS], NOW), "look"),
        (judging.backup([NOW + 1000], [NOW + 1000], NOW), "ok"),
        (judging.backup([NOW - DAY_MS], [NOW, NOW - 31 * DAY_MS], NOW), "look"),
        (judging.backups_unseen("keys", "Permission denied"), "look"),
        (judging.projections(stands()), "ok"),
        (judging.projections(stands(behind=2)), "look"),
        (judging.projections(stands(behind=2, failed=1)), "bad"),
        (judging.heads(20, 0, keys_follow=True, lost_keys=0), "ok"),
        (judging.heads(20, 1, keys_follow=True, lost_keys=0), "bad"),
        (judging.heads(20, 0, keys_follow=False, lost_keys=0), "bad"),
        (judging.heads(20, 0, keys_follow=True, lost_keys=1), "bad"),
    ],
)
def test_how_it_is_and_what_to_do(check: Check, state: State) -> None:
    assert state == check.state
    assert check.words
    assert (state != "ok") == bool(check.advice)


def test_after_a_clock_that_was_ahead_nobody_is_sent_to_set_one_that_is_right() -> None:
    found = judging.clock(None, NOW + 365 * judging.DAY_MS, NOW)

    assert "or was ahead when that entry came" in found.words
    assert "if it is right now, leave it" in found.advice


@pytest.mark.parametrize(
    ("ahead_ms", "gap"), [(90_000, "1 minute"), (7_200_000, "2 hours"), (3 * DAY_MS, "3 days")]
)
def test_how_far_a_clock_is_off_is_told_in_the_unit_that_people_read(
    ahead_ms: int, gap: str
) -> None:
    assert f"are {gap} apart" in judging.clock(-ahead_ms, NOW, NOW).words
    assert f"({gap} from now)" in judging.clock(None, NOW + ahead_ms, NOW).words
