"""Supporters: loved ones who are sent single things, each into a lane of their own.

Nothing goes there by itself. A thing is copied as it reads at that moment, and what is said before
sending is read from the very copy: a preview is a sending that is taken back within its own
transaction.
"""

from __future__ import annotations

from typing import Final, NoReturn

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.copies import (
    Copied,
    copy_excerpt,
    copy_goal,
    copy_note,
    copy_request,
    copy_step,
    take_copy_back,
)
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.reflections import chosen_of, write_excerpt
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.homes import goal_at_home, lane_of_child
from trailmark_client.queries.lanes import circle_lanes, require_room
from trailmark_client.queries.sent import SUPPORTER, items_of, sent_on
from trailmark_client.queries.supporters import Supporter, live_supporters
from trailmark_client.recorder import Recorder
from trailmark_client.storage.links import MadeLink, keep_made
from trailmark_shared import limits
from trailmark_shared.domain.consent import (
    PURPOSE_BY_ROLE,
    SUPPORTER_VERSION,
    supporter_sha256,
)
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.supporting import SupporterDescribed
from trailmark_shared.ids import SELF, circle_lane, id_from_text, text_from_id
from trailmark_shared.projections.sent import SentItem
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.words import gettext

HELPS: Final = ("practical", "emotional", "come_along")
"""How somebody can help."""

ACTIONS: Final = ("view", "comment")
"""What a supporter may do: see what was sent, and answer it."""

_PREVIEW: Final = "preview"


class NewSupporter(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to be let in.

    Attributes:
        name: What the person calls them.
        until: Last day, or ``None`` for until stopped.
        relation: What they are to the person, or ``None``.
        helps: How they can help.
    """

    name: str
    until: str | None = None
    relation: str | None = None
    helps: tuple[str, ...] = ()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent.

    Attributes:
        kind: ``goal``, ``step``, ``win``, ``excerpt``, ``support_request`` or ``reflection``.
        subject: Id of it.
        excerpt: Of a reflection, the chosen characters.
        with_why: Of a goal, why it matters goes along.
    """

    kind: str
    subject: bytes
    excerpt: str | None = None
    with_why: bool = False


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """Something was sent within the caller's transaction, or would be.

    Attributes:
        item: What the supporter sees.
        events: Ids of the events, in order; none for a preview.
    """

    item: SentItem
    events: tuple[bytes, ...]


def let_supporter_in(
    conn: Connection, recorder: Recorder, new: NewSupporter, when: When
) -> Written:
    """Let a supporter into a new lane of their own.

    What they are to the person is noted in ``self`` only.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        new: Who.
        when: Now, as the person's clock and zone say.

    Returns:
        The grant; its subject is the grant's id.

    Raises:
        DomainError: ``invalid_input``: the name is in use, or the last day is behind;
            ``too_large``: ``SUPPORTERS_MAX`` are let in already; ``too_many_lanes``: there is none
            left for one more.
    """
    present = live_supporters(conn, when.day)
    name = new.name.strip()
    taken = {each.granted.name.casefold() for each in present.values() if each.granted is not None}
    if not name or name.casefold() in taken:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("every supporter has a name of their own; choose another one"),
        )
    if len(present) >= limits.SUPPORTERS_MAX:
        raise DomainError(
            ErrorCode.TOO_LARGE,
            gettext("{n} supporters are let in already; stop sharing with one first").format(
                n=limits.SUPPORTERS_MAX
            ),
        )
    if new.until is not None and new.until < when.day:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("the last day lies behind; choose a later one")
        )
    require_room(conn)
    lane = circle_lane(recorder.new_subject())
    data = AccessGranted(
        member=text_from_id(recorder.new_subject()),
        name=name,
        role=SUPPORTER,
        classes=(),
        until=new.until,
        consent=ConsentText(version=SUPPORTER_VERSION, sha256=supporter_sha256()),
        actions=ACTIONS,
        purpose=PURPOSE_BY_ROLE[SUPPORTER],
    )
    grant = recorder.new_subject()
    events = [recorder.record(conn, lane, grant, data, when=when).id]
    if new.relation is not None or new.helps:
        described = SupporterDescribed(relation=new.relation, helps=new.helps)
        events.append(recorder.record(conn, SELF, grant, described, when=when).id)
    return Written(kind="grant", subject=grant, lane=lane, seen_by=(name,), events=tuple(events))


def describe_supporter(
    conn: Connection, recorder: Recorder, grant: bytes, described: SupporterDescribed, when: When
) -> Written:
    """Note what a supporter is to the person, in ``self`` only; it replaces what stood there."""
    base = base_of_fields(conn, recorder, SELF, grant, ("relation", "helps"))
    event = recorder.record(conn, SELF, grant, described, when=when, base=base)
    return Written(kind="supporter", subject=grant, lane=SELF, seen_by=(), events=(event.id,))


