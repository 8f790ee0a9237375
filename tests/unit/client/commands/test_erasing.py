"""Erasing takes the words from the store, says so, and leaves every chain whole."""

import msgspec

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import goals
from trailmark_client.commands.erasing import EVENTS_PER_ERASURE, erase, space_erased_bodies
from trailmark_client.identity import VaultKey
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.timeline import Window, timeline
from trailmark_client.recorder import Recorder
from trailmark_client.storage.control import control_event
from trailmark_client.storage.event_log import outbox_batch
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.verification import verify_all
from trailmark_shared import limits
from trailmark_shared.events.body import Reason
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.ids import SELF, EventId, KeyId, care_lane, text_from_id
from trailmark_shared.key_ring import is_proven

CARE = care_lane(bytes(15) + b"\x09")
WHY = Reason(code="new-insight")


def erase_subject(person: Person, subject: bytes) -> tuple[bytes, ...]:
    def work(conn: Connection, recorder: Recorder) -> tuple[bytes, ...]:
        going = what_goes(conn, text_from_id(subject))
        return erase(conn, recorder, going, recorder.now())

    return person.write(work)


def words_left(person: Person) -> list[str]:
    return [each.text for each in person.read(lambda c: timeline(c, Window())) if each.text]


def test_a_shared_goal_is_gone_from_both_lanes(person: Person) -> None:
    person.let_in()
    draft = GoalDrafted(title="Walk")
    goal = person.write(lambda c, r: goals.add_shared_goal(c, r, draft, r.now())).subject
    person.goal("Kept")

    said = erase_subject(person, goal)

    assert 2 == len(said)
    assert ["subject_erased"] == person.types(goal, CARE) == person.types(goal, SELF)
    assert ["Kept"] == words_left(person)
    assert [] == person.read(lambda conn: verify_all(conn, person.app.vault))


def test_the_tombstone_says_that_when_and_by_whom(person: Person) -> None:
    goal = person.goal("Walk")
    erase_subject(person, goal)

    [line] = person.read(lambda conn: timeline(conn, Window()))

    assert ("you", "erased an entry for good", None) == (line.by, line.sentence, line.text)
    assert person.now().day == line.day


def test_more_events_than_one_erasure_can_name_are_split(person: Person) -> None:
    goal = person.goal("Walk")

    def reword(conn: Connection, recorder: Recorder) -> None:
        for n in range(EVENTS_PER_ERASURE):
            goals.reword_goal(conn, recorder, goal, goals.Words(title=f"Walk {n}"), WHY)

    person.write(reword)

    said = erase_subject(person, goal)

    sizes = [
        len(entry.body.data.events)
        for entry in person.entries(goal)
        if isinstance(entry.body.data, SubjectErased)
    ]
    assert (2, [EVENTS_PER_ERASURE, 2]) == (len(said), sizes)
    assert [] == words_left(person)


def test_there_are_no_more_proofs_than_can_be_sent(person: Person) -> None:
    keys = tuple(
        VaultKey(id=KeyId(bytes([number]) * 8), key=bytes([number]) * 32)
        for number in range(limits.ERASURE_PROOFS_MAX + 1)
    )
    identity = msgspec.structs.replace(person.app.identity, vault_keys=keys)

    bodies = space_erased_bodies(identity, EventId(b"e" * 16), 1)

    read = [body_from_bytes(each) for each in bodies]
    assert [each.id for each in keys[1:]] == [
        each.mac.key for each in read if each is not None and each.mac is not None
    ]
    assert max(map(len, bodies)) <= limits.ERASURE_PROOF_BYTES_MAX


def test_a_proof_says_no_time_zone(person: Person) -> None:
    [raw] = space_erased_bodies(person.app.identity, EventId(b"e" * 16), 1_700_000_000_000)

    body = body_from_bytes(raw)

    assert body is not None
    assert ("Etc/UTC", "2023-11-14T22:13:20+00:00") == (body.zone, body.occurred_at)


def test_other_devices_obey_it(person: Person) -> None:
    goal = person.goal("Walk")
    [said] = erase_subject(person, goal)
    person.app.identity_file.update(
        lambda current: msgspec.structs.replace(current, private_copy=True)
    )

    sent = person.read(lambda conn: outbox_batch(conn, person.app.identity, SELF, 0))

    [control] = (each for each in sent if each.id == said)
    body = body_from_bytes(control.body)
    assert body is not None
    assert is_proven(person.app.identity.newest_key.key, control_event(control, body))
    assert [None, None] == [each.body for each in sent if each.id != said]
