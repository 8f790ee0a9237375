"""The ring of a device: read in its own view, kept in its identity file."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import add_reflection, sync
from tests.support.people import Devices, change_keys, devices, ring, seals_with
from trailmark_client.holders import LetIn
from trailmark_client.identity import new_vault_key
from trailmark_client.storage.key_ring import key_ring, take_keys, unlock
from trailmark_client.storage.read_models import documents_of_lane
from trailmark_shared.ids import SELF
from trailmark_shared.recovery import holder_of_recovery


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Devices]:
    with devices(tmp_path) as opened:
        yield opened


async def test_own_words_that_were_not_sent_yet_stand_on_top(person: Devices) -> None:
    phone = person.apps[0]
    person.add()
    await person.settle()
    old = phone.identity.trusted_key
    change_keys(phone)

    kept = phone.read(lambda conn: key_ring(conn, phone.vault))

    assert [old, phone.identity.trusted_key] == kept.chain


async def test_an_event_counts_where_it_stands_first(person: Devices) -> None:
    """A server that repeats an old row says nothing new with it."""
    phone = person.apps[0]
    person.add()
    change_keys(phone)
    change_keys(phone)
    await person.settle()
    newest = ring(phone).newest
    planted = next(
        row.event
        for row in person.home.lane(SELF).rows
        if b'"newest":true' in (row.event.body or b"")
    )

    person.home.lane(SELF).put(planted, person.home.clock.now_ms(), 0, "person", None)
    await sync(phone, person.home)

    assert newest == ring(phone).newest


async def test_keys_are_taken_once(person: Devices) -> None:
    phone, laptop = person.apps[0], person.add()
    await person.settle()
    change_keys(phone)
    add_reflection(phone, "under the new key")
    await sync(phone, person.home)
    await sync(laptop, person.home)
    before = laptop.identity

    laptop.write(lambda conn: take_keys(conn, laptop.vault, key_ring(conn, laptop.vault)))

    assert before == laptop.identity
    assert seals_with(laptop) == seals_with(phone)


async def test_a_device_never_goes_behind_what_it_trusts(person: Devices) -> None:
    """Its store was put back from a backup: the lane seems to end with an older key."""
    phone = person.apps[0]
    person.add()
    change_keys(phone)
    newest = phone.identity.newest_key
    phone.write(lambda conn: conn.execute("DELETE FROM event"))

    kept = ring(phone)

    assert kept.newest == phone.identity.first_key
    assert (newest, newest.id) == (phone.identity.newest_key, phone.identity.trusted_key)


async def test_the_recovery_code_opens_what_was_wrapped_for_it(person: Devices) -> None:
    phone = person.apps[0]
    laptop = person.add()
    await person.settle()
    laptop.identity_file.update(lambda old: msgspec.structs.replace(old, recovery_key=b"r" * 32))
    laptop.identity_file.update(lambda old: msgspec.structs.replace(old, private_key=b"x" * 32))
    public = phone.vault.cipher.box_public_key(b"r" * 32)
    code = LetIn(kind="recovery", id=holder_of_recovery(public), public_key=public)
    phone.write(lambda conn: phone.key_sharing.let_in(conn, code))
    change_keys(phone)
    await sync(phone, person.home)
    await sync(laptop, person.home)

    assert seals_with(phone) == seals_with(laptop)


async def test_a_new_key_unlocks_what_was_locked(person: Devices) -> None:
    phone, laptop = person.apps[0], person.add()
    await person.settle()
    add_reflection(phone, "locked at first")
    key = phone.identity.newest_key
    other = new_vault_key(laptop.randomness)
    laptop.identity_file.update(
        lambda old: msgspec.structs.replace(old, vault_keys=(other,), trusted_key=other.id)
    )
    await sync(phone, person.home)
    await sync(laptop, person.home)
    assert [] == [
        each for each in laptop.read(lambda c: documents_of_lane(c, SELF)) if each.kind != "control"
    ]
    assert [] == laptop.write(lambda conn: unlock(conn, laptop.vault))

    laptop.identity_file.update(
        lambda old: msgspec.structs.replace(old, vault_keys=(*old.vault_keys, key))
    )
    unlocked = laptop.write(lambda conn: unlock(conn, laptop.vault))
    assert 1 == len(unlocked)
