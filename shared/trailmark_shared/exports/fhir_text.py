"""What people read of a resource of FHIR R4: its narrative, made of what the resource says.

A system that knows nothing of a resource's structure still shows this. It holds no word that the
resource does not hold.

Source:
    https://hl7.org/fhir/R4/narrative.html, invariants dom-6, txt-1 and txt-2;
    https://hl7.org/fhir/R4/datatypes.html#string.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from trailmark_shared.exports.fhir_values import Resource

_SAID: Final = ("title", "name", "description", "code", "type", "reasonCode", "activity")
"""Elements that say what a resource is about, as text or as texts with codes."""
_VALUES: Final = ("valueString", "valueInteger", "valueBoolean")
_STATUSES: Final = ("lifecycleStatus", "status")
_NO_TEXT: Final = dict.fromkeys(
    [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF], "\N{REPLACEMENT CHARACTER}"
)
"""Characters that no string of FHIR may hold, nor XML 1.0."""


def with_narrative(resource: Resource) -> Resource:
    """Return a resource with a text for people behind its id.

    A character that no system may take, in whatever words, would have all of a bundle refused: in
    its place stands the one for what cannot be shown.

    Args:
        resource: A whole resource, without a text.
    """
    resource = _readable(resource)
    kind, id_ = resource["resourceType"], resource["id"]
    lines = [kind, *_lines(resource)]
    shown = "".join(f"<p>{escape(each)}</p>" for each in lines)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{shown}</div>'
    head = {"resourceType": kind, "id": id_, "text": {"status": "generated", "div": div}}
    return head | resource


def _readable(value: Any) -> Any:  # noqa: ANN401  (any value of JSON)
    match value:
        case str():
            return value.translate(_NO_TEXT)
        case dict():
            return {name: _readable(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case list():
            return [_readable(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value


def _lines(resource: Resource) -> Iterator[str]:
    for name in _SAID:
        yield from _texts(resource.get(name))
    for name in _VALUES:
        if name in resource:
            yield str(resource[name]).lower() if name == "valueBoolean" else str(resource[name])
    if quantity := resource.get("valueQuantity"):
        yield " ".join(map(str, (quantity[each] for each in ("value", "unit") if each in quantity)))
    yield from (str(resource[name]) for name in _STATUSES if name in resource)
    yield from _texts(resource.get("note"))


def _texts(element: Any) -> Iterator[str]:  # noqa: ANN401  (any element of JSON)
    match element:
        case str():
            yield element
        case {"text": str(text)}:
            yield text
        case [*several]:
            for each in several:
                yield from _texts(each)
        case _:
            return
