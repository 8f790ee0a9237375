"""What a command did is named by the ids of its events, in order."""

from tests.support.person import Person
from trailmark_client.commands.written import ids_of
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import SELF


def test_ids_keep_their_order(person: Person) -> None:
    win = WinNoted(text="x")
    events = [person.write(lambda c, r: r.record(c, SELF, bytes(16), win)) for _ in range(2)]

    assert ids_of(events) == (events[0].id, events[1].id)
