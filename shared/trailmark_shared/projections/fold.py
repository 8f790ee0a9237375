"""One subject's entries to one document: the only way a read model comes about.

A document depends on the entries of its subject in lane order and on nothing else, so folding again
after every change equals folding once at the end, and replicas that hold the same rows hold the
same documents, byte for byte. Entries of unknown types are skipped; they count after the upgrade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Final

import msgspec

from trailmark_shared.events import codec
from trailmark_shared.events.body import UnknownData
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.control import StatementMade
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.ids import id_from_text
from trailmark_shared.projections.card import card_fold
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.check_in import CheckInDocument, fold_check_in
from trailmark_shared.projections.comment import CommentDocument, fold_comment
from trailmark_shared.projections.control import ControlDocument, fold_control
from trailmark_shared.projections.encouragement import EncouragementDocument, fold_encouragement
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.excerpt import ExcerptDocument, fold_excerpt
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.goal import GoalDocument, fold_goal
from trailmark_shared.projections.grant import GrantDocument, fold_grant
from trailmark_shared.projections.joint import JointDocument, joint_fold
from trailmark_shared.projections.mark import MarkDocument, counting, fold_mark
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
    fold_measure,
    fold_occurrence,
    fold_scale,
)
from trailmark_shared.projections.note import NoteDocument, fold_note
from trailmark_shared.projections.proposal import ProposalDocument, fold_proposal
from trailmark_shared.projections.reflection import ReflectionDocument, fold_reflection
from trailmark_shared.projections.single_check_in import single_check_in_json
from trailmark_shared.projections.step import StepDocument, fold_step
from trailmark_shared.projections.support_request import fold_support_request
from trailmark_shared.projections.supporter import SupporterDocument, fold_supporter
from trailmark_shared.projections.wish import WishDocument, fold_wish

PROJECTION_VERSION: Final = 2
"""Version of every document; a change of any fold or document struct raises it."""

FOLDS: Final[Mapping[Kind, Callable[[Sequence[Entry]], Facts]]] = {
    "goal": fold_goal,
    "step": fold_step,
    "check_in": fold_check_in,
    "occurrence": fold_occurrence,
    "measure": fold_measure,
    "scale": fold_scale,
    "reflection": fold_reflection,
    "excerpt": fold_excerpt,
    "win": fold_note,
    "setback": fold_note,
    "comment": fold_comment,
    "encouragement": fold_encouragement,
    "proposal": fold_proposal,
    "grant": fold_grant,
    "supporter": fold_supporter,
    "wish": fold_wish,
    **{
        kind: joint_fold(each.document)
        if issubclass(each.document, JointDocument)
        else card_fold(each.document)
        for kind, each in CARD_KINDS.items()
    },
    "support_request": fold_support_request,
    "mark": fold_mark,
    "control": fold_control,
}
"""The fold of each kind."""

DOCUMENT_TYPES: Final[Mapping[Kind, type[Facts]]] = {
    "goal": GoalDocument,
    "step": StepDocument,
    "check_in": CheckInDocument,
    "occurrence": OccurrenceDocument,
    "measure": MeasureDocument,
    "scale": ScaleDocument,
    "reflection": ReflectionDocument,
    "excerpt": ExcerptDocument,
    "win": NoteDocument,
    "setback": NoteDocument,
    "comment": CommentDocument,
    "encouragement": EncouragementDocument,
    "proposal": ProposalDocument,
    "grant": GrantDocument,
    "supporter": SupporterDocument,
    "wish": WishDocument,
    **{kind: each.document for kind, each in CARD_KINDS.items()},
    "mark": MarkDocument,
    "control": ControlDocument,
}
"""The struct of each kind's document."""

_SIDES: Final[tuple[Kind, ...]] = ("mark", "wish")
_SIDE_KINDS: Final[frozenset[Kind]] = frozenset({*_SIDES, "control"})


