"""Comments of the person: an answer where others see what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import Held, all_documents, entries_of
from trailmark_client.queries.finding import by_prefix
from trailmark_client.queries.lanes import lanes_named, open_lanes
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.fields import Facts
from trailmark_shared.words import gettext

_NOTHING_TO_ANSWER: frozenset[Kind] = frozenset({"grant", "control", "mark", "supporter"})


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """What a comment is about, and who will read it.

    Attributes:
        about: The subject commented on.
        goals: The goal that it belongs to, or is, as text, by lane: a copy names none that its
            readers do not see.
        causes: The event answered, by lane.
        names: Names of those who will see the comment.
    """

    about: bytes
    goals: dict[Lane, str | None]
    causes: dict[Lane, bytes]
    names: tuple[str, ...]


def answering(conn: Connection, prefix: str, day: str, names: Sequence[str] = ()) -> Answering:
    """Return what the person means to comment on.

    Args:
        conn: The store.
        prefix: What they typed: the beginning of the id of something shared, or of a comment.
        day: The person's local date, on which grants count.
        names: Only for these, as they typed them; none for everybody who sees it.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id``, ``invalid_input``; ``not_shared``: nobody
            else, or none of those named, sees it.
    """
    lanes = lanes_named(conn, day, names, None) if names else open_lanes(conn, day)
    held = [each for each in all_documents(conn) if each.kind not in _NOTHING_TO_ANSWER]
    meant = by_prefix({each.subject: None for each in held}, prefix, gettext("entry"))
    there = {each.lane: each for each in held if each.subject == meant and _is_there(each)}
    seen = [each for each in lanes if each.lane in there]
    if not seen:
        raise DomainError(
            ErrorCode.NOT_SHARED,
            gettext("nobody else sees that; for words of your own: trailmark reflect"),
        )
    about, document = meant, there[seen[0].lane].document
    if isinstance(document, CommentDocument) and document.about is not None:
        about = id_from_text(document.about)
    return Answering(
        about=about,
        goals={each.lane: _goal_of(there[each.lane]) for each in seen},
        causes={each.lane: entries_of(conn, each.lane, meant)[-1].id for each in seen},
        names=tuple(dict.fromkeys(name for each in seen for name in each.names)),
    )


def _goal_of(held: Held[Facts]) -> str | None:
    if held.kind == "goal":
        return text_from_id(held.subject)
    return cast("str | None", getattr(held.document, "goal", None))


def _is_there(held: Held[Facts]) -> bool:
    return getattr(held.document, "withdrawn_at", None) is None


def comment(
    conn: Connection, recorder: Recorder, meant: Answering, text: str, when: When
) -> Written:
    """Answer something that others see, where they see it.

    Args:
        conn: The store, inside a write transaction; the one in which ``meant`` was asked for.
        recorder: Who writes events.
        meant: What it is about, from ``answering``.
        text: The person's words.
        when: Now, as their clock and zone say.

    Returns:
        What was written.
    """
    subject = recorder.new_subject()
    data = CommentAdded(text=text, about=text_from_id(meant.about))
    events = [
        recorder.record(
            conn,
            lane,
            subject,
            msgspec.structs.replace(data, goal=meant.goals[lane]),
            when=when,
            cause=cause,
        ).id
        for lane, cause in meant.causes.items()
    ]
    return Written(
        kind="comment",
        subject=subject,
        lane=next(iter(meant.causes)),
        seen_by=meant.names,
        events=tuple(events),
    )
