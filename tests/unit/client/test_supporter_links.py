"""Links for supporters: told until answered, told again to a restored server, never kept."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import supporters as circle
from tests.support.http_home import Answer, HttpHome, http_home
from tests.support.person import Person
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.queries.supporters import LinkLine, Supporter, list_supporters
from trailmark_client.storage.links import known_links, made_links
from trailmark_client.supporter_links import PATH, new_link, settle_links
from trailmark_shared import limits
from trailmark_shared.codes import link_token_hash
from trailmark_shared.errors import ErrorCode, RefusedError

EXPIRES = 9_999_999_999_999


class Server:
    """What a home server does about links.

    Attributes:
        links: Those that it remembers, by hash.
        refusal: What it says instead of taking one.
    """

    def __init__(self, home: HttpHome) -> None:
        self.home = home
        self.links: dict[str, dict[str, Any]] = {}
        self.refusal: Answer | None = None
        home.routes["GET", PATH] = lambda _body, _who: (200, {"links": [*self.links.values()]})

    def knows(self, supporter: Supporter) -> None:
        """Take links of a supporter."""
        path = f"{PATH}/{supporter.member}"
        self.home.routes["PUT", path] = lambda body, _who: self._put(supporter, body)
        self.home.routes["DELETE", path] = lambda _body, _who: self._delete(supporter)

    def _put(self, supporter: Supporter, body: dict[str, Any]) -> Answer:
        if self.refusal is not None:
            return self.refusal
        link = {
            "member": supporter.member,
            "lane": body["lane"],
            "token_hash": body["token_hash"],
            "expires_at": EXPIRES,
        }
        self.links.setdefault(body["token_hash"], link)
        return 200, self.links[body["token_hash"]]

    def _delete(self, supporter: Supporter) -> Answer:
        for link in self.links.values():
            if link["member"] == supporter.member:
                link |= {"ended_at": 7, "ended_by": "stopped"}
        return 204, b""

    @property
    def asked(self) -> list[str]:
        """The methods of what it was asked."""
        return [method for method, _, _ in self.home.asked]


@pytest.fixture
def home() -> Iterator[HttpHome]:
    with http_home() as served:
        yield served


@pytest.fixture
def server(home: HttpHome) -> Server:
    return Server(home)


@pytest.fixture
def sam(person: Person, server: Server) -> Supporter:
    circle.connect(person, server.home.url)
    sam = circle.let_in(person)
    server.knows(sam)
    return sam


def make(person: Person, supporter: Supporter) -> str:
    return person.write(lambda c, _r: new_link(person.app, c, supporter))


def link_of(person: Person) -> LinkLine:
    today, now_ms = person.now().day, person.clock.ms
    return person.read(lambda conn: list_supporters(conn, today, now_ms))[0].link


def refused(person: Person) -> ErrorCode:
    with pytest.raises(RefusedError) as error:
        settle_links(person.app)
    return error.value.code


def test_the_server_learns_the_hash_and_nobody_keeps_the_link(
    person: Person, sam: Supporter, server: Server
) -> None:
    link = make(person, sam)
    token = link.removeprefix(f"{server.home.url}/with/")
    person.clock.ms += 9
    assert "waiting" == link_of(person).state

    settle_links(person.app)

    told: dict[str, object] = {
        "lane": sam.lane,
        "token_hash": link_token_hash(token).hex(),
        "age_ms": 9,
        "replaces": [],
    }
    assert ("PUT", f"{PATH}/{sam.member}", told) in server.home.asked
    assert LinkLine(state="works", until=EXPIRES) == link_of(person)
    assert 43 == len(token)
    assert token.encode() not in person.app.file.path.read_bytes()
    assert token not in str(server.home.asked)


def test_a_new_link_names_those_that_it_replaces(
    person: Person, sam: Supporter, server: Server
) -> None:
    """The one that works may be another device's; those made here were perhaps told already."""
    server.links["b" * 64] = {"member": sam.member, "token_hash": "b" * 64, "expires_at": EXPIRES}
    server.links["c" * 64] = server.links["b" * 64] | {"token_hash": "c" * 64, "ended_at": 7}
    settle_links(person.app)

    make(person, sam)
    [lost] = person.read(made_links)
    make(person, sam)
    person.clock.ms -= 10**9
    settle_links(person.app)

    told = server.home.asked[-2][2]
    assert (["b" * 64, lost.token_hash], 0) == (told["replaces"], told["age_ms"])


