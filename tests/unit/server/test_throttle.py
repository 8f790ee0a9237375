"""Throttles: bursts are allowed, a steady rate is kept, addresses are forgotten in turn."""

import pytest

from trailmark_server.throttle import Bucket, Tries
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


def test_tries_are_counted_by_address() -> None:
    tries = Tries()
    for _ in range(limits.TRIES_BURST):
        tries.count("192.0.2.1", 0)

    with pytest.raises(RefusedError) as caught:
        tries.count("192.0.2.1", 0)
    assert ErrorCode.RATE_LIMITED == caught.value.code
    tries.count("192.0.2.2", 0)
    tries.count("192.0.2.1", limits.TRIES_REFILL_MS)


def test_the_oldest_address_is_forgotten_first() -> None:
    tries = Tries()
    for _ in range(limits.TRIES_BURST):
        tries.count("first", 0)
    for number in range(limits.TRIES_ADDRESSES_MAX):
        tries.count(str(number), 0)

    tries.count("first", 0)
