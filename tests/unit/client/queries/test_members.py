"""Who is meant: by the beginning of a name, of a member's id or of a grant's."""

import pytest

from tests.support.person import THERAPIST, Person
from trailmark_client.commands.grants import Member
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.queries.members import Member as Listed
from trailmark_client.queries.members import member_meant, members
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import care_lane, text_from_id

OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(b"\x08" * 16), name="Dr Second")
LONGER = Member(id=text_from_id(b"\x09" * 16), name="Dr Demo-Smith")


def meant(person: Person, who: str) -> Listed:
    return person.read(lambda conn: member_meant(members(conn), who))


def test_the_beginning_of_a_name_or_of_an_id_will_do(person: Person) -> None:
    grant = person.let_in()[0].subject
    person.let_in(lane=OTHER, member=SECOND)

    assert THERAPIST.id == meant(person, "dr demo").id
    assert SECOND.id == meant(person, "Dr S").id
    assert SECOND.id == meant(person, "second").id
    assert SECOND.id == meant(person, SECOND.id[:8].upper()).id
    assert THERAPIST.id == meant(person, text_from_id(grant)[:12]).id


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("Dr", ErrorCode.AMBIGUOUS_ID),
        ("nobody", ErrorCode.NOT_FOUND),
        ("", ErrorCode.NOT_FOUND),
        ("  ", ErrorCode.NOT_FOUND),
    ],
)
def test_it_must_mean_one(person: Person, who: str, code: ErrorCode) -> None:
    person.let_in()
    person.let_in(lane=OTHER, member=SECOND)

    with pytest.raises(DomainError) as refused:
        meant(person, who)

    assert code == refused.value.code


def test_a_whole_name_wins_over_the_beginning_of_a_longer_one(person: Person) -> None:
    person.let_in(member=LONGER)
    person.let_in(lane=OTHER)

    assert THERAPIST.id == meant(person, "dr demo").id
    assert LONGER.id == meant(person, "Dr Demo-").id


def test_all_grants_of_a_member_belong_together(person: Person) -> None:
    first = person.let_in()[0].subject
    second = person.let_in(lane=OTHER)[0].subject

    member = meant(person, "Dr Demo")

    assert [first, second] == [each.subject for each in member.grants]
    person.write(lambda c, r: stop_sharing(c, r, first, r.now()))
    assert [second] == [each.subject for each in meant(person, "Dr Demo").unrevoked]


def test_one_let_in_again_is_the_one_meant(person: Person) -> None:
    first = person.let_in()[0].subject
    person.write(lambda c, r: stop_sharing(c, r, first, r.now()))

    with pytest.raises(DomainError) as refused:
        meant(person, "Dr Demo")
    again = person.let_in()[0].subject

    assert ErrorCode.NOTHING_CHANGED == refused.value.code
    assert [again] == [each.subject for each in meant(person, "Dr Demo").unrevoked]
