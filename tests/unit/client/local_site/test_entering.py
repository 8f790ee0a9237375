"""Who is let in: once by the link, then by the cookie, and nobody by guessing."""

from tests.support.fakes import SeededRandomness
from trailmark_client.local_site.entering import Entrance, host_name


def test_link_works_once() -> None:
    entrance = Entrance(SeededRandomness())
    link = entrance.new_link()
    cookie = entrance.enter(link)

    assert cookie is not None
    assert entrance.is_in(cookie)
    assert entrance.enter(link) is None


def test_another_link_ends_the_one_before() -> None:
    entrance = Entrance(SeededRandomness())
    first, second = entrance.new_link(), entrance.new_link()

    assert entrance.enter(first) is None
    assert entrance.enter(second) is not None


def test_nobody_is_in_without_the_cookie() -> None:
    entrance = Entrance(SeededRandomness())
    link = entrance.new_link()

    assert [False] * 4 == [entrance.is_in(each) for each in (None, "", link, "\udcff")]


def test_names_differ_by_launch_and_are_of_this_machine() -> None:
    randomness = SeededRandomness()
    first, second = host_name(randomness), host_name(randomness)

    assert first != second
    assert first.endswith(".localhost")
    assert len("t-") + 10 == len(first.removesuffix(".localhost"))
