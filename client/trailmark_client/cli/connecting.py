"""Letting a therapist in, and keeping in step with the home server."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import msgspec

from trailmark_client.addresses import invited_to
from trailmark_client.cli.agreeing import (
    NOTHING,
    Named,
    agreed_beforehand,
    asked,
)
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.connected import (
    Connected,
    connected_answer,
    connected_document,
    let_in_already,
    shared_ids,
)
from trailmark_client.cli.emptying import obeyed_words, require_told, tell_servers, told_words
from trailmark_client.cli.failures import message_of
from trailmark_client.cli.here import Here, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Yes
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.sync_words import status_words, synced_lines
from trailmark_client.commands.stopping import settle_stops
from trailmark_client.commands.wishes import carry_out_wishes
from trailmark_client.commands.written import Written
from trailmark_client.queries.outbox import unsent
from trailmark_client.queries.pending import (
    Agreed,
    PendingGrant,
    pending_grant,
    pending_grants,
    standing_terms,
)
from trailmark_client.queries.sharing import names_in_state
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from trailmark_client.session_status import Ended, Status

POLL_S = 1.0
"""Distance of the questions whether the therapist has confirmed."""


class Synced(msgspec.Struct, frozen=True, kw_only=True):
    """How an exchange went.

    Attributes:
        done: Everything was exchanged.
        received: Rows received.
        refused: Own entries that the server did not take; see ``set-aside list``.
        unsent: Events saved on this device and not sent yet.
        shared: Ids of what was wished to be shared and is now.
        waiting_for: Names of therapists who are not let in yet: they have not confirmed, or what
            they may see is not answered.
        stopped: Names of those with whom sharing stopped with this exchange.
        links: Names of supporters whose link works since this exchange.
        hand_overs: Names of colleagues whom therapists propose; see ``hand-over list``.
        erased: Everything was erased with this exchange: on a server, as this device had asked, or
            on this device, as another one of the person proved.
    """

    done: bool
    received: int
    refused: int
    unsent: int
    shared: list[str]
    waiting_for: list[str]
    stopped: list[str]
    links: list[str]
    hand_overs: list[str]
    erased: bool = False


def connect(
    url: str,
    code: str | None = None,
    /,
    *,
    yes: Annotated[
        Yes, Parameter(help="The four words are the same on both sides; it agrees to nothing else")
    ] = False,
    named: Named = NOTHING,
    wait: Annotated[int, Parameter(help="Seconds to wait for the therapist")] = 60,
    common: Common = PLAIN,
) -> Answer[Connected]:
    """Let a therapist in, with the code that they gave you.

    What they may see is asked one by one, or named one by one; what you do not name stays private.

    Args:
        url: Address of the server; or the whole invitation, which begins with trailmark://
        code: The code, where the invitation is not one piece.
    """
    from trailmark_client import joining

    url, code = invited_to(url, code)
    with opened(common) as here:
        for line in told_words(tell_servers(here)):
            here.terminal.warn(line)
        pending = joining.redeem_or_resume(here.app, url, code)
        return let_in_pending(here, pending, named, yes=yes, wait=wait)


def let_in_pending(
    here: Here, pending: PendingGrant, named: Named, *, yes: bool, wait: int
) -> Answer[Connected]:
    """Compare the words, ask what may be seen, wait for the therapist, and write the grant.

    Who is let in already stays so.

    Args:
        here: Where the command runs.
        pending: Who is to be let in.
        named: What the person named beforehand.
        yes: The words are the same.
        wait: Seconds to wait for the therapist.

    Raises:
        DomainError: ``not_found``: the person forgot the invitation elsewhere, while this waited.
    """
    from trailmark_client import joining

    if here.read(lambda conn: pending_grant(conn, pending.member)) is None:
        return let_in_already(here, pending, named, _exchange(here))
    if pending.agreed is None or not named.is_empty:
        agreed = _agreed(here, pending, named, yes=yes)
        if agreed is None:
            return _not_agreed(here, pending)
        joining.agree(here.app, pending.member, agreed)
    pending = here.read(lambda conn: pending_grant(conn, pending.member)) or pending
    if not pending.is_first:
        # Another device of the person may have let them in: one member gets one lane.
        _exchange(here)
    written = _completed(here, pending, wait)
    ended = _exchange(here) if written is not None else None
    if ended is not None and not written:
        today = here.when().day
        terms = here.read(lambda conn: standing_terms(conn, pending.member, today))
        if terms is None:
            raise DomainError(
                ErrorCode.NOT_FOUND,
                gettext("this invitation was forgotten meanwhile: nobody was let in"),
            )
        standing = msgspec.structs.replace(pending, agreed=terms)
        return let_in_already(here, standing, named, ended)
    return connected_answer(here, pending, written, ended)


def _agreed(here: Here, pending: PendingGrant, named: Named, *, yes: bool) -> Agreed | None:
    """Return what the person agrees to; ``None`` where they were not there to say so."""
    from trailmark_client import joining

    terminal, name = here.terminal, pending.name
    if not terminal.may_ask:
        return agreed_beforehand(here, named) if yes else None
    terminal.say(
        gettext("{name} is not let in yet.").format(name=name),
        gettext("Four words: {phrase}").format(phrase=pending.phrase),
    )
    if not (
        yes or terminal.agrees(gettext("Does {name} see the same four words?").format(name=name))
    ):
        joining.decline(here.app, pending.member)
        raise RefusedError(
            ErrorCode.WRONG_CODE,
            gettext("the words differ: nobody was let in; ask for a new invitation"),
        )
    return asked(here, name, named)


def _not_agreed(here: Here, pending: PendingGrant) -> Answer[Connected]:
    document = connected_document(here, pending, None, None)
    lines = (
        gettext("{name} is not let in yet.").format(name=pending.name),
        gettext("Four words: {phrase}").format(phrase=pending.phrase),
        gettext("Compare them with what they see; if they are the same, say it again with --yes,"),
        gettext("and name what they may see: --share goals --share steps …"),
    )
    return Answer(document, lines)


def _completed(here: Here, pending: PendingGrant, wait: int) -> list[Written] | None:
    from trailmark_client import joining

    began = here.app.clock.monotonic_ms()
    written = joining.complete(here.app, pending.member)
    if written is None:
        here.terminal.warn(
            gettext("Waiting for {name} to confirm: {phrase}").format(
                name=pending.name, phrase=pending.phrase
            )
        )
    while written is None and here.app.clock.monotonic_ms() - began < wait * 1000:
        time.sleep(POLL_S)
        written = joining.complete(here.app, pending.member)
    return written


def _exchange(here: Here) -> Ended:
    from trailmark_client.cli.syncing import exchange

    return exchange(here.app)


def sync(
    *,
    watch: Annotated[bool, Parameter(negative="", help="Stay in step until Ctrl-C")] = False,
    common: Common = PLAIN,
) -> Answer[Synced]:
    """Send what waits and fetch what is new."""
    from trailmark_client.cli.disputes import warn_of_doubts
    from trailmark_client.supporter_links import links_told

    with opened(common) as here:
        told = tell_servers(here)
        if told and here.app.identity.server is None:
            require_told(told)
            return _only_erased(here, told_words(told))
        today = here.when().day
        before = here.read(lambda conn: names_in_state(conn, "stopped", today))
        ended, written, waiting_for = None, list[Written](), list[str]()
        if not watch or here.read(pending_grants):
            ended, written, waiting_for = _exchange_and_let_in(here)
        if ended is None or watch:
            ended = _watch(here, common)
        if ended.code is ErrorCode.SPACE_ERASED:
            return _only_erased(here, [obeyed_words(here)])
        if ended.code is not None and not (watch and ended.code == ErrorCode.GOING_AWAY):
            _refuse(here, ended)
        warn_of_doubts(here)
        stopped = here.read(lambda conn: names_in_state(conn, "stopped", today))
        over = [name for grant, name in stopped.items() if grant not in before]
        links = [] if watch else links_told(here.app)
        once = list(dict.fromkeys(over))
        return _synced(here, ended, shared_ids(written), waiting_for, once, links)


def _only_erased(here: Here, lines: Iterable[str]) -> Answer[Synced]:
    document = Synced(
        done=True,
        received=0,
        refused=0,
        unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
        shared=[],
        waiting_for=[],
        stopped=[],
        links=[],
        hand_overs=[],
        erased=True,
    )
    return Answer(document, tuple(lines))


def _exchange_and_let_in(here: Here) -> tuple[Ended, list[Written], list[str]]:
    """Exchange everything, then let those in who wait, since another device may have done it.

    Returns:
        How the last exchange ended, what was written, and the names of those who wait on.
    """
    ended, written = exchange_all(here)
    if not ended.is_done:
        return ended, written, [each.name for each in here.read(pending_grants)]
    waiting_for, more = _finish_joining(here)
    if more:
        again = _exchange(here)
        ended = msgspec.structs.replace(again, received=ended.received + again.received)
    return ended, written + more, waiting_for


def _finish_joining(here: Here) -> tuple[list[str], list[Written]]:
    """Write the grants that wait for a therapist's word; who cannot be asked now waits on."""
    from trailmark_client import joining

    waiting: list[str] = []
    found: list[Written] = []
    for pending in here.read(pending_grants):
        if pending.agreed is None:
            here.terminal.warn(
                gettext("What {name} may see is not answered: trailmark connect").format(
                    name=pending.name
                )
            )
        try:
            written = joining.complete(here.app, pending.member)
        except (RefusedError, DomainError) as refused:
            written = None
            if refused.code == ErrorCode.NOT_FOUND:
                here.terminal.warn(message_of(refused))
        if written is None or pending.agreed is None:
            waiting.append(pending.name)
        found += written or []
    return waiting, found


