"""How the person likes their pages."""

from tests.support.person import Person
from trailmark_client.web.preferences import Preferences, keep_preferences, preferences


def test_nothing_is_chosen_at_first(person: Person) -> None:
    assert Preferences() == person.read(preferences)


def test_what_is_chosen_stays(person: Person) -> None:
    chosen = Preferences(country="IE", is_quiet=True)
    person.write(lambda conn, _: keep_preferences(conn, chosen))

    assert chosen == person.read(preferences)
