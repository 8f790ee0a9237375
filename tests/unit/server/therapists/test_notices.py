"""What therapists are told: in order, to a bound, and wrong tries as one line."""

from tests.support.stores import MemoryParts
from trailmark_server.storage.accounts import NOBODY, AccountRows
from trailmark_server.therapists.notices import add_notice, note_failed_try, settle_failed_tries
from trailmark_shared import limits

WHO = b"m" * 16


async def test_the_latest_stands_first_and_the_oldest_is_forgotten() -> None:
    def work(rows: AccountRows) -> list[tuple[int, str, int]]:
        for number in range(limits.NOTICES_MAX + 2):
            add_notice(rows, WHO, "passkey_added", number, f"key {number}")
        add_notice(rows, NOBODY, "password_set", 1)
        return [(each.number, each.detail, each.at) for each in rows.notices(WHO)]

    told = await MemoryParts().accounts.write(work)

    last = limits.NOTICES_MAX + 1
    assert limits.NOTICES_MAX == len(told)
    assert (last + 1, f"key {last}", last) == told[0]
    assert (3, "key 2", 2) == told[-1]


async def test_wrong_tries_become_one_line_and_begin_anew() -> None:
    def work(rows: AccountRows) -> list[tuple[str, str, int]]:
        for at in (5, 6, 9):
            note_failed_try(rows, WHO, at)
        note_failed_try(rows, NOBODY, 7)
        settle_failed_tries(rows, WHO)
        settle_failed_tries(rows, WHO)
        note_failed_try(rows, WHO, 12)
        settle_failed_tries(rows, WHO)
        settle_failed_tries(rows, b"x" * 16)
        return [(each.kind, each.detail, each.at) for each in rows.notices(WHO)]

    told = await MemoryParts().accounts.write(work)

    assert [("failed_tries", "1", 12), ("failed_tries", "3", 9)] == told
