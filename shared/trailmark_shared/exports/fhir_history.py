"""Consents, history and looks as resources of FHIR R4: Consent, Provenance, AuditEvent."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

from trailmark_shared.events.body import Reason
from trailmark_shared.exports.fhir_values import (
    OURS,
    PERSON_ELEMENT,
    TERMINOLOGY,
    Resource,
    coding,
    date_time,
    derived_id,
    instant,
    reference,
    without_nothing,
)
from trailmark_shared.projections.history import Change
from trailmark_shared.projections.readers import Reading

_BEGINNINGS: Final = frozenset({"goal_drafted", "goal_shared"})


def consent(reading: Reading, space: str, now: int) -> Resource:
    """Return a grant as a consent: who may see what, since when, until when, in which words.

    Args:
        reading: The grant.
        space: Id of the person.
        now: The present, milliseconds UTC.
    """
    granted, begins = reading.granted, reading.begins
    ended = reading.ends is not None or (
        reading.until is not None and reading.until < instant(now)[:10]
    )
    version = f"version {granted.consent.version}, SHA-256 {granted.consent.sha256}"
    end = reading.until if reading.ends is None else instant(reading.ends)
    return without_nothing(
        {
            "resourceType": "Consent",
            "id": reading.grant,
            "status": "inactive" if ended else "active",
            "scope": coding(f"{TERMINOLOGY}/consentscope", f"{PERSON_ELEMENT}-privacy"),
            "category": [coding("http://loinc.org", "59284-0", "Consent Document")],
            PERSON_ELEMENT: reference(space),
            "dateTime": None if begins is None else instant(begins),
            "performer": [reference(space)],
            "sourceAttachment": _words(reading, version),
            "policyRule": {"text": f"Words of Trailmark, {version}"},
            "provision": _provision(
                reading,
                without_nothing({"start": None if begins is None else instant(begins), "end": end}),
            ),
        }
    )


def _words(reading: Reading, version: str) -> Resource:
    return without_nothing(
        {
            "contentType": "text/plain; charset=utf-8",
            "language": "en",
            "title": version,
            "data": reading.words and base64.b64encode(reading.words.encode()).decode(),
        }
    )


def _provision(reading: Reading, period: Resource) -> Resource:
    granted = reading.granted
    return without_nothing(
        {
            "type": "permit",
            "period": period,
            "actor": [
                {
                    "role": coding(f"{TERMINOLOGY}/v3-ParticipationType", "IRCP"),
                    "reference": reference(reading.member, reading.name),
                }
            ],
            "action": [{"text": each} for each in granted.actions or ("view", "comment")],
            "class": [{"system": f"{OURS}:class", "code": each} for each in granted.classes],
            "purpose": [{"system": f"{OURS}:purpose", "code": granted.purpose}]
            if granted.purpose
            else None,
        }
    )


def provenance(changes: Sequence[Change], space: str) -> Resource:
    """Return where one event of a goal's history comes from: who, when, why.

    Args:
        changes: The changes of one event, at least one.
        space: Id of the person.
    """
    first = changes[0]
    author = first.actor.partition("/")[2] or space
    reason = first.reason
    code = "CREATE" if first.type in _BEGINNINGS else "UPDATE"
    return without_nothing(
        {
            "resourceType": "Provenance",
            "id": first.event,
            "target": [reference(first.subject)],
            "occurredDateTime": date_time(first.occurred_at),
            "recorded": instant(first.effective_at),
            "activity": {**coding(f"{TERMINOLOGY}/v3-DataOperation", code), "text": first.type},
            "reason": None if reason is None else [_reason(reason)],
            "agent": [
                {
                    "type": coding(f"{TERMINOLOGY}/provenance-participant-type", "author"),
                    "who": reference(author),
                }
            ],
        }
    )


def _reason(reason: Reason) -> Resource:
    return without_nothing(
        {
            "coding": [{"system": f"{OURS}:reason", "code": reason.code}],
            "text": reason.text,
        }
    )


def looked(member_id: str, name: str | None, page: str, at: int, space: str) -> Resource:
    """Return that somebody opened a page, or was refused, as an audit event.

    Args:
        member_id: Id of who it was.
        name: Their name, or ``None``.
        page: The page, as the access log names it; a refusal begins with ``refused``.
        at: When, milliseconds UTC.
        space: Id of the person.
    """
    return {
        "resourceType": "AuditEvent",
        "id": derived_id("trailmark-look/1", member_id, page, str(at)),
        "type": {"system": f"{TERMINOLOGY}/audit-event-type", "code": "rest"},
        "action": "R",
        "recorded": instant(at),
        "outcome": "4" if page.startswith("refused") else "0",
        "agent": [
            without_nothing({"altId": member_id, "name": name, "requestor": True}),
        ],
        "source": {"observer": {"display": "Trailmark home server"}},
        "entity": [{"what": reference(space), "description": page}],
    }