def test_what_works_is_named_however_many_were_made(
    person: Person, sam: Supporter, server: Server
) -> None:
    server.links["b" * 64] = {"member": sam.member, "token_hash": "b" * 64, "expires_at": EXPIRES}
    settle_links(person.app)
    for _ in range(limits.SUPPORTER_LINK_REPLACES_MAX + 2):
        make(person, sam)

    [made] = person.read(made_links)
    assert limits.SUPPORTER_LINK_REPLACES_MAX == len(made.replaces)
    assert "b" * 64 == made.replaces[0]


def test_without_supporters_nothing_is_asked(person: Person, server: Server) -> None:
    circle.connect(person, server.home.url)
    person.let_in()
    settle_links(person.app)

    assert [] == server.asked


def test_without_a_server_there_is_no_link(person: Person) -> None:
    sam = circle.let_in(person)
    settle_links(person.app)

    with pytest.raises(RefusedError) as refusal:
        make(person, sam)
    assert ErrorCode.NOT_CONNECTED == refusal.value.code


def test_what_is_known_is_not_told_again(person: Person, sam: Supporter, server: Server) -> None:
    make(person, sam)
    settle_links(person.app)
    settle_links(person.app)

    assert ["GET", "PUT", "GET", "GET"] == server.asked


def test_an_answer_that_was_lost_is_asked_for_again(
    person: Person, sam: Supporter, server: Server
) -> None:
    make(person, sam)
    server.refusal = (503, {"code": "overloaded", "detail": "busy"})
    assert ErrorCode.OVERLOADED == refused(person)
    assert "waiting" == link_of(person).state

    server.refusal = None
    settle_links(person.app)
    assert "works" == link_of(person).state


def test_one_that_arrived_although_the_answer_was_lost_counts(
    person: Person, sam: Supporter, server: Server
) -> None:
    make(person, sam)
    [made] = person.read(made_links)
    server.links[made.token_hash] = {
        "member": sam.member,
        "token_hash": made.token_hash,
        "expires_at": EXPIRES,
    }
    settle_links(person.app)

    assert ["GET"] == server.asked
    assert "works" == link_of(person).state


def test_before_its_grant_arrived_a_link_waits(
    person: Person, sam: Supporter, server: Server
) -> None:
    make(person, sam)
    server.refusal = (404, {"code": "not_found", "detail": "nobody is let in there"})
    settle_links(person.app)

    assert "waiting" == link_of(person).state


def test_what_the_server_does_not_take_is_told_and_tried_again(
    person: Person, sam: Supporter, server: Server
) -> None:
    make(person, sam)
    server.refusal = (413, {"code": "too_large", "detail": "there are too many links"})
    settle_links(person.app)

    assert LinkLine(state="refused", message="there are too many links") == link_of(person)
    server.refusal = None
    settle_links(person.app)
    assert "works" == link_of(person).state


def test_a_restored_server_is_told_again(person: Person, sam: Supporter, server: Server) -> None:
    make(person, sam)
    settle_links(person.app)
    server.links.clear()

    settle_links(person.app)

    assert 1 == len(server.links)
    assert "works" == link_of(person).state


def test_after_stopping_the_server_ends_the_link(
    person: Person, sam: Supporter, server: Server
) -> None:
    make(person, sam)
    settle_links(person.app)
    person.write(lambda c, r: stop_sharing(c, r, sam.grant, r.now()))

    settle_links(person.app)
    settle_links(person.app)

    assert ["stopped"] == [each.ended_by for each in person.read(known_links)]
    assert 1 == server.asked.count("DELETE")
    assert [] == person.read(made_links)


def test_a_link_of_long_ago_is_not_told_again(
    person: Person, sam: Supporter, server: Server
) -> None:
    """It has ended by now, and another device may have made one since."""
    make(person, sam)
    settle_links(person.app)
    server.links.clear()
    person.clock.ms += limits.SUPPORTER_LINK_TTL_MS + 1

    settle_links(person.app)

    assert ["GET", "PUT", "GET", "GET"] == server.asked
    assert "none" == link_of(person).state


def test_a_clock_that_goes_wrong_takes_nobody_s_link(
    person: Person, sam: Supporter, server: Server
) -> None:
    """It was shown once, and its supporter holds it: it works once the server is told."""
    make(person, sam)
    server.refusal = (404, {"code": "not_found", "detail": "nobody is let in there"})
    person.clock.ms += 365 * 24 * 3600 * 1000
    settle_links(person.app)
    assert "waiting" == link_of(person).state

    server.refusal = None
    settle_links(person.app)

    assert 1 == len(server.links)
    assert "works" == link_of(person).state


def test_a_server_that_is_away_changes_nothing(person: Person, sam: Supporter) -> None:
    make(person, sam)
    circle.connect(person, "http://127.0.0.1:1")

    assert ErrorCode.UNREACHABLE == refused(person)
    assert "waiting" == link_of(person).state
