"""Values of FHIR R4: ids, times, codes, and what is left out."""

from tests.support.entries import START, a_text
from trailmark_shared import limits
from trailmark_shared.exports.fhir_values import (
    coding,
    date_time,
    derived_id,
    instant,
    reference,
    urn,
    without_nothing,
)


def test_an_id_is_a_urn_and_times_are_whole() -> None:
    assert urn(a_text(2)) == "urn:uuid:02020202-0202-0202-0202-020202020202"
    assert date_time("2026-09-21T16:13+02:00") == "2026-09-21T16:13:00+02:00"
    assert instant(START) == "2026-09-21T14:13:20.000+00:00"
    assert instant(limits.INTEGER_MAX) == "9999-12-30T23:59:59.999+00:00"


def test_what_says_nothing_is_left_out() -> None:
    assert without_nothing({"a": None, "b": "", "c": [], "d": {}, "e": 0, "f": False}) == {
        "e": 0,
        "f": False,
    }
    assert "display" not in reference(a_text(2))
    assert coding("urn:s", "c") == {"coding": [{"system": "urn:s", "code": "c"}]}


def test_a_derived_id_follows_from_its_parts() -> None:
    assert derived_id("a", "b") == derived_id("a", "b") != derived_id("a", "c")
