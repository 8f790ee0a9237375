"""Values of FHIR R4 (4.0.1): references, codes, times, and what is left out.

Source:
    https://hl7.org/fhir/R4/datatypes.html, https://hl7.org/fhir/R4/references.html
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from trailmark_shared import limits
from trailmark_shared.domain.dates import moment_from_ms
from trailmark_shared.ids import id_from_text, text_from_id

Resource = dict[str, Any]
"""A resource, or a part of one, as JSON shows it."""

TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem"
"""Where codes of HL7 are from."""

PERSON_ELEMENT: Final = "Patient".lower()
"""What FHIR calls the element of a consent that refers to the person."""

OURS: Final = "urn:trailmark"
"""Where codes of Trailmark are from."""


def urn(id_text: str) -> str:
    """Return the URN of an id: its 16 bytes written as a UUID (RFC 4122)."""
    digits = id_from_text(id_text).hex()
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return f"urn:uuid:{'-'.join(parts)}"


def derived_id(*parts: str) -> str:
    """Return the id of what has none in Trailmark: it follows from what it is made of."""
    return text_from_id(sha256("\n".join(parts).encode()).digest()[: limits.ID_BYTES])


def instant(ms: int) -> str:
    """Return a moment (milliseconds UTC) as FHIR writes it."""
    return moment_from_ms(ms).isoformat(timespec="milliseconds")


def date_time(occurred_at: str) -> str:
    """Return what a person said about time (RFC 3339) with the seconds that FHIR wants."""
    return datetime.fromisoformat(occurred_at).isoformat(timespec="seconds")


def reference(id_text: str, words: str | None = None) -> Resource:
    """Return a reference to what has an id, with words for people."""
    return without_nothing({"reference": urn(id_text), "display": words})


def coding(system: str, code: str, words: str | None = None) -> Resource:
    """Return a CodeableConcept of one code."""
    return without_nothing({"coding": [{"system": system, "code": code}], "text": words})


def without_nothing(resource: Resource) -> Resource:
    """Return a resource without what says nothing: FHIR knows neither null nor empty values."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}