class Document(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The read model of one subject in one lane.

    Attributes:
        lane: The lane.
        kind: What the subject is.
        subject: Id of the subject, 16 bytes.
        parent: The goal (or the subject commented on) that it hangs under, or ``None``.
        day: The local date that it belongs to; ``None`` for kinds without one.
        json: The typed document as deterministic JSON.
    """

    lane: str
    kind: Kind
    subject: bytes
    parent: bytes | None
    json: bytes
    day: str | None = None


_encode: Final = msgspec.json.Encoder(order="deterministic").encode


@cache
def _decoder(kind: Kind) -> msgspec.json.Decoder[Facts]:
    """Make a decoder when one is first needed: all of them cost a command line's start dearly."""
    return msgspec.json.Decoder(DOCUMENT_TYPES[kind])


def make_decoders() -> None:
    """Make every decoder of documents and of events' data: in programs of several threads, first.

    And one over every other struct that is loaded, so that nothing is left to be learned of it.

    What msgspec learns of a struct it notes on the struct, and lets other threads run meanwhile:
    one that makes a decoder over the same struct finds half of it and ends the process (0.22).
    """
    codec.make_decoders()
    for kind in DOCUMENT_TYPES:
        _decoder(kind)
    for each in _below(msgspec.Struct):
        with suppress(TypeError, NameError):  # what nobody decodes need not be decodable
            msgspec.json.Decoder(each)


def _below(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for each in struct.__subclasses__():
        yield each
        yield from _below(each)


_PASSED_OVER: Final = (UnknownData, StatementMade)
"""What makes no document: what is not known, and what devices say to each other."""


def fold_subject(lane: str, entries: Sequence[Entry]) -> Document | None:
    """Return the document of one subject.

    Args:
        lane: The lane that ``entries`` are from.
        entries: All entries of the subject, each id once, in lane order: confirmed ones by seq,
            then own unconfirmed ones by dseq (see ``entries.entries_of_subject``). What is of
            another kind than the subject is passed over.

    Returns:
        The document, or ``None`` where no entry is of a known type, or says something to people.
    """
    if len(entries) == 1:  # As of most subjects: nothing takes it back.
        data = entries[0].body.data
        if isinstance(data, CheckInRecorded):
            return _single_check_in(lane, entries[0], data)
    known = [each for each in entries if not isinstance(each.body.data, _PASSED_OVER)]
    if not known:
        return None
    if len(known) == 1:  # It is of its own kind.
        kind = EVENT_TYPES[known[0].body.type].kind
    else:
        kind, known = _counting_of_kind(known)
    facts = FOLDS[kind](known)
    parent: str | None = getattr(facts, "goal", None) or getattr(facts, "about", None)
    return Document(
        lane=lane,
        kind=kind,
        subject=known[0].body.subject,
        parent=None if parent is None else id_from_text(parent),
        json=_encode(facts),
        day=facts.day.value if isinstance(facts, CheckInDocument) else None,
    )


def _single_check_in(lane: str, entry: Entry, data: CheckInRecorded) -> Document:
    return Document(
        lane=lane,
        kind="check_in",
        subject=entry.body.subject,
        parent=id_from_text(data.goal),
        json=single_check_in_json(entry, data),
        day=entry.body.day,
    )


def _counting_of_kind(entries: Sequence[Entry]) -> tuple[Kind, list[Entry]]:
    """Return what a subject is, and what counts of the entries that say so."""
    known = counting(entries)
    kinds: list[Kind] = [EVENT_TYPES[each.body.type].kind for each in known]
    kind = _kind_of(kinds)
    among = {kind, *_SIDE_KINDS}
    return kind, [each for each, its in zip(known, kinds, strict=True) if its in among]


def _kind_of(kinds: Sequence[Kind]) -> Kind:
    """Return what the first entry says; marks, wishes and erasures where nothing else does."""
    for kind in kinds:
        if kind not in _SIDE_KINDS:
            return kind
    for side in _SIDES:
        if side in kinds:
            return side
    return "control"


def decode_document(document: Document) -> Facts:
    """Return the typed document, of the struct that ``DOCUMENT_TYPES`` names for its kind."""
    return _decoder(document.kind).decode(document.json)
