"""Tables of everything: cards, from barriers to the vision, and each time one of them was used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from trailmark_client.queries.cards import Card, card_line
from trailmark_client.queries.export_records import (
    BETWEEN,
    SAID,
    Record,
    Row,
    Source,
    Table,
    records,
    titles,
    utc,
)
from trailmark_shared.events.registry import Kind
from trailmark_shared.projections.card import CardDocument
from trailmark_shared.projections.fold import DOCUMENT_TYPES

_KINDS: Final[tuple[Kind, ...]] = tuple(
    kind for kind, type_ in DOCUMENT_TYPES.items() if issubclass(type_, CardDocument)
)


def _each_card(source: Source) -> Iterator[tuple[Kind, Record[Card]]]:
    for kind in _KINDS:
        for each in records(source.conn, kind, DOCUMENT_TYPES[kind]):
            yield kind, cast("Record[Card]", each)


def _cards(source: Source) -> Iterator[Row]:
    goals = titles(source.conn)
    for kind, each in _each_card(source):
        document = each.document
        line = card_line(kind, each.held.subject, document)
        yield (
            each.id,
            kind,
            line.words,
            BETWEEN.join(f"{name}: {_plain(value)}" for name, value in line.said.items()),
            line.status,
            document.goal,
            goals.get(document.goal or ""),
            len(line.uses),
            *each.said,
            utc(document.changed_at),
        )


def _plain(value: Any) -> str:  # noqa: ANN401  (a part of any card)
    return ", ".join(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else str(value)


CARDS: Final = Table(
    name="insights-and-plans",
    title="Insights, barriers, what helps, self-care, habits, rewards, vision and what comes after",
    columns=(
        *("id", "kind", "words", "parts", "status", "goal", "goal_title", "uses"),
        *(*SAID, "changed"),
    ),
    rows=_cards,
)


def _uses(source: Source) -> Iterator[Row]:
    for kind, each in _each_card(source):
        words = card_line(kind, each.held.subject, each.document).words
        for use in each.document.uses:
            yield (
                use.event,
                each.id,
                kind,
                words,
                use.day,
                use.occurred_at,
                use.helped,
                use.note,
                use.part,
                use.link,
            )


USES: Final = Table(
    name="tried-and-done",
    title="Each time one of them was tried, done or met",
    columns=(
        *("event", "entry", "kind", "words", "day", "happened", "helped", "note", "part", "about"),
    ),
    rows=_uses,
)
