"""Excerpts: what others see of a reflection, and what the person knows about its source."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.events.sharing import ExcerptLinked, ExcerptShared, ExcerptWithdrawn
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of


class ExcerptDocument(Facts, frozen=True, kw_only=True):
    """An excerpt, or in ``self`` the link from an excerpt to its source.

    Attributes:
        text: The frozen characters; ``None`` once withdrawn.
        title: A heading; ``None`` once withdrawn.
        goal: The goal it is about, if any.
        written_on: Local date of the reflection, where the person wanted it shown.
        day: The local date on which it was shared.
        shared_event: The ``excerpt_shared``.
        withdrawn_at: When it was withdrawn, milliseconds UTC.
        link: In ``self`` only: lane, reflection, revision and range it was taken from.
    """

    text: str | None = None
    title: str | None = None
    goal: str | None = None
    written_on: str | None = None
    day: str
    shared_event: str | None = None
    withdrawn_at: int | None = None
    link: ExcerptLinked | None = None


def fold_excerpt(entries: Sequence[Entry]) -> ExcerptDocument:
    """Return the excerpt that ``entries`` (all of one excerpt, in lane order) tell of.

    The first ``excerpt_shared`` counts: an excerpt never changes.
    """
    shared: Entry | None = None
    link: ExcerptLinked | None = None
    withdrawn_at: int | None = None
    for entry in entries:
        match entry.body.data:
            case ExcerptShared() if shared is None:
                shared = entry
            case ExcerptLinked() as data:
                link = data
            case ExcerptWithdrawn() if withdrawn_at is None:
                withdrawn_at = entry.effective_at
            case _:
                pass
    return _document(entries, shared, link, withdrawn_at)


def _document(
    entries: Sequence[Entry],
    shared: Entry | None,
    link: ExcerptLinked | None,
    withdrawn_at: int | None,
) -> ExcerptDocument:
    data = shared.body.data if shared else None
    if not isinstance(data, ExcerptShared) or shared is None:
        return ExcerptDocument(
            **facts_of(entries), day=entries[0].body.day, withdrawn_at=withdrawn_at, link=link
        )
    is_shown = withdrawn_at is None
    return ExcerptDocument(
        **facts_of(entries),
        text=data.text if is_shown else None,
        title=data.title if is_shown else None,
        goal=data.goal,
        written_on=data.written_on if is_shown else None,
        day=shared.body.day,
        shared_event=text_from_id(shared.id),
        withdrawn_at=withdrawn_at,
        link=link,
    )
