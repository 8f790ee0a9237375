"""Words that an erasure took away from an export are told by whoever checks it."""

import pytest

from tests.support.exports import a_lane, check, lines_of, placed, row_of, words_at
from tests.support.lane_devices import LaneDevice, erasing
from trailmark_shared.events.envelope import without_body
from trailmark_shared.exports import check as check_module


class TestWordless:
    """Words that an entry took away: the file cannot show who wanted it, so they are told."""

    def test_erased_entries_are_named_and_are_no_misfits(self) -> None:
        found = check(lines_of(a_lane()))

        assert ((5,), 1, ()) == (found.wordless, found.wordless_in_all, found.misfits)

    def test_a_revocation_hidden_behind_an_invented_erasure_is_among_them(self) -> None:
        """An operator adds an erasure in the person's name, which no device obeys."""
        phone, invented = LaneDevice(), LaneDevice(seed=9)
        grant, goal, revoked = phone.grants(), phone.shares(), phone.revokes()
        honest = placed([row_of(grant), row_of(goal), row_of(revoked)])
        erased = row_of(invented.says(erasing(revoked)))
        rows = placed([*honest[:2], row_of(without_body(revoked)), erased])
        found = check(lines_of(rows), words_at(honest, 3))

        assert ((3,), 1) == (found.wordless, found.wordless_in_all)

    def test_no_more_are_named_than_the_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(check_module, "MISFITS_MAX", 1)
        phone = LaneDevice()
        grant, gone = phone.grants(), [phone.shares("one"), phone.shares("two")]
        rows = [grant, *map(without_body, gone), phone.says(erasing(*gone))]
        found = check(lines_of(placed(list(map(row_of, rows)))))

        assert ((2,), 2) == (found.wordless, found.wordless_in_all)