def keep_link(conn: Connection, supporter: Supporter, token_hash: bytes, made_at: int) -> None:
    """Keep the hash of a link that was made for a supporter, to be told to the server.

    Args:
        conn: The store, inside a write transaction.
        supporter: For whom.
        token_hash: SHA-256 of its random part as it reads.
        made_at: Now, milliseconds UTC.
    """
    link = MadeLink(
        member=supporter.member,
        lane=supporter.lane,
        token_hash=token_hash.hex(),
        made_at=made_at,
    )
    keep_made(conn, link)


def send(
    conn: Connection,
    recorder: Recorder,
    to: Supporter,
    wanted: Wanted,
    when: When,
    *,
    is_preview: bool = False,
) -> Sent:
    """Send one thing to a supporter: a frozen copy of how it reads now.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        to: To whom.
        wanted: What.
        when: Now, as the person's clock and zone say.
        is_preview: Write nothing; only say what they would see.

    Returns:
        What they see, and what was written.

    Raises:
        DomainError: ``not_found``, ``excerpt_not_found``; ``nothing_changed``: they see just this
            already; ``invalid_input``: it is a whole reflection, or a step that is not reached;
            ``too_large``: ``SUPPORTER_ITEMS_PER_DAY_MAX`` were sent to them today.
    """
    if sent_on(conn, to.lane, when.day, when.zone) >= limits.SUPPORTER_ITEMS_PER_DAY_MAX:
        raise DomainError(
            ErrorCode.TOO_LARGE,
            gettext("{n} things were sent to them today; send the next one tomorrow").format(
                n=limits.SUPPORTER_ITEMS_PER_DAY_MAX
            ),
        )
    conn.execute(f"SAVEPOINT {_PREVIEW}")
    copied = _copy(conn, recorder, to, wanted, when)
    subject = text_from_id(copied.subject)
    item = next(each for each in items_of(conn, to.lane) if each.subject == subject)
    if is_preview:
        conn.execute(f"ROLLBACK TO {_PREVIEW}")
    conn.execute(f"RELEASE {_PREVIEW}")
    return Sent(item=item, events=() if is_preview else copied.events)


def _copy(
    conn: Connection, recorder: Recorder, to: Supporter, wanted: Wanted, when: When
) -> Copied:
    subject = wanted.subject
    match wanted.kind:
        case "goal":
            fields = ("lifecycle", "achievement", *(("why",) if wanted.with_why else ()))
            return copy_goal(conn, recorder, subject, to.lane, fields)
        case "step":
            _require_reached(conn, subject)
            return copy_step(conn, recorder, subject, to.lane)
        case "win":
            return copy_note(conn, recorder, subject, to.lane)
        case "excerpt":
            return copy_excerpt(conn, recorder, subject, to.lane)
        case "support_request":
            return copy_request(conn, recorder, subject, to.lane)
        case _:
            return _send_chosen(conn, recorder, to, wanted, when)


def _send_chosen(
    conn: Connection, recorder: Recorder, to: Supporter, wanted: Wanted, when: When
) -> Copied:
    if wanted.excerpt is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a reflection stays private; choose the characters to send with --excerpt"),
        )
    chosen = chosen_of(conn, wanted.subject, wanted.excerpt)
    lane = next(each for each in circle_lanes(conn, when.day) if each.lane == to.lane)
    subject = recorder.new_subject()
    events = write_excerpt(conn, recorder, subject, lane, chosen, when)
    return Copied(kind="excerpt", subject=subject, events=events)


def _require_reached(conn: Connection, step: bytes) -> None:
    lanes = of_subject(conn, "step", step, StepDocument)
    goal = next((each.goal for each in lanes.values() if each.goal is not None), None)
    home = SELF if goal is None else goal_at_home(conn, id_from_text(goal)).lane
    if lanes[lane_of_child(lanes, home)].status.value != "reached":
        _refuse_open()


def _refuse_open() -> NoReturn:
    raise DomainError(ErrorCode.INVALID_INPUT, gettext("a step can be sent once it is reached"))


def take_back(conn: Connection, recorder: Recorder, supporter: Supporter, item: SentItem) -> Sent:
    """Take back something that was sent: its words are shown to them no more.

    Returns:
        What is left to be seen, and what was written.

    Raises:
        DomainError: ``not_shared``: they cannot see it.
    """
    subject = id_from_text(item.subject)
    copied = take_copy_back(conn, recorder, item.kind, subject, supporter.lane)
    left = next(each for each in items_of(conn, supporter.lane) if each.subject == item.subject)
    return Sent(item=left, events=copied.events)
