"""Supporters' links: one for each, the one made last; what ends stays ended."""

import pytest
from msgspec.structs import replace

from trailmark_server import supporters
from trailmark_server.storage.accounts import SupporterLink
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_server.storage.grants import end_of_day, is_over
from trailmark_server.supporters import ClosedLinkError, NewLink, Registered
from trailmark_server.tokens import secret_hash
from trailmark_shared import limits
from trailmark_shared.errors import LimitExceededError
from trailmark_shared.ids import SpaceId, care_lane, circle_lane

NOW = 1_800_000_000_000
SPACE = SpaceId(b"s" * 16)
SAM = b"f" * 16
FIRST = NewLink(
    hash=b"1" * 32, space=SPACE, lane=circle_lane(SAM), member=SAM, made_at=NOW - 9, until=None
)
SECOND = replace(FIRST, hash=b"2" * 32, made_at=NOW - 5)


@pytest.fixture
def rows() -> MemoryAccountRows:
    return MemoryAccountRows()


def register(rows: MemoryAccountRows, new: NewLink, now: int = NOW) -> Registered:
    return supporters.register_link(rows, new, now)


def kept(rows: MemoryAccountRows, hash_: bytes) -> SupporterLink:
    link = rows.supporter_link(hash_)
    assert link is not None
    return link


def of_number(number: int, **changes: object) -> NewLink:
    hash_ = number.to_bytes(32, "big")
    return replace(FIRST, hash=hash_, **changes)


class TestRegistering:
    def test_a_link_works_for_its_time(self, rows: MemoryAccountRows) -> None:
        link = register(rows, FIRST).link

        assert (NOW - 9, NOW, NOW + limits.SUPPORTER_LINK_TTL_MS) == (
            link.made_at,
            link.registered_at,
            link.expires_at,
        )
        assert supporters.is_open(link, link.expires_at - 1)
        assert not supporters.is_open(link, link.expires_at)

    def test_never_longer_than_the_grant(self, rows: MemoryAccountRows) -> None:
        assert NOW + 7 == register(rows, replace(FIRST, until=NOW + 7)).link.expires_at

    def test_a_clock_that_is_ahead_makes_no_link_later_than_now(
        self, rows: MemoryAccountRows
    ) -> None:
        register(rows, replace(FIRST, made_at=NOW + 10**12))

        assert NOW == kept(rows, FIRST.hash).made_at
        assert [FIRST.hash] == register(rows, replace(SECOND, made_at=NOW + 1), NOW + 2).ended

    def test_the_next_one_ends_it(self, rows: MemoryAccountRows) -> None:
        register(rows, FIRST)

        assert [FIRST.hash] == register(rows, SECOND, NOW + 1).ended
        assert (NOW + 1, "replaced") == (
            kept(rows, FIRST.hash).ended_at,
            kept(rows, FIRST.hash).ended_by,
        )
        assert [kept(rows, SECOND.hash)] == supporters.links_of(rows, SPACE, SAM, NOW + 1)

    def test_telling_of_it_again_changes_nothing(self, rows: MemoryAccountRows) -> None:
        register(rows, FIRST)
        register(rows, SECOND, NOW + 1)

        again = register(rows, FIRST, NOW + 2)

        assert (kept(rows, FIRST.hash), ()) == (again.link, again.ended)
        assert "replaced" == again.link.ended_by
        assert [kept(rows, SECOND.hash)] == supporters.links_of(rows, SPACE, SAM, NOW + 2)

    def test_one_made_before_the_present_one_is_over_at_once(self, rows: MemoryAccountRows) -> None:
        """Another device made it earlier and comes to tell of it later."""
        register(rows, SECOND)

        late = register(rows, FIRST, NOW + 1)

        assert ("replaced", [FIRST.hash]) == (late.link.ended_by, late.ended)
        assert [SECOND.hash] == [e.hash for e in supporters.links_of(rows, SPACE, SAM, NOW + 1)]

    def test_a_link_ends_those_that_its_device_knew_of_whatever_its_clock_says(
        self, rows: MemoryAccountRows
    ) -> None:
        register(rows, SECOND)

        told = register(rows, replace(FIRST, replaces=frozenset({SECOND.hash})), NOW + 1)

        assert (None, [SECOND.hash]) == (told.link.ended_by, told.ended)

    def test_what_the_keys_list_as_ended_is_never_open(self, rows: MemoryAccountRows) -> None:
        told = register(rows, replace(FIRST, is_over=True))

        assert "replaced" == told.link.ended_by

    def test_others_keep_their_links(self, rows: MemoryAccountRows) -> None:
        kim = replace(FIRST, hash=b"3" * 32, member=b"k" * 16, lane=circle_lane(b"k" * 16))
        register(rows, FIRST)
        register(rows, kim)

        assert [FIRST.hash] == [e.hash for e in supporters.links_of(rows, SPACE, SAM, NOW)]

    def test_a_hash_of_somebody_else_is_refused(self, rows: MemoryAccountRows) -> None:
        register(rows, FIRST)

        with pytest.raises(ClosedLinkError):
            register(rows, replace(FIRST, space=SpaceId(b"o" * 16)))