def exchange_all(here: Here) -> tuple[Ended, list[Written]]:
    """Exchange everything; then do what follows from what other devices wrote.

    Terms that were changed before a stop was known end with it; what this device wished to share
    is shared, if somebody is let in now.

    Returns:
        How the last exchange ended, and what was shared.
    """
    ended = _exchange(here)
    if not ended.is_done:
        return ended, []
    recorder, when, device = here.app.recorder, here.when(), here.app.identity.device
    stopped = here.app.write(lambda conn: settle_stops(conn, recorder, when))
    written = here.app.write(lambda conn: carry_out_wishes(conn, recorder, when, device=device))
    if not (written or stopped):
        return ended, []
    again = _exchange(here)
    return msgspec.structs.replace(again, received=ended.received + again.received), written


def _refuse(here: Here, ended: Ended) -> None:
    count = here.read(lambda conn: unsent(conn, here.app.identity))
    said = gettext("{what}; saved on this device, not sent yet: {n}").format(
        what=ended.message or ended.code, n=count
    )
    raise RefusedError(ended.code or ErrorCode.UNREACHABLE, said, ended.retry)


def _watch(here: Here, common: Common) -> Ended:
    from trailmark_client.cli.syncing import keep_in_step

    def tell(status: Status) -> None:
        if common.as_json:
            here.terminal.warn(msgspec.json.encode(status).decode())
        else:
            here.terminal.warn(status_words(status))

    return keep_in_step(here.app, tell)


def _synced(
    here: Here,
    ended: Ended,
    shared: list[str],
    waiting_for: list[str],
    stopped: list[str],
    links: list[str],
) -> Answer[Synced]:
    from trailmark_client.hand_overs import hand_overs_now

    proposed = hand_overs_now(here.app)
    document = Synced(
        done=ended.is_done,
        received=ended.received,
        refused=ended.refused,
        unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
        shared=shared,
        waiting_for=waiting_for,
        stopped=stopped,
        links=links,
        hand_overs=[each.colleague.name for each in proposed],
    )
    lines = synced_lines(document, [each.therapist.name for each in proposed])
    return Answer(document, (*lines, *waiting_words(document.unsent)))
