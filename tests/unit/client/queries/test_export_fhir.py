"""A FHIR R4 bundle that a library of others accepts, and that resolves in itself."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest
from fhirclient.models.bundle import Bundle  # pyright: ignore[reportMissingTypeStubs]
from fhirclient.models.fhirabstractbase import FHIRValidationError  # pyright: ignore[reportMissingTypeStubs]

from tests.support.full_person import write_everything
from tests.support.person import NOON, THERAPIST, Person
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.erasing import erase
from trailmark_client.commands.goals import set_target
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.export_fhir import bundle_pieces
from trailmark_client.queries.export_records import Look, Source
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import Decision, InterventionPlanned, ReviewHeld, ReviewScheduled
from trailmark_shared.events.planning import ChallengeAddressed, ChallengeDescribed
from trailmark_shared.exports.fhir_values import urn
from trailmark_shared.ids import id_from_text

LOOKS = (
    Look(member=THERAPIST.id, name="Dr Demo", page="timeline", at=NOON),
    Look(member=THERAPIST.id, name=None, page="refused:ended", at=NOON + 1),
)
DAY = "2025-10-09"


def bundle_of(person: Person) -> dict[str, Any]:
    def pieces(conn: Any) -> bytes:  # noqa: ANN401
        source = Source(conn=conn, day=DAY, looks=LOOKS)
        identity = person.app.identity
        return b"".join(piece for _, piece in bundle_pieces(source, identity, NOON))

    return json.loads(person.read(pieces))


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["resource"] for each in bundle["entry"]]


def of_type(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each for each in resources(bundle) if each["resourceType"] == kind]


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            if name == "reference" and isinstance(inner, str):
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from references(inner)


@pytest.fixture
def bundle(person: Person) -> dict[str, Any]:
    things = write_everything(person, "words")
    goal = id_from_text(things.shared)
    agreed = AgreementRecorded(answer="agree")
    person.write(
        lambda c, r: r.record(c, _lane_of(person, goal), goal, agreed, base=_current(person, goal))
    )
    skipped = CheckIn(value_tenths=None, measure="rating", note=None)
    person.write(lambda c, r: check_in(c, r, goal, skipped, r.now()))
    for target in ("reduce-by 50% by 2030-01-31", "reach 7", "done", "at-most 3 cups per day"):
        other = person.goal(f"goal {target}", due="2030-02-01", area="rest", priority="high")
        person.write(lambda c, r, o=other, t=target: set_target(c, r, o, parse_target(t)))
    plan(person, things.shared)
    return bundle_of(person)


def plan(person: Person, goal: str) -> None:
    """Say what is hard, what is tried for it, and what a review came to."""

    def card(data: EventData) -> bytes:
        return person.write(lambda c, r: write_card(c, r, data, r.now())).subject

    hard = card(ChallengeDescribed(text="Nights are short", effect="tired"))
    card(InterventionPlanned(text="Sleep diary", goals=(goal,)))
    review = card(ReviewScheduled(on="2025-10-20"))
    held = ReviewHeld(decisions=(Decision(goal=goal, outcome="changed"),), text="Smaller steps")
    about = ChallengeAddressed(goal_addressing=goal)
    person.write(lambda c, r: log_card(c, r, hard, about, r.now()))
    person.write(lambda c, r: log_card(c, r, review, held, r.now()))


def _lane_of(person: Person, goal: bytes) -> Any:  # noqa: ANN401
    sql = "SELECT lane FROM document WHERE subject = ? AND lane GLOB 'care/*'"
    return person.read(lambda c: c.execute(sql, (goal,)).fetchone())[0]


def _current(person: Person, goal: bytes) -> list[bytes]:
    return [each.id for each in person.entries(goal, _lane_of(person, goal))]


def test_a_library_of_others_accepts_it(bundle: dict[str, Any]) -> None:
    """Fhirclient checks names, types, choices and what must be there, of FHIR 4.0.1."""
    read = Bundle(bundle, strict=True)
    kinds = Counter(each["resourceType"] for each in resources(bundle))

    assert read.as_json() == bundle
    assert kinds.keys() == {
        *("Patient", "Practitioner", "CarePlan", "Goal", "Observation"),
        *("Consent", "Provenance", "AuditEvent", "QuestionnaireResponse"),
        *("Condition", "Encounter"),
    }


def test_the_library_would_have_said_so() -> None:
    """What is wrong is refused: the check above is not blind."""
    wrong = {"resourceType": "Goal", "id": "g", "description": {"text": "x"}}

    with pytest.raises(FHIRValidationError):
        Bundle(
            {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": wrong}]},
            strict=True,
        )


def test_it_resolves_in_itself(bundle: dict[str, Any]) -> None:
    names = [each["fullUrl"] for each in bundle["entry"]]

    assert len(names) == len(set(names))
    assert set(references(bundle)) <= set(names)


def test_words_of_reflections_are_not_in_it(bundle: dict[str, Any]) -> None:
    text = json.dumps(bundle)

    assert "renamed words" in text
    assert [words for words in ("long words", "heading words", "words and") if words in text] == []


def test_targets_say_what_they_measure(bundle: dict[str, Any]) -> None:
    targets = {
        each["description"]["text"]: each["target"][0]
        for each in of_type(bundle, "Goal")
        if "target" in each
    }

    assert targets["goal at-most 3 cups per day"]["detailQuantity"] == {
        "value": 3,
        "comparator": "<=",
        "unit": "cups",
    }
    assert targets["goal at-most 3 cups per day"]["measure"] == {"text": "cups per day"}
    assert all("measure" in each for each in targets.values())


def test_agreement_skipping_and_looks_are_said_in_its_words(bundle: dict[str, Any]) -> None:
    goal = next(each for each in of_type(bundle, "Goal") if "extension" in each)
    skipped = [each for each in of_type(bundle, "Observation") if "dataAbsentReason" in each]

    assert goal["extension"][0]["extension"][1] == {"url": "status", "valueCode": "agree"}
    assert len(skipped) == 1
    assert ["0", "4"] == [each["outcome"] for each in of_type(bundle, "AuditEvent")]
    [consent] = of_type(bundle, "Consent")
    assert ("active", "permit") == (consent["status"], consent["provision"]["type"])


def test_what_is_hard_tried_and_reviewed_belongs_to_its_goal(bundle: dict[str, Any]) -> None:
    [hard], [review] = of_type(bundle, "Condition"), of_type(bundle, "Encounter")
    [goal] = [each for each in of_type(bundle, "Goal") if "addresses" in each]
    [outcome] = [each for each in of_type(bundle, "Observation") if "encounter" in each]
    [care_plan] = of_type(bundle, "CarePlan")

    assert [{"reference": urn(hard["id"])}] == goal["addresses"] == care_plan["addresses"]
    assert [{"reference": urn(outcome["id"])}] == goal["outcomeReference"]
    assert {"reference": urn(review["id"])} == outcome["encounter"]
    assert "Sleep diary" in [each["detail"]["description"] for each in care_plan["activity"]]


def test_a_reference_never_leads_to_what_was_erased(person: Person) -> None:
    things = write_everything(person, "words")
    person.write(lambda c, r: erase(c, r, what_goes(c, things.shared), r.now(), None))
    bundle = bundle_of(person)
    Bundle(bundle, strict=True)

    assert set(references(bundle)) <= {each["fullUrl"] for each in bundle["entry"]}


def test_nobody_and_nothing_is_a_bundle_too(person: Person) -> None:
    bundle = bundle_of(person)
    Bundle(bundle, strict=True)

    assert {"Patient", "CarePlan", "AuditEvent"} == {
        each["resourceType"] for each in resources(bundle)
    }
