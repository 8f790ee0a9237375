"""Comments: the fold of one comment."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of


class CommentDocument(Facts, frozen=True, kw_only=True):
    """A comment.

    Attributes:
        text: The comment; ``None`` once withdrawn.
        about: The subject commented on.
        goal: The goal that the subject belongs to, or is.
        answers: The event answered, if one was named.
        day: The local date it was written on.
        withdrawn_at: When its writer took it back, milliseconds UTC.
    """

    text: str | None = None
    about: str | None = None
    goal: str | None = None
    answers: str | None = None
    day: str
    withdrawn_at: int | None = None


def fold_comment(entries: Sequence[Entry]) -> CommentDocument:
    """Return the comment that ``entries`` (all of one comment, in lane order) tell of.

    Only its writer can take a comment back; a withdrawal by somebody else folds to nothing.
    """
    added = next((e for e in entries if isinstance(e.body.data, CommentAdded)), entries[0])
    data = added.body.data
    withdrawn_at = next(
        (
            e.effective_at
            for e in entries
            if isinstance(e.body.data, CommentWithdrawn) and e.actor == added.actor
        ),
        None,
    )
    is_here = isinstance(data, CommentAdded)
    return CommentDocument(
        **facts_of(entries),
        text=data.text if is_here and withdrawn_at is None else None,
        about=data.about if is_here else None,
        goal=data.goal if is_here else None,
        answers=text_from_id(added.body.cause) if added.body.cause else None,
        day=added.body.day,
        withdrawn_at=withdrawn_at,
    )
