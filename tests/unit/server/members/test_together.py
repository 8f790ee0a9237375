"""Reads side by side: in their order, a few at a time, and all stopped by the first that fails."""

import asyncio

import pytest

from trailmark_server.members.together import READS_AT_ONCE, together


async def test_answers_come_in_the_order_of_the_reads_a_few_at_a_time() -> None:
    under_way, most = 0, 0

    async def read(number: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(20 - number):
            await asyncio.sleep(0)
        under_way -= 1
        return number

    found = await together([read(number) for number in range(10)])

    assert list(range(10)) == found
    assert READS_AT_ONCE == most


async def test_what_fails_stops_the_others() -> None:
    done: list[int] = []

    async def read(number: int) -> None:
        if number == 0:
            raise LookupError
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        done.append(number)

    with pytest.raises(LookupError):
        await together([read(number) for number in range(10)])
    for _ in range(10):
        await asyncio.sleep(0)

    assert [] == done
