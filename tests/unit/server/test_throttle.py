"""Throttles: bursts are allowed, a steady rate is kept, addresses are forgotten in turn."""

import pytest

from trailmark_server.throttle import (
    Bucket,
    TooManyTriesError,
    Tries,
    account_tries,
    challenge_counts,
)
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError


def test_a_bucket_goes_into_debt_and_pays_it_off() -> None:
    bucket = Bucket(burst=10, per_second=2, now=0)

    assert 0 == bucket.take(10, 0)
    assert bucket.take(4, 0) in range(2000, 2002)
    assert 0 == bucket.take(1, 2500)


def test_a_bucket_holds_no_more_than_its_burst() -> None:
    bucket = Bucket(burst=3, per_second=1, now=0)

    assert 0 == bucket.take(3, 10**9)
    assert bucket.take(1, 10**9) > 0


def wrong(tries: Tries, address: str, now: int = 0) -> ErrorCode:
    with pytest.raises(RefusedError) as caught, tries.counted(address, now):
        raise RefusedError(ErrorCode.WRONG_CODE, "wrong")
    return caught.value.code


def test_wrong_tries_are_counted_by_address() -> None:
    tries = Tries()
    for _ in range(limits.TRIES_BURST):
        assert ErrorCode.WRONG_CODE == wrong(tries, "192.0.2.1")

    assert ErrorCode.RATE_LIMITED == wrong(tries, "192.0.2.1")
    assert ErrorCode.WRONG_CODE == wrong(tries, "192.0.2.2")
    assert ErrorCode.WRONG_CODE == wrong(tries, "192.0.2.1", limits.TRIES_REFILL_MS)


def test_who_waits_as_long_as_is_said_may_try_again() -> None:
    tries = Tries()
    for _ in range(limits.TRIES_BURST):
        wrong(tries, "192.0.2.1")
    with pytest.raises(TooManyTriesError) as caught:
        tries.count("192.0.2.1", 1)

    assert caught.value.wait_ms in range(limits.TRIES_REFILL_MS - 1, limits.TRIES_REFILL_MS + 1)
    assert ErrorCode.RATE_LIMITED == wrong(tries, "192.0.2.1", caught.value.wait_ms - 1)
    assert ErrorCode.WRONG_CODE == wrong(tries, "192.0.2.1", 1 + caught.value.wait_ms)


def test_a_waiting_room_may_join_through_one_address() -> None:
    tries = Tries()
    for _ in range(3 * limits.TRIES_BURST):
        with tries.counted("192.0.2.1", 0):
            pass

    assert ErrorCode.WRONG_CODE == wrong(tries, "192.0.2.1")


def test_right_tries_pay_for_no_wrong_ones() -> None:
    """Whoever has an account would guess at those of others for ever."""
    tries = Tries()
    for _ in range(limits.TRIES_BURST):
        with tries.counted("192.0.2.1", 0):
            pass
        assert ErrorCode.WRONG_CODE == wrong(tries, "192.0.2.1")

    assert ErrorCode.RATE_LIMITED == wrong(tries, "192.0.2.1")


def test_the_oldest_address_is_forgotten_first() -> None:
    tries = Tries()
    for _ in range(limits.TRIES_BURST):
        wrong(tries, "first")
    for number in range(limits.TRIES_ADDRESSES_MAX):
        with tries.counted(str(number), 0):
            pass

    assert ErrorCode.WRONG_CODE == wrong(tries, "first")


def test_each_kind_of_try_has_its_own_bounds() -> None:
    accounts, challenges = account_tries(), challenge_counts()
    for _ in range(limits.ACCOUNT_TRIES_BURST):
        assert ErrorCode.WRONG_CODE == wrong(accounts, "somebody")
    for _ in range(limits.CHALLENGES_BURST):
        challenges.count("192.0.2.1", 0)

    assert ErrorCode.RATE_LIMITED == wrong(accounts, "somebody")
    assert ErrorCode.WRONG_CODE == wrong(accounts, "somebody", limits.ACCOUNT_TRIES_REFILL_MS)
    with pytest.raises(RefusedError):
        challenges.count("192.0.2.1", 0)
    challenges.count("192.0.2.1", limits.CHALLENGES_REFILL_MS)


def test_only_so_many_accounts_are_remembered() -> None:
    tries = account_tries()
    for _ in range(limits.ACCOUNT_TRIES_BURST):
        wrong(tries, "first")
    for number in range(limits.ACCOUNTS_TRIED_MAX - 1):
        tries.count(str(number), 0)
    assert ErrorCode.RATE_LIMITED == wrong(tries, "first")

    for number in range(limits.ACCOUNTS_TRIED_MAX):
        tries.count(f"more {number}", 0)
    assert ErrorCode.WRONG_CODE == wrong(tries, "first")
