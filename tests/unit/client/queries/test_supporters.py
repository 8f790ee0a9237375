"""Supporters in a list: who they are, how their link stands, who is meant by a name."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support import supporters as circle
from tests.support.person import NOON, Person
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.commands.supporters import keep_link
from trailmark_client.queries.supporters import (
    LinkLine,
    Supporter,
    SupporterLine,
    list_supporters,
    live_supporters,
    supporter_meant,
)
from trailmark_client.storage.links import KnownLink, change_made, keep_known
from trailmark_shared.errors import DomainError, ErrorCode

TODAY = "2025-10-09"
HASH = b"1" * 32


@pytest.fixture
def sam(person: Person) -> Supporter:
    return circle.let_in(person)


def line_of(person: Person, now_ms: int = NOON) -> SupporterLine:
    return person.read(lambda conn: list_supporters(conn, TODAY, now_ms))[0]


def make_link(person: Person, sam: Supporter, **changes: Any) -> None:  # noqa: ANN401  (any field)
    person.write(lambda c, _r: keep_link(c, sam, HASH, NOON))
    person.write(lambda c, _r: change_made(c, lambda each: replace(each, **changes)))


def refused(work: Callable[[], object]) -> ErrorCode:
    with pytest.raises(DomainError) as error:
        work()
    return error.value.code


def test_only_supporters_are_listed_with_what_they_see(person: Person, sam: Supporter) -> None:
    person.let_in()
    circle.send(person, sam, "win", circle.win(person))

    [line] = person.read(lambda conn: list_supporters(conn, TODAY, NOON))

    assert ("Sam", "live", None, ["I said no"]) == (
        line.name,
        line.state,
        line.until,
        [each.words for each in line.sent],
    )
    assert (None, [], LinkLine(state="none")) == (line.relation, line.helps, line.link)


class TestLinks:
    def test_a_link_waits_for_the_next_sync(self, person: Person, sam: Supporter) -> None:
        make_link(person, sam)

        assert LinkLine(state="waiting") == line_of(person).link

    def test_what_the_server_does_not_take_is_told(self, person: Person, sam: Supporter) -> None:
        make_link(person, sam, refused="there are too many")

        assert LinkLine(state="refused", message="there are too many") == line_of(person).link

    @pytest.mark.parametrize(
        ("changes", "now_ms", "state"),
        [
            ({}, 49, "works"),
            ({}, 50, "expired"),
            ({"ended_at": 7, "ended_by": "left"}, 49, "left"),
            ({"ended_at": 7, "ended_by": "stopped"}, 49, "stopped"),
            ({"ended_at": 7, "ended_by": "replaced"}, 49, "replaced"),
        ],
    )
    def test_then_it_stands_as_the_server_says(
        self, person: Person, sam: Supporter, changes: dict[str, Any], now_ms: int, state: str
    ) -> None:
        make_link(person, sam, is_told=True)
        known = KnownLink(member=sam.member, token_hash="a" * 64, expires_at=50, opened_at=3)
        known = replace(known, **changes)
        person.write(lambda c, _r: keep_known(c, [known]))

        link = line_of(person, now_ms).link

        assert (state, 3) == (link.state, link.opened_at)
        assert (link.until is None) == bool(changes)

    def test_the_link_of_another_device_counts_too(self, person: Person, sam: Supporter) -> None:
        ended = KnownLink(
            member=sam.member, token_hash="a" * 64, expires_at=50, ended_at=1, ended_by="replaced"
        )
        present = KnownLink(member=sam.member, token_hash="b" * 64, expires_at=60)
        other = KnownLink(member="kim", token_hash="c" * 64, expires_at=70)
        person.write(lambda c, _r: keep_known(c, [present, ended, other]))

        assert LinkLine(state="works", until=60) == line_of(person, 1).link

    def test_after_stopping_no_link_counts(self, person: Person, sam: Supporter) -> None:
        make_link(person, sam)
        person.write(lambda c, r: stop_sharing(c, r, sam.grant, r.now()))

        assert ("stopping", "stopped") == (line_of(person).state, line_of(person).link.state)


class TestNames:
    def test_the_beginning_of_a_name_means_one(self, person: Person, sam: Supporter) -> None:
        assert sam == person.read(lambda conn: supporter_meant(conn, "sA", TODAY))

    def test_a_whole_name_means_that_one_and_no_longer_one(
        self, person: Person, sam: Supporter
    ) -> None:
        circle.let_in(person, "Samira")

        assert sam == person.read(lambda conn: supporter_meant(conn, "sam", TODAY))
        assert ErrorCode.AMBIGUOUS_ID == refused(
            lambda: person.read(lambda conn: supporter_meant(conn, "sa", TODAY))
        )

    def test_a_therapist_is_no_supporter(self, person: Person, sam: Supporter) -> None:
        person.let_in()

        assert [sam.member] == list(person.read(lambda conn: live_supporters(conn, TODAY)))
        assert ErrorCode.NOT_FOUND == refused(
            lambda: person.read(lambda conn: supporter_meant(conn, "Dr", TODAY))
        )

    def test_behind_the_last_day_nobody_is_meant(self, person: Person) -> None:
        circle.let_in(person, "Kim", TODAY)

        assert ErrorCode.NOT_SHARED == refused(
            lambda: person.read(lambda conn: supporter_meant(conn, "Kim", "2025-10-10"))
        )

    def test_nor_once_stopped(self, person: Person, sam: Supporter) -> None:
        person.write(lambda c, r: stop_sharing(c, r, sam.grant, r.now()))

        assert ErrorCode.NOTHING_CHANGED == refused(
            lambda: person.read(lambda conn: supporter_meant(conn, "Sam", TODAY))
        )
