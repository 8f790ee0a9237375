"""Backups: everything comes back, onto a device of its own, or nothing does."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.devices import connect_to
from tests.support.full_person import write_everything
from tests.support.person import Person
from tests.support.two_sides import CARE, TwoSides
from trailmark_adapters.nacl import NaclCipher
from trailmark_client.backup import (
    Restored,
    backup_pieces,
    keep_backup_code,
    known_code,
    restore,
)
from trailmark_client.identity import BackupCode
from trailmark_client.queries.timeline import TimelineLine, Window, timeline
from trailmark_client.storage.backing_up import backed_up_at
from trailmark_client.storage.state_hashes import state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared.codes import text_from_recovery_code
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError, RefusedError
from trailmark_shared.exports.backup import opened_records, read_header, sealed_pieces
from trailmark_shared.ids import SELF
from trailmark_shared.recovery import recovery_secrets

CODE = text_from_recovery_code(bytes(range(16)))
NOW = 1_800_000_000_000
OTHER = text_from_recovery_code(bytes(16))


def backed_up(person: Person, folder: Path, code: str = CODE) -> Path:
    file = folder / "all.backup"
    kept = keep_backup_code(person.app, code)
    file.write_bytes(
        b"".join(person.read(lambda conn: list(backup_pieces(person.app, conn, kept, NOW))))
    )
    return file


def restored(person: Person, file: Path, code: str = CODE) -> Restored:
    return restore(person.app, file, code, lambda _count: None)


def everything(person: Person) -> list[TimelineLine]:
    return list(person.read(lambda conn: timeline(conn, Window())))


def ids(person: Person) -> set[bytes]:
    return {each for (each,) in person.read(lambda c: c.execute("SELECT id FROM event").fetchall())}


def refusal(person: Person, file: Path, code: str = CODE) -> ErrorCode:
    before = person.app.identity
    with pytest.raises((DomainError, IntegrityError, RefusedError)) as refused:
        restored(person, file, code)
    assert person.app.identity == before
    assert ids(person) == set()
    return ErrorCode(refused.value.code)


def test_everything_comes_back_without_a_server(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    write_everything(person, "words")
    file = backed_up(person, tmp_path)

    found = restored(fresh, file)

    assert everything(fresh) == everything(person)
    assert ids(fresh) == ids(person)
    assert fresh.read(lambda conn: verify_all(conn, fresh.app.vault)) == []
    assert found.rows > len(ids(person))
    assert fresh.read(backed_up_at) == found.made_at == NOW
    for each in (fresh.app.identity.device, fresh.app.identity.epoch):
        assert each not in {person.app.identity.device, person.app.identity.epoch}


def test_nothing_of_it_can_be_read_without_the_code(person: Person, tmp_path: Path) -> None:
    write_everything(person, "marrowglint")
    data = backed_up(person, tmp_path).read_bytes()

    assert b"marrowglint" not in data
    assert all(each.key not in data for each in person.app.identity.vault_keys)


def test_the_restored_device_goes_on_writing(person: Person, fresh: Person, tmp_path: Path) -> None:
    person.goal("Walk")
    restored(fresh, backed_up(person, tmp_path))

    fresh.goal("Run")

    titles = {each.goal for each in everything(fresh)}
    assert {"Walk", "Run"} <= titles
    assert fresh.read(lambda conn: verify_all(conn, fresh.app.vault)) == []


async def test_one_backup_on_two_machines_loses_and_doubles_nothing(tmp_path: Path) -> None:
    sides = await TwoSides(tmp_path).begin()
    sides.phone.goal("Written before the backup, not sent yet")
    file = backed_up(sides.phone, tmp_path)
    hashes = {lane: state_of(sides.phone, lane) for lane in (SELF, CARE)}
    twins = [Person(tmp_path / name, seed=seed) for name, seed in (("one", 11), ("two", 12))]
    for twin in twins:
        twin.clock.ms = sides.phone.clock.ms
        restored(twin, file)
        assert {lane: state_of(twin, lane) for lane in hashes} == hashes
        assert twin.app.identity.server == sides.phone.app.identity.server
        assert twin.app.identity.credential is None
        connect_to(twin.app, sides.home)
        twin.goal(f"Written on {twin.app.home.name}")

    everyone = [sides.phone, *twins, sides.laptop]
    for _ in range(2):
        await sides.meet(*everyone)

    assert {state_of(each, SELF) for each in everyone} == {state_of(sides.phone, SELF)}
    assert {len(ids(each)) for each in everyone} == {len(ids(sides.phone))}
    lines = [each for each in everything(sides.laptop) if each.kind == "goal"]
    assert sorted(str(each.goal) for each in lines if "Written" in str(each.goal)) == sorted(
        2
        * [
            "Written before the backup, not sent yet",
            "Written on one",
            "Written on two",
        ]
    )
    sides.close()
    for twin in twins:
        twin.app.close()


def state_of(person: Person, lane: str) -> bytes:
    return person.read(lambda conn: state_hash(conn, lane))


def test_only_its_own_code_opens_it(person: Person, fresh: Person, tmp_path: Path) -> None:
    person.goal("Walk")
    file = backed_up(person, tmp_path)

    assert refusal(fresh, file, OTHER) == ErrorCode.WRONG_CODE
    assert refusal(fresh, file, CODE[:-1] + "x") == ErrorCode.WRONG_CODE


@pytest.mark.parametrize("place", [30, 150, 0.5, -1])
def test_damage_is_named_and_nothing_is_changed(
    person: Person, fresh: Person, tmp_path: Path, place: float
) -> None:
    write_everything(person, "words" * 20)
    file = backed_up(person, tmp_path)
    data = bytearray(file.read_bytes())
    at = int(len(data) * place) if isinstance(place, float) else place
    data[at] ^= 1
    file.write_bytes(data)

    code = refusal(fresh, file)

    assert code in {ErrorCode.CORRUPT_BACKUP, ErrorCode.WRONG_CODE}
    assert fresh.goal("Still a device like any other")


Change = Callable[[list[list[Any]]], None]


def other_words(records: list[list[Any]]) -> None:
    """Change the salt of one row."""
    at = next(n for n, each in enumerate(records) if each[:2] == ["table", "event"])
    salt = records[at][2].index("salt")
    records[at + 1][1][salt] = bytes(16)


def other_hashes(records: list[list[Any]]) -> None:
    """Say at the end that a lane looked otherwise."""
    records[-1][3][SELF] = bytes(32)


def more_at_the_end(records: list[list[Any]]) -> None:
    records.append(records[-1])


@pytest.mark.parametrize("change", [other_words, other_hashes, more_at_the_end])
async def test_what_does_not_verify_changes_nothing_though_the_seal_is_right(
    fresh: Person, tmp_path: Path, change: Change
) -> None:
    sides = await TwoSides(tmp_path).begin()
    stream = io.BytesIO(backed_up(sides.phone, tmp_path).read_bytes())
    sides.close()
    header, key = read_header(stream.read), recovery_secrets(bytes(range(16))).backup_key
    person, *rest = opened_records(NaclCipher(), key, header, stream.read)
    records = [msgspec.msgpack.decode(each) for each in rest]
    change(records)
    changed = [person, *map(msgspec.msgpack.encode, records)]
    file = tmp_path / "changed.backup"
    file.write_bytes(b"".join(sealed_pieces(NaclCipher(), key, header, changed)))

    assert refusal(fresh, file) == ErrorCode.CORRUPT_BACKUP


def test_a_file_that_ends_early_changes_nothing(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    write_everything(person, "words")
    file = backed_up(person, tmp_path)
    file.write_bytes(file.read_bytes()[:-40])

    assert refusal(fresh, file) == ErrorCode.CORRUPT_BACKUP
    assert refusal(fresh, tmp_path / "nowhere") == ErrorCode.NOT_FOUND


def test_a_device_that_was_used_is_left_alone(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    person.goal("Walk")
    file = backed_up(person, tmp_path)
    fresh.goal("Run")

    with pytest.raises(DomainError) as refused:
        restored(fresh, file)

    assert refused.value.code == ErrorCode.INVALID_INPUT
    assert {each.goal for each in everything(fresh)} == {"Run"}


def test_a_restore_that_was_cut_short_can_be_tried_again(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    """A kill behind the identity and before the commit leaves keys, and no event."""
    person.goal("Walk")
    file = backed_up(person, tmp_path)
    restored(fresh, file)
    again = Person(tmp_path / "again", seed=9)
    again.app.identity_file.save(fresh.app.identity)

    restored(again, file)

    assert everything(again) == everything(person)
    again.app.close()


def test_the_code_is_asked_for_once(person: Person) -> None:
    assert known_code(person.app) is None

    kept = keep_backup_code(person.app, CODE)

    assert isinstance(kept, BackupCode)
    assert known_code(person.app) == kept
    assert CODE not in person.app.identity_file.path.read_text()
