"""A grant says whom, what, how long and in which words; it is the first thing in its lane."""

import pytest

from tests.support.person import AGREED, THERAPIST, Person
from trailmark_client.commands.grants import Agreement
from trailmark_shared.domain.consent import CONSENT_VERSION, consent_sha256
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.ids import care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")


def test_a_grant_names_member_terms_and_the_words_agreed_to(person: Person) -> None:
    [granted] = person.let_in(
        actions=["comment"], until="2026-01-31", history="since", since="2025-10-01"
    )

    [entry] = person.entries(granted.subject, CARE)
    assert (granted.kind, granted.lane, granted.seen_by) == ("grant", CARE, ("Dr Demo",))
    assert entry.dseq == 1
    assert entry.body.data == AccessGranted(
        member=THERAPIST.id,
        name="Dr Demo",
        role="therapist",
        classes=AGREED,
        until="2026-01-31",
        consent=ConsentText(version=CONSENT_VERSION, sha256=consent_sha256()),
        actions=("comment",),
        purpose="care",
        history="since",
        since="2025-10-01",
    )


def test_nothing_is_agreed_to_that_was_not_named() -> None:
    agreed = Agreement(member=THERAPIST, classes=())

    assert ((), (), None, "from_now", ()) == (
        agreed.classes,
        agreed.actions,
        agreed.until,
        agreed.history,
        agreed.picks,
    )


@pytest.mark.parametrize("classes", [(), ("steps",), ("goals",)])
def test_what_was_picked_goes_along_where_its_kind_was_agreed_to(
    person: Person, classes: tuple[str, ...]
) -> None:
    goal = person.goal()

    written = person.let_in(classes, picks=[text_from_id(goal)], history="picked")

    assert (["grant", "goal"] if "goals" in classes else ["grant"]) == [
        each.kind for each in written
    ]


def test_a_last_day_that_is_over_already_shares_nothing(person: Person) -> None:
    """Somebody agreed weeks ago and the therapist confirms today."""
    goal = person.goal()

    written = person.let_in(until="2025-10-01", picks=[text_from_id(goal)], history="picked")

    assert ["grant"] == [each.kind for each in written]
