"""``trailmark audit``: fourteen questions about one goal, answered from the log of this device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.audit_table import csv_pieces
from trailmark_client.cli.audit_words import QUESTIONS, audit_lines
from trailmark_client.cli.files import refuse_taken, write_whole
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common, GoalId
from trailmark_client.cli.parameters import Parameter
from trailmark_client.commands.when import parse_instant
from trailmark_client.queries.audit import Asked, Audit, audit_goal, find_goal, lanes_of_goal
from trailmark_client.queries.lanes import member_names
from trailmark_client.storage.verification import verify_lane
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import Lane
from trailmark_shared.words import gettext, marked, ngettext

if TYPE_CHECKING:
    from trailmark_adapters.sqlite import Connection

_BOTH = marked("say both instants to compare: --from and --to")
_WHICH = marked("a question is a number from 1 to {n}")


def audit(
    goal: GoalId,
    /,
    *,
    at: Annotated[str | None, Parameter(help="Show it as it stood then; else as it stands")] = None,
    from_: Annotated[
        str | None, Parameter(name="--from", help="Compare this instant with --to")
    ] = None,
    to: Annotated[str | None, Parameter(help="Compare --from with this instant")] = None,
    question: Annotated[
        tuple[int, ...],
        Parameter(help="Only this one of the fourteen; may be repeated", negative=""),
    ] = (),
    csv: Annotated[
        Path | None, Parameter(help="Write what happened as a table into this new file")
    ] = None,
    common: Common = PLAIN,
) -> Answer[Audit]:
    """Answer the fourteen questions of an audit of one goal, from this device alone.

    Who changed what, from what to what, when, why; who had agreed, who could see it and who did, by
    which consent; how it stood at any instant, as it was known then and as it is known now; whether
    all of it is there, and how the target moved. It works for what was erased, too: that it was,
    when and by whom.

    Args:
        goal: The goal.
        at: An instant.
        from_: The first of two instants.
        to: The second of them.
        question: Which questions people are answered; programs get all.
        csv: Name of a file that does not exist yet.
        common: Options of every command.
    """
    chosen = _chosen(question)
    if csv is not None:
        refuse_taken(csv)
    with opened(common) as here:
        asked = _asked(here, at, from_, to)
        document = here.read(lambda conn: _audit(here, conn, goal, asked))
        zone = here.zone
    if csv is not None:
        write_whole(csv, csv_pieces(document))
    written = (
        ()
        if csv is None
        else (
            ngettext("Written: {n} entry.", "Written: {n} entries.", len(document.events)).format(
                n=len(document.events)
            ),
        )
    )
    return Answer(
        document,
        lambda terminal: terminal.say(*audit_lines(document, zone, chosen), *written),
    )


def _chosen(question: tuple[int, ...]) -> tuple[int, ...]:
    if any(each not in QUESTIONS for each in question):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext(_WHICH).format(n=len(QUESTIONS)))
    return tuple(sorted(set(question))) or tuple(QUESTIONS)


def _asked(here: Here, at: str | None, since: str | None, upto: str | None) -> Asked:
    if (since is None) != (upto is None):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext(_BOTH))
    span = None
    if since is not None and upto is not None:
        span = (_instant(here, since), _instant(here, upto))
    return Asked(at=here.now_ms if at is None else _instant(here, at), span=span)


def _instant(here: Here, text: str) -> int:
    return parse_instant(text, now_ms=here.now_ms, zone=here.zone)


def _audit(here: Here, conn: Connection, prefix: str, asked: Asked) -> Audit:
    # Only asked for here: it reads the settings of a server that may not be there.
    from trailmark_client.access_log import kept_log, looks_of

    goal = find_goal(conn, prefix)
    told = kept_log(conn)
    return audit_goal(
        conn,
        goal,
        Asked(
            at=asked.at,
            span=asked.span,
            looks=[] if told is None else looks_of(told.entries, member_names(conn)),
            looks_asked_at=None if told is None else told.asked_at,
            damages=[
                damage
                for lane in lanes_of_goal(conn, goal)
                for damage in verify_lane(conn, here.app.vault, Lane(lane))
            ],
        ),
    )
