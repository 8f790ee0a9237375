"""What people read of a resource: its own words, safe in a page, and none besides."""

from xml.etree import ElementTree as ET

import pytest

from trailmark_shared.exports.fhir_text import with_narrative
from trailmark_shared.exports.fhir_values import Resource

XHTML = "{http://www.w3.org/1999/xhtml}"


def read(resource: Resource) -> list[str | None]:
    """Return the paragraphs, as somebody's parser of XML reads them."""
    div = ET.fromstring(with_narrative(resource)["text"]["div"])  # noqa: S314  (our own)
    assert f"{XHTML}div" == div.tag
    return [each.text for each in div]


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        (
            {
                "resourceType": "Goal",
                "lifecycleStatus": "active",
                "description": {"text": "Walk"},
                "note": [{"text": "air"}, {"text": "no time"}],
            },
            ["Goal", "Walk", "active", "air", "no time"],
        ),
        (
            {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": "walks"},
                "valueQuantity": {"value": 2, "unit": "of 10"},
            },
            ["Observation", "walks", "2 of 10", "final"],
        ),
        (
            {"resourceType": "Observation", "code": {"text": "Panic"}, "valueBoolean": True},
            ["Observation", "Panic", "true"],
        ),
        (
            {"resourceType": "CarePlan", "title": "Goals", "activity": [{"detail": "x"}]},
            ["CarePlan", "Goals"],
        ),
        ({"resourceType": "Observation", "valueInteger": -1}, ["Observation", "-1"]),
        ({"resourceType": "Patient"}, ["Patient"]),
    ],
)
def test_it_says_what_the_resource_says(said: Resource, lines: list[str]) -> None:
    assert lines == read({"id": "a", **said})


def test_words_of_a_person_stay_words() -> None:
    text = "<script>alert(1)</script> & \x00\x1b[2J"

    shown = read({"resourceType": "Goal", "id": "a", "description": {"text": text}})

    assert ["Goal", "<script>alert(1)</script> & \ufffd\ufffd[2J"] == shown


def test_a_character_that_no_system_takes_is_in_no_word_of_it() -> None:
    said: Resource = {
        "resourceType": "Observation",
        "id": "a",
        "valueInteger": 3,
        "valueString": "\x00",
        "note": [{"text": "in\x0bthe\uffffrain\r\n\tat last"}],
    }

    told = with_narrative(said)

    assert ("\ufffd", 3) == (told["valueString"], told["valueInteger"])
    assert [{"text": "in\ufffdthe\ufffdrain\r\n\tat last"}] == told["note"]


def test_it_stands_behind_the_id_and_nothing_is_lost() -> None:
    told = with_narrative({"resourceType": "Patient", "id": "a", "active": True})

    assert ["resourceType", "id", "text", "active"] == list(told)
    assert "generated" == told["text"]["status"]
