"""Imports: an export comes back on a device of its own with the same state, or not at all."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.devices import connect_to, same_person, sync
from tests.support.full_person import write_everything
from tests.support.home import Home
from tests.support.imported import document, exported, told
from tests.support.person import Person
from tests.support.two_sides import CARE, TwoSides
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.erasing import erase
from trailmark_client.importing import Imported, count_events, document_of, import_all
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.sharing import list_grants
from trailmark_client.queries.timeline import TimelineLine, Window, timeline
from trailmark_client.storage.event_log import unsent_count
from trailmark_client.storage.importing import send_imported
from trailmark_client.storage.state_hashes import state_hash
from trailmark_client.storage.verification import verify_all
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.ids import DEVICES, SELF, text_from_id

NOW = 1_800_000_000_000

CHANGES: list[tuple[Callable[[bytes], bytes], ErrorCode]] = [
    (lambda data: data.replace(b"Walk", b"Talk"), ErrorCode.ALTERED_EXPORT),
    (lambda data: data.replace(b'"dseq":1', b'"dseq":2', 1), ErrorCode.ALTERED_EXPORT),
    (lambda data: data + b" ", ErrorCode.ALTERED_EXPORT),
    (lambda data: data[:-1], ErrorCode.TRUNCATED_EXPORT),
    (lambda data: data[: len(data) // 2], ErrorCode.TRUNCATED_EXPORT),
    (lambda data: data.replace(b"export/1", b"export/2"), ErrorCode.MALFORMED_EXPORT),
    (lambda _: b'{"resourceType":"Bundle"}\n', ErrorCode.MALFORMED_EXPORT),
    (lambda _: b"", ErrorCode.MALFORMED_EXPORT),
    (lambda data: b"PK" + data, ErrorCode.TRUNCATED_EXPORT),
]


def imported(person: Person, file: Path) -> Imported:
    with document_of(file) as lines:
        return import_all(person.app, lines, lambda _count: None)


def hashes(person: Person) -> dict[str, str]:
    def read(conn: Connection) -> dict[str, str]:
        lanes = conn.execute("SELECT lane FROM cursor ORDER BY lane").fetchall()
        return {lane: state_hash(conn, lane).hex() for (lane,) in lanes}

    return person.read(read)


def everything(person: Person) -> list[TimelineLine]:
    return list(person.read(lambda conn: timeline(conn, Window())))


def refusal(person: Person, file: Path) -> ErrorCode:
    before = person.app.identity
    with pytest.raises((DomainError, IntegrityError)) as refused:
        imported(person, file)
    assert person.app.identity == before
    assert person.read(lambda c: c.execute("SELECT count(*) FROM event").fetchone()) == (0,)
    return refused.value.code


async def test_the_state_of_every_lane_is_the_same(tmp_path: Path, fresh: Person) -> None:
    sides = await TwoSides(tmp_path).begin()
    phone, laptop = sides.phone.app, sides.laptop.app.identity.secrets.holder
    phone.write(lambda conn: phone.key_sharing.let_in(conn, laptop, "laptop"))
    write_private(sides.phone)
    await sides.meet(sides.phone, sides.laptop)
    sides.laptop.goal("Not sent yet")
    fresh.clock.ms = sides.laptop.clock.ms

    found = imported(fresh, exported(sides.laptop, tmp_path))

    # What the devices of the other space said of each other stays there.
    assert {DEVICES, *hashes(fresh)} == {DEVICES, SELF, CARE}
    assert {**hashes(fresh), DEVICES: hashes(sides.laptop)[DEVICES]} == hashes(sides.laptop)
    events = json.loads(document(sides.laptop))["events"]
    assert found.events == sum(each["lane"] != DEVICES for each in events) < len(events)
    assert set(told(fresh)) >= set(told(sides.laptop))
    assert fresh.read(lambda conn: verify_all(conn, fresh.app.vault)) == []
    assert (found.made_at, found.stopped) == (sides.laptop.clock.ms, ("Dr Demo",))
    sides.close()


def write_private(person: Person) -> None:
    goal = text_from_id(person.goal("Gone for ever"))
    person.write(lambda c, r: erase(c, r, what_goes(c, goal), r.now(), person.app.key_sharing))
    person.goal("Kept to myself")


def test_a_device_that_never_met_a_server_is_read_back(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    write_everything(person, "words")
    fresh.clock.ms = person.clock.ms

    found = imported(fresh, exported(person, tmp_path))

    assert set(told(fresh)) >= set(told(person))
    assert found.events == len(json.loads(document(person))["events"])
    assert fresh.read(lambda conn: verify_all(conn, fresh.app.vault)) == []
    assert fresh.app.identity.space != person.app.identity.space


def test_nobody_is_let_in_and_goals_are_with_the_person(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    write_everything(person, "words")
    fresh.clock.ms = person.clock.ms
    imported(fresh, exported(person, tmp_path))

    goals = fresh.read(goals_at_home)
    views = [fresh.read(lambda c, g=each.id: show_goal(c, g, fresh.now().day)) for each in goals]

    grants = fresh.read(lambda conn: list_grants(conn, fresh.now().day))
    assert {each.state for each in grants} == {"elsewhere"}
    assert {each.goal.lane for each in views} == {SELF}
    assert [each.goal.seen_by for each in views] == [[] for _ in views]
    assert any(each.steps for each in views)


async def test_it_is_connected_anew_and_a_second_device_gets_all_of_it(tmp_path: Path) -> None:
    """The new server knows nothing of the old one's lanes and is told everything in ``self``."""
    sides = await TwoSides(tmp_path).begin()
    phone, laptop = sides.phone.app, sides.laptop.app.identity.secrets.holder
    phone.write(lambda conn: phone.key_sharing.let_in(conn, laptop, "laptop"))
    write_private(sides.phone)
    await sides.meet(sides.phone)
    one, two = (Person(tmp_path / name, seed=seed) for name, seed in (("one", 11), ("two", 12)))
    for each in (one, two):
        each.clock.ms = sides.phone.clock.ms
    imported(one, exported(sides.phone, tmp_path))
    other_home = Home(one.app.identity.space, one.clock)

    join(one, other_home)
    for _ in range(2):
        assert (await sync(one.app, other_home)).is_done
    same_person(two.app, one.app)
    connect_to(two.app, other_home)
    assert (await sync(two.app, other_home)).is_done

    private = [each.document.title.value for each in two.read(goals_at_home)]
    assert sorted(map(str, private)) == ["Kept to myself", "Two walks a week"]
    assert one.read(lambda conn: unsent_count(conn, one.app.identity)) == 0
    assert one.read(lambda conn: verify_all(conn, one.app.vault)) == []
    assert CARE not in other_home.lanes
    sides.close()
    for each in (one, two):
        each.app.close()


