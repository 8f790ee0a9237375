"""Everything readable in one document; what was erased is in it as a stub only."""

import json
import tracemalloc
from hashlib import sha256
from typing import Any

import msgspec

from tests.support.full_person import write_everything
from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.erasing import erase
from trailmark_client.commands.reflections import reflect
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.export import json_pieces
from trailmark_client.queries.export_records import Look, Source
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.sharing import list_grants
from trailmark_client.queries.timeline import Window, timeline
from trailmark_client.storage.standing import placed_events
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.exports.whole import FORMAT, whole_event
from trailmark_shared.ids import text_from_id

LOOK = Look(member="m", name="Dr Demo", page="timeline", at=1)


def exported(person: Person) -> tuple[bytes, Any]:
    day, now, identity = person.now().day, person.clock.ms, person.app.identity

    def read(conn: Connection) -> bytes:
        source = Source(conn=conn, day=day, looks=[LOOK])
        return b"".join(piece for _, piece in json_pieces(source, identity, now))

    data = person.read(read)
    return data, json.loads(data)


def test_every_member_says_what_its_query_says(person: Person) -> None:
    write_everything(person, "thistlevane")

    data, found = exported(person)

    def asked(conn: Connection) -> dict[str, Any]:
        day = person.now().day
        return {
            "format": FORMAT,
            "made_at": person.clock.ms,
            "space": text_from_id(person.app.identity.space),
            "device": text_from_id(person.app.identity.device),
            "goals": [show_goal(conn, each.id, day) for each in goals_at_home(conn)],
            "timeline": timeline(conn, Window()),
            "sharing": list_grants(conn, day),
            "access_log": [LOOK],
            "events": [whole_event(each) for each in placed_events(conn)],
            "erased": [],
            "states": [],
            "sha256": sha256(data[: data.rindex(b'"sha256"')]).hexdigest(),
        }

    wanted = person.read(asked)
    assert list(wanted) == list(found)
    assert json.loads(msgspec.json.encode(wanted)) == found


def test_a_device_without_entries_has_a_document_too(person: Person) -> None:
    _, found = exported(person)

    assert [[], [], [], []] == [found[each] for each in ("goals", "timeline", "sharing", "events")]


def test_erased_words_are_not_in_it(person: Person) -> None:
    goal = text_from_id(person.goal("thistlevane"))
    person.write(lambda c, r: erase(c, r, what_goes(c, goal), r.now(), None))

    data, found = exported(person)

    assert [] == found["goals"]
    assert [True, True, False] == [each["erased"] for each in found["events"]]
    assert b"thistlevane" not in data


def test_long_histories_are_never_in_memory_at_once(person: Person) -> None:
    long = ReflectionWritten(text="word " * 1900)
    for _ in range(120):
        person.clock.advance(20 * 24 * 3600 * 1000)
        person.write(lambda c, r: reflect(c, r, long, r.now()))
    day, identity = person.now().day, person.app.identity

    def measure(conn: Connection) -> tuple[int, int]:
        pieces = json_pieces(Source(conn=conn, day=day), identity, 0)
        tracemalloc.start()
        size = sum(len(piece) for _, piece in pieces)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size, peak

    size, peak = person.read(measure)

    assert size > 2_000_000
    assert peak < size / 4
