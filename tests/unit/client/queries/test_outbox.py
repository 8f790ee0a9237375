"""What is saved and not sent: only what is to be sent counts."""

import msgspec

from tests.support.person import Person
from trailmark_client.identity import HomeServer
from trailmark_client.queries.outbox import unsent

SERVER = HomeServer(url="http://localhost:1", id=bytes(16), name="home", signing_key=bytes(32))


def test_without_a_server_nothing_waits(person: Person) -> None:
    person.let_in()

    assert person.read(lambda conn: unsent(conn, person.app.identity)) == 0


def test_private_entries_wait_only_for_a_private_copy(person: Person) -> None:
    person.goal()
    person.let_in()
    connected = msgspec.structs.replace(person.app.identity, server=SERVER)
    copying = msgspec.structs.replace(connected, private_copy=True)

    assert person.read(lambda conn: unsent(conn, connected)) == 1
    assert person.read(lambda conn: unsent(conn, copying)) == 3
