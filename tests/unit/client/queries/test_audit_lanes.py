"""Whole lanes: what is erased in them, who was let in, whether all is there."""

from tests.support.full_person import CARE, CIRCLE, write_everything
from tests.support.person import Person
from trailmark_client.commands.erasing import erase
from trailmark_client.queries.audit_lanes import (
    chain_of,
    device_names,
    erased_subjects,
    erasures_of,
    reader_lines,
    readings_of,
)
from trailmark_client.queries.erasing import what_goes
from trailmark_client.storage.verification import Damage
from trailmark_shared.ids import id_from_text
from trailmark_shared.projections.entries import Entry


def test_an_erasure_says_that_it_was_and_by_whom(person: Person) -> None:
    things = write_everything(person, "words")
    person.write(lambda c, r: erase(c, r, what_goes(c, things.check_in), r.now(), None))

    lanes = (CARE, CIRCLE, "self")
    known: dict[str, list[Entry]] = {things.check_in: [], things.shared: []}
    [ours] = person.read(lambda conn: erasures_of(conn, lanes, {}, known))
    [others] = person.read(lambda conn: erasures_of(conn, lanes, {}, {things.private: []}))
    elsewhere = person.read(lambda conn: erasures_of(conn, ("care/x",), {}, known))

    assert (things.check_in, "you", True) == (ours.subject, ours.by, ours.of_goal)
    assert (False, []) == (others.of_goal, elsewhere)
    assert list(person.read(erased_subjects)) == [id_from_text(things.check_in)]


def test_readers_are_those_of_the_lanes_asked_for(person: Person) -> None:
    write_everything(person, "words")
    among = person.read(readings_of)

    assert [each.name for each in reader_lines(among, [CARE])] == ["Dr Demo"]
    assert reader_lines(among, ["self"]) == []


def test_a_flaw_is_told_with_its_place(person: Person) -> None:
    write_everything(person, "words")
    damages = [
        Damage(what="lane", lane=CARE, seq=3, event=None),
        Damage(what="chain", lane=CARE, seq=None, event=None),
    ]
    whole = person.read(lambda conn: chain_of(conn, CARE, []))
    broken = person.read(lambda conn: chain_of(conn, CARE, damages))

    assert (True, []) == (whole.intact, whole.flaws)
    assert (False, ["lane 3", "chain"]) == (broken.intact, broken.flaws)


def test_a_device_that_was_never_named_has_no_name(person: Person) -> None:
    assert person.read(device_names) == {}
