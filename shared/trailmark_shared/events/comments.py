"""Data of comments on what is shared."""

from __future__ import annotations

from trailmark_shared.events.data import EventData, IdText, Text


class CommentAdded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody answered something shared; the body's ``cause`` names the event answered.

    Attributes:
        text: The comment.
        about: The subject commented on (a goal, a step, an excerpt, …).
        goal: The goal that the subject belongs to, or is.
    """

    text: Text
    about: IdText
    goal: IdText | None = None


class CommentWithdrawn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The writer took a comment back; its words are no longer shown."""
