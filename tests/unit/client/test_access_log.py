"""Who looked: asked once, kept for reading without a network."""

from collections.abc import Iterator

import pytest

from tests.support.http_home import HttpHome, http_home
from tests.support.person import Person
from tests.support.supporters import connect
from trailmark_client.access_log import fetch_log, kept_log, looks_of
from trailmark_client.server_answers import AccessAnswer
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError

LOG = {
    "entries": [
        {"member": "m", "name": "Dr Demo", "page": "timeline", "at": 2},
        {"member": "m", "name": None, "page": "refused:ended", "at": 1, "news": True},
    ],
    "more": True,
}


@pytest.fixture
def home() -> Iterator[HttpHome]:
    with http_home() as served:
        yield served


def test_what_was_told_is_kept(person: Person, home: HttpHome) -> None:
    connect(person, home.url)
    home.on("GET", "/api/access-log", (200, LOG))

    told = fetch_log(person.app)

    assert (person.clock.ms, True) == (told.asked_at, told.more)
    assert [("timeline", "Dr Demo"), ("refused:ended", None)] == [
        (each.page, each.name) for each in told.entries
    ]
    assert told == person.read(kept_log)


def test_older_pages_are_asked_for_and_only_the_newest_is_kept(
    person: Person, home: HttpHome
) -> None:
    connect(person, home.url)
    older = {"entries": [{"member": "m", "name": None, "page": "goal", "at": 0}], "more": False}
    home.on("GET", "/api/access-log", (200, {**LOG, "next": "1-m-goal"}))
    home.on("GET", "/api/access-log?before=1-m-goal", (200, older))

    told = fetch_log(person.app, everything=True)
    kept = person.read(kept_log)

    assert ([2, 1, 0], False) == ([each.at for each in told.entries], told.more)
    assert kept is not None
    assert ([2, 1], True) == ([each.at for each in kept.entries], kept.more)


def test_a_server_without_an_end_is_not_asked_for_ever(person: Person, home: HttpHome) -> None:
    connect(person, home.url)
    answer: dict[str, object] = {"entries": [], "more": True, "next": "1-m-goal"}
    home.on("GET", "/api/access-log", (200, answer))
    home.on("GET", "/api/access-log?before=1-m-goal", (200, answer))

    assert fetch_log(person.app, everything=True).more
    assert limits.ACCESS_LOG_PAGES_MAX == len(home.asked)


def test_nothing_is_kept_at_first(person: Person) -> None:
    assert person.read(kept_log) is None
    with pytest.raises(RefusedError) as refused:
        fetch_log(person.app)
    assert ErrorCode.NOT_CONNECTED == refused.value.code


def test_a_page_that_could_write_words_of_its_own_is_refused(
    person: Person, home: HttpHome
) -> None:
    connect(person, home.url)
    entry = {"member": "m", "name": "Dr Demo", "page": "timeline\nDr Demo", "at": 1}
    home.on("GET", "/api/access-log", (200, {"entries": [entry]}))

    with pytest.raises(RefusedError):
        fetch_log(person.app)

    assert person.read(kept_log) is None


def test_who_looked_is_called_as_the_person_calls_them() -> None:
    told = [
        AccessAnswer(member="a", page="goal", at=1, name="theirs"),
        AccessAnswer(member="b", page="circle", at=2, name="theirs"),
        AccessAnswer(member="c", page="goal", at=3, name="theirs"),
    ]
    looks = looks_of(told, {"member/a": "Dr Demo", "supporter/b": "Noor"})

    assert [each.name for each in looks] == ["Dr Demo", "Noor", "theirs"]
