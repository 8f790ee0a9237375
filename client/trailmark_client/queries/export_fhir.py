"""Everything that a clinic's system understands, as one FHIR R4 bundle, resource by resource.

Goals with their steps, check-ins, wins and hard moments, what is hard, what is tried, what reviews
came to, who was let in by which consent, who wrote what when, and who looked. Whole reflections and
parts of them are left out: they are the person's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final, TypeVar

import msgspec

from trailmark_client.identity import Identity
from trailmark_client.queries.audit_lanes import readings_of
from trailmark_client.queries.documents import entries_of
from trailmark_client.queries.export_records import Source, records
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.planning import wholes_by_part
from trailmark_client.queries.succession import successors
from trailmark_shared.events.registry import Kind
from trailmark_shared.exports import fhir, fhir_history, fhir_measures, fhir_plan
from trailmark_shared.exports.fhir_values import Resource, instant
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.card_kinds import (
    ChallengeDocument,
    InterventionDocument,
    ReviewDocument,
)
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.history import goal_history
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument

_Linked = TypeVar("_Linked", CheckInDocument, NoteDocument, OccurrenceDocument, ScaleDocument)

_ENCODER: Final = msgspec.json.Encoder()
_NOTES: Final[tuple[Kind, ...]] = ("win", "setback")


def bundle_pieces(source: Source, identity: Identity, made_at: int) -> Iterator[tuple[str, bytes]]:
    """Yield the bundle in pieces: UTF-8, one line for each resource.

    Args:
        source: The store, and what the server told.
        identity: Who this device is.
        made_at: Now, milliseconds UTC.

    Yields:
        The type of the one resource that is in the piece, or ``""``; and the piece.
    """
    head = {"resourceType": "Bundle", "type": "collection", "timestamp": instant(made_at)}
    yield "", _ENCODER.encode(head)[:-1] + b',"entry":['
    between = b"\n"
    for resource in _resources(source, text_from_id(identity.space), made_at):
        yield resource["resourceType"], between + _ENCODER.encode(fhir.entry(resource))
        between = b",\n"
    yield "", b"\n]}\n"


def _resources(source: Source, space: str, made_at: int) -> Iterator[Resource]:
    yield fhir.person(space)
    among = readings_of(source.conn)
    for member in {each.member: each for each in among}.values():
        yield fhir.member(member, space)
    yield from _challenges(source, space)
    yield _plan(source, space, made_at)
    yield from _reviews(source, space)
    yield from _goals(source, space)
    yield from _observations(source, space)
    for each in among:
        yield fhir_history.consent(each, space, made_at)
    yield from _provenances(source, space)
    for look in source.looks:
        yield fhir_history.looked(look.member, look.name, look.page, look.at, space)


def _plan(source: Source, space: str, made_at: int) -> Resource:
    goals = [text_from_id(each.id) for each in goals_at_home(source.conn)]
    steps = ((each.id, each.document) for each in records(source.conn, "step", StepDocument))
    known = set(goals)
    tried = (
        fhir_plan.intervention(each.document, known)
        for each in records(source.conn, "intervention", InterventionDocument)
    )
    return fhir.care_plan(
        space,
        goals,
        [(step, each) for step, each in steps if each.goal in known],
        made_at,
        challenges=[each["id"] for each in _challenges(source, space)],
        tried=[each for each in tried if each is not None],
    )


def _challenges(source: Source, space: str) -> Iterator[Resource]:
    for each in records(source.conn, "challenge", ChallengeDocument):
        found = fhir_plan.challenge(each.id, each.document, space)
        if found is not None:
            yield found


def _reviews(source: Source, space: str) -> Iterator[Resource]:
    known = {text_from_id(each.id) for each in goals_at_home(source.conn)}
    for each in records(source.conn, "review", ReviewDocument):
        yield from fhir_plan.review(each.id, each.document, space, known)


def _links(source: Source, known: set[str]) -> Mapping[str, fhir.Links]:
    """Return what each goal is about, and what reviews came to for it."""
    about: dict[str, list[str]] = {}
    outcomes: dict[str, list[str]] = {}
    for challenge in records(source.conn, "challenge", ChallengeDocument):
        links = [use.link for use in challenge.document.uses if use.link is not None]
        for goal in dict.fromkeys(links if challenge.document.said.value is not None else ()):
            about.setdefault(goal, []).append(challenge.id)
    for review in records(source.conn, "review", ReviewDocument):
        decided = fhir_plan.goals_of(review.document, known)
        for goal in dict.fromkeys(decided if review.document.said.value is not None else ()):
            outcomes.setdefault(goal, []).append(fhir_plan.outcome_id(review.id))
    return {
        goal: fhir.Links(challenges=about.get(goal, ()), outcomes=outcomes.get(goal, ()))
        for goal in known
    }


def _goals(source: Source, space: str) -> Iterator[Resource]:
    goals, wholes = goals_at_home(source.conn), wholes_by_part(source.conn)
    known = {text_from_id(each.id) for each in goals}
    links, new = _links(source, known), successors(source.conn, goals)
    for each in goals:
        goal, next_one = text_from_id(each.id), new.get(text_from_id(each.id))
        written = entries_of(source.conn, SELF if SELF in each.copies else each.lane, each.id)
        yield fhir.goal(
            goal,
            each.document,
            space,
            written[0].body.day,
            links[goal]._replace(
                parts=[part for part, whole in wholes.items() if whole == goal and part in known],
                replaced_by=[next_one] if next_one in known else [],
            ),
        )


def _observations(source: Source, space: str) -> Iterator[Resource]:
    known = {text_from_id(each.id) for each in goals_at_home(source.conn)}
    for each in records(source.conn, "check_in", CheckInDocument):
        found = fhir.check_in(each.id, _linked(each.document, known), space)
        if found is not None:
            yield found
    for measure in records(source.conn, "measure", MeasureDocument):
        occurred_at = measure.first.body.occurred_at
        yield from fhir_measures.answered(measure.id, measure.document, space, occurred_at)
    for occurrence in records(source.conn, "occurrence", OccurrenceDocument):
        linked = _linked(occurrence.document, known)
        happened = fhir_measures.occurred(occurrence.id, linked, space)
        if happened is not None:
            yield happened
    for scale in records(source.conn, "scale", ScaleDocument):
        yield from fhir_measures.attained(_linked(scale.document, known), space)
    for kind in _NOTES:
        for note in records(source.conn, kind, NoteDocument):
            found = fhir.noted(kind, note.id, _linked(note.document, known), space)
            if found is not None:
                yield found


def _linked(document: _Linked, known: set[str]) -> _Linked:
    """Let go of a goal that is not here any more: a reference leads somewhere, or there is none."""
    if document.goal is None or document.goal in known:
        return document
    return msgspec.structs.replace(document, goal=None)


def _provenances(source: Source, space: str) -> Iterator[Resource]:
    for each in goals_at_home(source.conn):
        changes = [
            change
            for lane in sorted(each.copies)
            if not lane.startswith("circle/")
            for change in goal_history(entries_of(source.conn, lane, each.id))
        ]
        for _, of_event in groupby(changes, key=lambda change: change.event):
            yield fhir_history.provenance(list(of_event), space)
