"""A grant says whom, what, and in which words; it is the first thing in its lane."""

from tests.support.person import AGREED, THERAPIST, Person
from trailmark_shared.domain.consent import CONSENT_VERSION, consent_sha256
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.ids import care_lane

CARE = care_lane(bytes(15) + b"\x09")


def test_a_grant_names_member_classes_and_the_words_agreed_to(person: Person) -> None:
    [granted] = person.let_in()

    [entry] = person.entries(granted.subject, CARE)
    assert (granted.kind, granted.lane, granted.seen_by) == ("grant", CARE, ("Dr Demo",))
    assert entry.dseq == 1
    assert entry.body.data == AccessGranted(
        member=THERAPIST.id,
        name="Dr Demo",
        role="therapist",
        classes=AGREED,
        consent=ConsentText(version=CONSENT_VERSION, sha256=consent_sha256()),
    )
