"""Tables of everything: what was written in words, by the person and to the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trailmark_client.queries.documents import documents
from trailmark_client.queries.export_records import (
    BETWEEN,
    SAID,
    Row,
    Source,
    Table,
    records,
    titles,
    utc,
)
from trailmark_client.queries.lanes import audience, member_names, supporter_names
from trailmark_client.queries.readable import actor_name, plain_field, plain_value
from trailmark_client.queries.sent import items_of, sent_line
from trailmark_shared.events.proposals import values_by_field
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.proposal import ProposalDocument
from trailmark_shared.words import marked

_SHARED: Final = "c*"


def _excerpts(source: Source) -> Iterator[Row]:
    links = {
        text_from_id(each.subject): each.document.link.reflection
        for each in documents(source.conn, "excerpt", ExcerptDocument)
        if each.document.link is not None
    }
    for each in records(source.conn, "excerpt", ExcerptDocument, _SHARED):
        document = each.document
        is_out = document.withdrawn_at is None
        seen_by = audience(source.conn, each.held.lane, source.day) if is_out else ()
        yield (
            each.id,
            links.get(each.id),
            document.title,
            document.text,
            document.goal,
            document.written_on,
            *each.said,
            each.held.lane,
            BETWEEN.join(seen_by),
            utc(document.withdrawn_at),
        )


EXCERPTS: Final = Table(
    name="excerpts",
    title=marked("Parts of reflections that were shared"),
    columns=(
        *("id", "reflection", "title", "text", "goal", "written_on", *SAID, "lane", "seen_by"),
        "withdrawn",
    ),
    rows=_excerpts,
)


def _sent(source: Source) -> Iterator[Row]:
    for lane, name in sorted(supporter_names(source.conn).items()):
        for item in items_of(source.conn, lane):
            line = sent_line(item)
            yield (
                line.id,
                name,
                line.kind,
                line.words,
                line.why,
                line.status,
                line.day,
                utc(line.sent_at),
                utc(line.taken_back_at),
                BETWEEN.join(each.text for each in line.encouragements),
                lane,
            )


SENT: Final = Table(
    name="sent-to-supporters",
    title=marked("What was sent to supporters, as they see it"),
    columns=(
        *("id", "to", "kind", "words", "why", "status", "day", "sent", "taken_back"),
        *("encouragement", "lane"),
    ),
    rows=_sent,
)


def _proposals(source: Source) -> Iterator[Row]:
    names, goals = member_names(source.conn), titles(source.conn)
    for each in records(source.conn, "proposal", ProposalDocument):
        document = each.document
        answer = document.answers[0] if document.answers else None
        why = None if answer is None or answer.reason is None else answer.reason.text
        yield (
            each.id,
            actor_name(document.created_by, names),
            document.what,
            document.goal,
            goals.get(document.goal or ""),
            document.step,
            _values(document),
            None if document.reason is None else document.reason.text,
            document.status,
            None if answer is None else utc(answer.effective_at),
            why,
            *each.said,
            each.held.lane,
        )


def _values(document: ProposalDocument) -> str | None:
    if document.values is None:
        return None
    fields = values_by_field(document.values).items()
    return BETWEEN.join(
        f"{plain_field(name)}: {plain_value(name, value)}" for name, value in fields
    )


PROPOSALS: Final = Table(
    name="proposals",
    title=marked("What was proposed"),
    columns=(
        *("id", "by", "what", "goal", "goal_title", "step", "proposed", "reason", "status"),
        *("answered", "answer_words", *SAID, "lane"),
    ),
    rows=_proposals,
)
