"""Sharing: who sees what, until when; see as they see; who looked; stop; let somebody in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.stopping import stop_member
from trailmark_client.commands.when import parse_due
from trailmark_client.queries.documents import KIND_WORDS, find
from trailmark_client.queries.lanes import member_names
from trailmark_client.queries.pending import Agreed, PendingGrant, forget_pending, pending_grant
from trailmark_client.queries.seen import see_lane
from trailmark_client.queries.sharing import GrantLine, list_grants, list_waiting, to_stop
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, go_on
from trailmark_client.web.dating import dated_words
from trailmark_client.web.desk import Completed, Desk, Looked
from trailmark_client.web.framing import page
from trailmark_client.web.problems import problem_words
from trailmark_shared.domain.consent import (
    ACTION_WORDS,
    CLASS_NAMES,
    CLASS_WORDS,
    CONSENT_TEXTS,
    CONSENT_VERSION,
    VIEW,
)
from trailmark_shared.domain.looks import is_refused, look_words
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError, TrailmarkError
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.words import gettext, marked

GROUPS: Final[Sequence[tuple[str, Sequence[str]]]] = (
    (marked("Your goals and how they go"), ("goals", "steps", "check_ins", "wins_setbacks")),
    (marked("What you do together"), ("plan",)),
    (
        marked("Only what you choose, one by one"),
        ("excerpts", "barriers_coping", "measures", "vision", "occurrences", "scales"),
    ),
)
"""Kinds of things that can be shared, under the headings that a page shows them by.

A heading chooses nothing: each kind stays a question of its own.
"""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody looked.

    Attributes:
        who: Their name, or ``None``.
        did: What they did.
        at: When, in words.
        is_refused: Nothing was shown.
    """

    who: str | None
    did: str
    at: str
    is_refused: bool


def show(desk: Desk, asked: Asked) -> Told:
    """Show everybody who is let in, waits to be, or was."""
    grants = desk.read(lambda conn: list_grants(conn, desk.today))
    live = [each for each in grants if each.state == "live"]
    return page(
        desk,
        asked,
        "sharing.html",
        "sharing",
        live=live,
        ended=[
            each for each in grants if each.state in {"over", "stopping", "stopped", "elsewhere"}
        ],
        waiting=desk.read(list_waiting),
        classes=CLASS_NAMES,
        moment=lambda ms: dated_words(ms, desk.zone, desk.today),  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        is_connected=desk.identity().server is not None,
    )


def _grant(conn: Connection, asked: Asked, day: str) -> GrantLine:
    wanted = text_from_id(find(conn, "grant", asked.ids["grant"]))
    found = next((each for each in list_grants(conn, day) if each.grant == wanted), None)
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such grant on this device"))
    return found


def see_as(desk: Desk, asked: Asked) -> Told:
    """Show what somebody who is let in can see now."""
    grant = desk.read(lambda conn: _grant(conn, asked, desk.today))
    seen = desk.read(lambda conn: see_lane(conn, Lane(grant.lane), desk.zone))
    return page(desk, asked, "seen.html", "sharing", grant=grant, seen=seen, kinds=KIND_WORDS)


def stop(desk: Desk, asked: Asked) -> Told:
    """Stop sharing with somebody: one tap, no question."""
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> bool:
        meant = to_stop(conn, asked.ids["member"])
        if meant.waiting is not None:
            forget_pending(conn, meant.waiting.member)
        if meant.member is not None:
            stop_member(conn, recorder, meant.member, when)
        return meant.member is not None

    was_let_in = desk.record(asked, work)
    return go_on(f"/sharing?done={'stopped' if was_let_in else 'declined'}")


def looked(desk: Desk, asked: Asked) -> Told:
    """Show who looked at what is shared."""
    told = desk.far.looked()
    names = desk.read(member_names)
    return page(
        desk,
        asked,
        "looked.html",
        "sharing",
        looks=_looks(told, names, desk),
        told=told,
        asked_at=told.asked_at and dated_words(told.asked_at, desk.zone, desk.today),
    )