@pytest.mark.parametrize(("change", "code"), CHANGES)
def test_what_is_no_whole_export_changes_nothing(
    person: Person,
    fresh: Person,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
    code: ErrorCode,
) -> None:
    person.goal("Walk")
    file = exported(person, tmp_path)
    file.write_bytes(change(file.read_bytes()))

    assert refusal(fresh, file) == code
    assert fresh.goal("Still a device like any other")


def test_an_archive_is_read_as_well_and_another_one_is_not(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    person.goal("Walk")
    other, ours = tmp_path / "other.zip", tmp_path / "ours.zip"
    for file, name in ((other, "notes.txt"), (ours, "trailmark-2026-01-01/everything.json")):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(name, document(person))

    assert refusal(fresh, other) == ErrorCode.MALFORMED_EXPORT
    with document_of(ours) as lines:
        assert count_events(lines) == 2
    assert imported(fresh, ours).events == 2


def test_a_damaged_archive_is_named(person: Person, fresh: Person, tmp_path: Path) -> None:
    person.goal("Walk")
    file = tmp_path / "ours.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("trailmark-2026-01-01/everything.json", document(person))
    file.write_bytes(file.read_bytes().replace(b"Walk", b"Talk"))

    assert refusal(fresh, file) == ErrorCode.ALTERED_EXPORT


def test_words_that_went_unexplained_before_it_was_made_are_named_as_before(
    fresh: Person, person: Person, tmp_path: Path
) -> None:
    goal = person.goal("Walk")
    person.goal("Run")
    person.write(
        lambda c, _: c.execute(
            "UPDATE event SET salt = NULL, body = NULL WHERE subject = ?", (goal,)
        )
    )
    person.write(
        lambda c, _: c.execute(
            "UPDATE event SET type = NULL, subject = NULL, day = NULL WHERE body IS NULL"
        )
    )
    flaws = person.app.write(lambda conn: verify_all(conn, person.app.vault))

    imported(fresh, exported(person, tmp_path))

    assert {each.goal for each in everything(fresh)} == {"Run"}
    there = fresh.app.write(lambda conn: verify_all(conn, fresh.app.vault))
    assert [each.what for each in flaws] == [each.what for each in there]
    assert {each.what for each in there} == {"stub"}


def test_a_line_that_no_export_has_is_not_read_into_memory(fresh: Person, tmp_path: Path) -> None:
    file = tmp_path / "long.json"
    file.write_bytes(
        b'{\n"format": "trailmark-export/1",\n"x": ' + b"1" * limits.IMPORT_LINE_BYTES_MAX
    )

    assert refusal(fresh, file) == ErrorCode.MALFORMED_EXPORT


def test_a_device_that_was_used_is_left_alone(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    person.goal("Walk")
    file = exported(person, tmp_path)
    fresh.goal("Run")

    with pytest.raises(DomainError) as refused:
        imported(fresh, file)

    assert refused.value.code == ErrorCode.INVALID_INPUT
    assert {each.goal for each in everything(fresh)} == {"Run"}


def test_a_second_time_says_that_all_of_it_is_here(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    """A process that was ended behind the commit could not say so."""
    person.goal("Walk")
    file = exported(person, tmp_path)
    imported(fresh, file)

    with pytest.raises(DomainError, match="imported here already, all of it"):
        imported(fresh, file)


def test_a_file_that_is_not_there_is_named(fresh: Person, tmp_path: Path) -> None:
    assert refusal(fresh, tmp_path / "nowhere") == ErrorCode.NOT_FOUND


def test_an_import_that_is_cut_short_leaves_nothing(
    person: Person, fresh: Person, tmp_path: Path
) -> None:
    write_everything(person, "words")
    file = exported(person, tmp_path)

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with document_of(file) as lines, pytest.raises(KeyboardInterrupt):
        import_all(fresh.app, lines, stop)

    assert fresh.read(lambda c: c.execute("SELECT count(*) FROM event").fetchone()) == (0,)
    fresh.clock.ms = person.clock.ms
    assert imported(fresh, file).events


def join(person: Person, home: Home) -> None:
    """Become at home somewhere, as joining does in its one transaction."""
    person.app.write(send_imported)
    connect_to(person.app, home)