class TestBounds:
    def test_supporters_at_once(self, rows: MemoryAccountRows) -> None:
        members = [bytes([number]) * 16 for number in range(limits.SUPPORTERS_MAX + 1)]
        for number, member in enumerate(members[:-1]):
            register(rows, of_number(number, member=member))

        with pytest.raises(LimitExceededError, match="SUPPORTERS_MAX"):
            register(rows, of_number(99, member=members[-1]))
        register(rows, of_number(100, member=members[0]))

        gone = supporters.links_of(rows, SPACE, members[1], NOW)[0]
        supporters.end_link(rows, gone.hash, "left", NOW)
        register(rows, of_number(99, member=members[-1]))

    def test_links_remembered(self, rows: MemoryAccountRows) -> None:
        for number in range(limits.SUPPORTER_LINKS_MAX):
            register(rows, of_number(number, made_at=NOW + number), NOW + number)
        late = NOW + limits.SUPPORTER_LINKS_MAX

        with pytest.raises(LimitExceededError, match="SUPPORTER_LINKS_MAX"):
            register(rows, of_number(999, made_at=late), late)

        aged = late + 2 * limits.SUPPORTER_LINK_TTL_MS + limits.SIGN_IN_LINK_TTL_MS
        register(rows, of_number(999, made_at=aged), aged)
        assert 1 == len(rows.supporter_links(SPACE))

    def test_browsers_of_one_link(self, rows: MemoryAccountRows) -> None:
        link = register(rows, FIRST).link
        tokens = [str(number) for number in range(limits.SUPPORTER_SESSIONS_MAX + 1)]
        for at, token in enumerate(tokens):
            supporters.open_session(rows, link, token, NOW + at)

        kept_ones = rows.supporter_sessions(link.hash)
        assert [secret_hash(each) for each in tokens[1:]] == [each.hash for each in kept_ones]


class TestBrowsers:
    def test_opening_notes_the_first_time(self, rows: MemoryAccountRows) -> None:
        link = register(rows, FIRST).link
        supporters.open_session(rows, link, "one", NOW + 1)
        supporters.open_session(rows, kept(rows, FIRST.hash), "two", NOW + 2)

        assert NOW + 1 == kept(rows, FIRST.hash).opened_at

    def test_what_ended_opens_nothing(self, rows: MemoryAccountRows) -> None:
        link = register(rows, FIRST).link
        supporters.end_link(rows, link.hash, "stopped", NOW)
        supporters.end_link(rows, link.hash, "left", NOW + 1)

        assert "stopped" == kept(rows, FIRST.hash).ended_by
        with pytest.raises(ClosedLinkError):
            supporters.open_session(rows, kept(rows, FIRST.hash), "token", NOW)
        with pytest.raises(ClosedLinkError):
            supporters.open_session(rows, link, "token", link.expires_at)
        supporters.end_link(rows, b"x" * 32, "left", NOW)

    def test_a_browser_is_asked_for_the_link_again(self, rows: MemoryAccountRows) -> None:
        link = register(rows, FIRST).link
        supporters.open_session(rows, link, "token", NOW)
        hash_, idle = secret_hash("token"), limits.SUPPORTER_SESSION_IDLE_MS

        assert kept(rows, link.hash) == supporters.link_of_session(rows, hash_, NOW + idle - 1)
        assert supporters.link_of_session(rows, hash_, NOW + idle) is None
        assert supporters.link_of_session(rows, hash_, NOW - idle) is None
        assert supporters.link_of_session(rows, b"x" * 32, NOW) is None

    def test_being_used_it_lives_on_until_its_end(self, rows: MemoryAccountRows) -> None:
        supporters.open_session(rows, register(rows, FIRST).link, "token", NOW)
        hash_, now = secret_hash("token"), NOW
        while supporters.link_of_session(rows, hash_, now) is not None:
            assert supporters.is_stale(rows, hash_, now) == (now != NOW)
            supporters.touch_session(rows, hash_, now)
            now += limits.SUPPORTER_SESSION_IDLE_MS - 1

        assert now >= NOW + limits.SUPPORTER_SESSION_MAX_MS
        assert not supporters.is_stale(rows, b"x" * 32, NOW)
        supporters.touch_session(rows, b"x" * 32, NOW)
        assert rows.supporter_session(b"x" * 32) is None


def test_each_event_has_one_encouragement_of_its_own() -> None:
    ids = {
        supporters.encouragement_form(space, lane, cause)
        for space in (SPACE, SpaceId(b"o" * 16))
        for lane in (circle_lane(SAM), care_lane(SAM))
        for cause in (b"1" * 16, b"2" * 16)
    }

    assert 8 == len(ids)
    assert {16} == {len(each) for each in ids}


@pytest.mark.parametrize("until", ["2027-01-15", "2028-02-29"])
def test_a_link_ends_with_the_last_day_of_its_grant(until: str) -> None:
    end = end_of_day(until)

    assert not is_over(until, end - 1)
    assert is_over(until, end)


def test_no_last_day_is_beyond_every_calendar() -> None:
    assert end_of_day("9999-12-31") > end_of_day("9999-12-30")
