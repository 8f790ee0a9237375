"""Invitations that wait are kept whole, in the order in which they were redeemed."""

from tests.support.person import THERAPIST, Person
from trailmark_client.queries.pending import (
    Agreed,
    PendingGrant,
    change_pending,
    forget_pending,
    keep_pending,
    pending_grant,
    pending_grants,
    standing_terms,
)

FIRST = PendingGrant(member="m" * 26, name="Dr A", phrase="a b c d", code="0" * 64, is_first=True)
SECOND = PendingGrant(
    member="n" * 26,
    name="Dr B",
    phrase="e f g h",
    code="1" * 64,
    agreed=Agreed(
        classes=("goals",),
        actions=("comment",),
        until="2026-01-01",
        history="since",
        since="2025-01-01",
        picks=("5" * 26,),
    ),
)


def keep(person: Person, *pending: PendingGrant) -> None:
    person.write(lambda c, _r: keep_pending(c, list(pending)))


def test_nobody_waits_at_first(person: Person) -> None:
    assert [] == person.read(pending_grants)
    assert person.read(lambda conn: pending_grant(conn, FIRST.member)) is None


def test_all_of_it_is_kept(person: Person) -> None:
    keep(person, FIRST, SECOND)

    assert [FIRST, SECOND] == person.read(pending_grants)
    assert SECOND == person.read(lambda conn: pending_grant(conn, SECOND.member))


def test_one_is_forgotten_and_the_others_wait_on(person: Person) -> None:
    keep(person, FIRST, SECOND)

    person.write(lambda c, _r: forget_pending(c, FIRST.member))
    assert [SECOND] == person.read(pending_grants)

    person.write(lambda c, _r: forget_pending(c, SECOND.member))
    assert [] == person.read(pending_grants)


def test_one_is_changed_and_the_others_wait_as_they_were(person: Person) -> None:
    keep(person, FIRST, SECOND)

    person.write(lambda c, _r: change_pending(c, FIRST.member, is_unknown=True))
    person.write(lambda c, _r: change_pending(c, "x" * 26, is_unknown=True))

    assert [True, False] == [each.is_unknown for each in person.read(pending_grants)]


def test_who_is_let_in_stands_with_what_they_were_granted(person: Person) -> None:
    person.let_in(classes=("goals",), actions=("comment",), until="2025-12-31")

    def standing(day: str, member: str = THERAPIST.id) -> Agreed | None:
        return person.read(lambda conn: standing_terms(conn, member, day))

    terms = Agreed(classes=("goals",), actions=("comment",), until="2025-12-31")
    assert terms == standing("2025-12-31")
    assert (None, None) == (standing("2026-01-01"), standing("2025-12-31", "x" * 26))
