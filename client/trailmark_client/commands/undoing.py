"""Undoing: what was written by mistake counts no more, in one step, and can be put back.

Words of a copy (a shared part, or an entry that was shared by itself) that have not left this
device never do; of what did leave, its readers see that it was taken back, and no words. What
should go for good is erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.cards import CORRECTION
from trailmark_client.commands.goals import set_fields
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import entries_of, of_subject
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import audience
from trailmark_client.queries.taken_back import Undoing
from trailmark_client.recorder import Recorder
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.comments import CommentWithdrawn
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.goals import GoalEnteredInError
from trailmark_shared.events.journal import EntryPutBack, EntryTakenBack
from trailmark_shared.events.sharing import ExcerptWithdrawn, SharingWishSettled
from trailmark_shared.ids import SELF, Lane, text_from_id
from trailmark_shared.projections.card_kinds import CHOSEN_ONE_BY_ONE
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.words import gettext


def undo(conn: Connection, recorder: Recorder, meant: Undoing, when: When) -> Written:
    """Take something back.

    Args:
        conn: The store, inside a write transaction; the one in which ``meant`` was asked for.
        recorder: Who writes events.
        meant: What, from ``queries.taken_back.what_to_undo``.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written; after the commit the caller pays the cleaning that may be owed.

    Raises:
        DomainError: ``nothing_changed``: there is nothing of it left to take back.
    """
    match meant.kind:
        case "goal":
            at_home = goal_at_home(conn, meant.subject)
            if at_home.document.lifecycle.value == "entered-in-error":
                raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it is taken back already"))
            return set_fields(conn, recorder, at_home, GoalEnteredInError(), reason=CORRECTION)
        case "excerpt":
            return _unshare(conn, recorder, meant, when)
        case "wish":
            return _let_go(conn, recorder, meant, when)
        case "comment":
            return _withdraw_comment(conn, recorder, meant, when)
        case _:
            written = _mark(conn, recorder, meant, when, EntryTakenBack)
            kept = _kept_back(conn, recorder, meant, when)
            return msgspec.structs.replace(written, events=(*written.events, *kept))


def put_back(conn: Connection, recorder: Recorder, meant: Undoing, when: When) -> Written:
    """Let something that was taken back count again, from ``queries.taken_back``."""
    # Of a goal that was entered by mistake, it is the word that said so which counts no more.
    how = EntryTakenBack if meant.kind == "goal" else EntryPutBack
    return _mark(conn, recorder, meant, when, how)


def _mark(
    conn: Connection,
    recorder: Recorder,
    meant: Undoing,
    when: When,
    type_: type[EntryTakenBack | EntryPutBack],
) -> Written:
    if not meant.events:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, gettext("there is nothing of it here to take back")
        )
    written = [
        recorder.record(
            conn, lane, meant.subject, type_(events=tuple(map(text_from_id, some))), when=when
        ).id
        for lane, events in meant.events.items()
        for some in _parts(events)
    ]
    return _written(conn, meant, when, tuple(written))


def _kept_back(conn: Connection, recorder: Recorder, meant: Undoing, when: When) -> Iterator[bytes]:
    """Let no copy leave whose words have not left; what it was made of stays with the person."""
    if meant.kind not in CHOSEN_ONE_BY_ONE or not entries_of(conn, SELF, meant.subject):
        return
    for lane, events in meant.events.items():
        if lane != SELF and (waiting := _waiting(conn, lane, events)):
            for some in _parts(waiting):
                erased = SubjectErased(events=tuple(map(text_from_id, some)))
                yield recorder.record(conn, lane, meant.subject, erased, when=when).id


def _waiting(conn: Connection, lane: Lane, events: Sequence[bytes]) -> list[bytes]:
    """Return those of these events that the server has not confirmed."""
    marks = ",".join("?" * len(events))
    rows = conn.execute(
        f"SELECT id FROM event WHERE lane = ? AND id IN ({marks}) AND seq IS NULL ORDER BY pos",  # noqa: S608
        (lane, *events),
    )
    return [row[0] for row in rows]


def _parts(events: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(events), limits.BASE_IDS_MAX):
        yield events[start : start + limits.BASE_IDS_MAX]


def _written(conn: Connection, meant: Undoing, when: When, events: tuple[bytes, ...]) -> Written:
    shared = [lane for lane in meant.events if lane != SELF]
    return Written(
        kind=meant.kind,
        subject=meant.subject,
        lane=shared[0] if shared else SELF,
        seen_by=tuple(name for lane in shared for name in audience(conn, lane, when.day)),
        events=events,
    )


def _withdraw_comment(conn: Connection, recorder: Recorder, meant: Undoing, when: When) -> Written:
    """Take a comment back: its readers see that it was there, and no words."""
    known = of_subject(conn, "comment", meant.subject, CommentDocument)
    there = [lane for lane in meant.events if known[lane].withdrawn_at is None]
    if not there:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it is taken back already"))
    written = [
        recorder.record(conn, lane, meant.subject, CommentWithdrawn(), when=when).id
        for lane in there
    ]
    return _written(conn, meant, when, tuple(written))


def _unshare(conn: Connection, recorder: Recorder, meant: Undoing, when: When) -> Written:
    """Take a shared part back: what has not left never leaves, what has is withdrawn."""
    shared = {lane: events for lane, events in meant.events.items() if lane != SELF}
    if not shared:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("nobody sees this part any more"))
    written = [
        event
        for lane, events in shared.items()
        for event in _unshare_in(conn, recorder, meant.subject, lane, events, when)
    ]
    if not written:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it is taken back already"))
    return _written(conn, meant, when, tuple(written))


def _unshare_in(
    conn: Connection,
    recorder: Recorder,
    excerpt: bytes,
    lane: Lane,
    events: Sequence[bytes],
    when: When,
) -> Iterator[bytes]:
    taken = entries_of(conn, lane, excerpt)
    if any(isinstance(each.body.data, ExcerptWithdrawn) for each in taken):
        return
    waiting = _waiting(conn, lane, events)
    yield recorder.record(conn, lane, excerpt, ExcerptWithdrawn(), when=when).id
    if waiting:
        erased = SubjectErased(events=tuple(map(text_from_id, waiting)))
        yield recorder.record(conn, lane, excerpt, erased, when=when).id


def _let_go(conn: Connection, recorder: Recorder, meant: Undoing, when: When) -> Written:
    base = recorder.base_of(conn, SELF, meant.subject, "wish")
    if not base:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, gettext("it is not going to be shared any more")
        )
    settled = SharingWishSettled(outcome="let_go")
    event = recorder.record(conn, SELF, meant.subject, settled, when=when, base=base)
    return _written(conn, meant, when, (event.id,))