def _looks(told: Looked, names: Mapping[str, str], desk: Desk) -> list[Look]:
    return [
        Look(
            who=names.get(f"member/{each.member}")
            or names.get(f"supporter/{each.member}")
            or each.name,
            did=look_words(each.page),
            at=dated_words(each.at, desk.zone, desk.today),
            is_refused=is_refused(each.page),
        )
        for each in told.entries
    ]


def show_connect(desk: Desk, asked: Asked) -> Told:
    """Ask for an invitation."""
    return page(desk, asked, "connect.html", "sharing")


def connect(desk: Desk, asked: Asked) -> Told:
    """Redeem an invitation; nobody is let in by it, and who is let in stays so."""
    invitation = asked.words("invitation")
    if invitation is None:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("paste the invitation, all of it"))
    member = desk.far.redeem(invitation).member
    if desk.read(lambda conn: pending_grant(conn, member)) is None:
        return go_on("/sharing?done=already-in")
    return go_on(f"/sharing/waiting/{member}")


def connect_words(error: TrailmarkError) -> str:
    """Return what the page says of an invitation that led nowhere."""
    if error.code == ErrorCode.NOT_AUTHORISED:
        return gettext(
            "The server has your entries and does not know this device; a code of your therapist "
            "does not change that. Another device of yours lets it in again, or your recovery code."
        )
    return problem_words(error)


def _pending(desk: Desk, asked: Asked) -> PendingGrant:
    found = desk.read(lambda conn: pending_grant(conn, asked.ids["member"]))
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("nobody waits under this address"))
    return found


def show_waiting(desk: Desk, asked: Asked) -> Told:
    """Show the four words to compare, and what may be agreed to; nothing is chosen beforehand."""
    pending = desk.read(lambda conn: pending_grant(conn, asked.ids["member"]))
    if pending is None:  # It was answered meanwhile: who was let in stands there.
        return go_on("/sharing")
    return page(
        desk,
        asked,
        "waiting.html",
        "sharing",
        pending=pending,
        groups=[
            (gettext(heading), {code: CLASS_WORDS[code] for code in codes})
            for heading, codes in GROUPS
        ],
        actions={code: gettext(w) for code, w in ACTION_WORDS.items() if code != VIEW},
        consent=gettext(CONSENT_TEXTS[CONSENT_VERSION]),
    )


def agree(desk: Desk, asked: Asked) -> Told:
    """Keep what the person agreed to, and let the therapist in once they have confirmed."""
    pending = _pending(desk, asked)
    if asked.typed("same") != "yes":
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("compare the four words first; both sides see the same"),
        )
    until = parse_due(asked.words("until") or "none", now_ms=desk.now_ms, zone=desk.zone)
    if until is not None and until < desk.today:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("that day is over; choose a later one"))
    agreed = Agreed(
        classes=tuple(each for each in CLASS_WORDS if each in asked.chosen("class")),
        actions=tuple(
            each for each in ACTION_WORDS if each in asked.chosen("action") and each != VIEW
        ),
        until=until,
    )
    desk.far.agree(pending.member, agreed)
    return go_on(f"/sharing?done={_completed(desk, pending)}")


def _completed(desk: Desk, pending: PendingGrant) -> Completed:
    """Return where it stands; what cannot be done at once is kept, and done as soon as it can."""
    # Another device may have let them in: that is known once everything was exchanged.
    if not pending.is_first and desk.phase != "live":
        return "agreed"
    with suppress(RefusedError):
        return desk.far.complete(pending.member)
    return "agreed"


def decline(desk: Desk, asked: Asked) -> Told:
    """Forget an invitation whose words differ."""
    desk.far.decline(_pending(desk, asked).member)
    return go_on("/sharing?done=declined")
