"""What ``trailmark connect`` answers: where letting somebody in stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from trailmark_client.cli.agreeing import Named, agreed_words, last_day
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, waiting_words
from trailmark_client.commands.written import Written
from trailmark_client.queries.outbox import unsent
from trailmark_client.queries.pending import Agreed, PendingGrant
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from trailmark_client.session_status import Ended


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """Where letting somebody in stands.

    Attributes:
        member: Name of who invited.
        server: Address of the home server.
        phrase: Four words that both sides compare.
        agreed: The person said that the words are the same, and what they agree to.
        classes: What may be shown.
        actions: What may be done besides seeing it.
        until: Last day, or null.
        history: What is shown of the time before.
        let_in: The grant is written.
        shared: Ids of what was picked or wished to be shared and is now.
        synced: Everything was exchanged with the server.
        unsent: Events saved on this device and not sent yet.
    """

    member: str
    server: str
    phrase: str
    agreed: bool
    classes: list[str]
    actions: list[str]
    until: str | None
    history: str
    let_in: bool
    shared: list[str]
    synced: bool
    unsent: int


def shared_ids(written: Sequence[Written]) -> list[str]:
    """Return the ids of what was shared, out of all that was written."""
    return [text_from_id(each.subject) for each in written if each.kind != "grant"]


def connected_document(
    here: Here, pending: PendingGrant, written: list[Written] | None, ended: Ended | None
) -> Connected:
    """Return where letting somebody in stands.

    Args:
        here: Where the command runs.
        pending: Who it is, and what was agreed to.
        written: What was written with the grant; ``None`` where there is no grant yet.
        ended: How the exchange afterwards went; ``None`` for none.
    """
    server, agreed = here.app.identity.server, pending.agreed or Agreed()
    return Connected(
        member=pending.name,
        server="" if server is None else server.url,
        phrase=pending.phrase,
        agreed=pending.agreed is not None,
        classes=list(agreed.classes),
        actions=list(agreed.actions),
        until=agreed.until,
        history=agreed.history,
        let_in=written is not None,
        shared=shared_ids(written or []),
        synced=ended is not None and ended.is_done,
        unsent=here.read(lambda conn: unsent(conn, here.app.identity)),
    )


def connected_answer(
    here: Here, pending: PendingGrant, written: list[Written] | None, ended: Ended | None
) -> Answer[Connected]:
    """Say where letting somebody in stands; arguments as of ``connected_document``."""
    document = connected_document(here, pending, written, ended)
    lines = [
        gettext("Connected to {server}. Four words: {phrase}").format(
            server=document.server, phrase=pending.phrase
        )
    ]
    if pending.agreed is not None:
        lines += agreed_words(pending.name, pending.agreed)
    if document.let_in:
        lines.append(gettext("{name} is let in.").format(name=pending.name))
    else:
        lines.append(
            gettext("{name} has not confirmed yet; trailmark sync will finish it.").format(
                name=pending.name
            )
        )
    if document.shared:
        lines.append(gettext("Shared as you picked or wished: {n}.").format(n=len(document.shared)))
    return Answer(document, (*lines, *waiting_words(document.unsent)))


def let_in_already(
    here: Here, standing: PendingGrant, named: Named, ended: Ended
) -> Answer[Connected]:
    """Say that somebody was let in before, and that it stays as it was.

    Args:
        here: Where the command runs.
        standing: Who it is, and what they were granted.
        named: What the person named; what of it does not stand already is said not to count.
        ended: How the exchange afterwards went.
    """
    if not _stands(here, named, standing.agreed or Agreed()):
        here.terminal.warn(
            gettext(
                "What you named was not agreed to: {name} is let in already, on other terms."
            ).format(name=standing.name)
        )
    document = connected_document(here, standing, [], ended)
    return Answer(
        document,
        (
            gettext("Connected to {server}. Four words: {phrase}").format(
                server=document.server, phrase=standing.phrase
            ),
            gettext(
                "{name} is let in already, and nothing of that changed. To change what they may "
                "see: trailmark sharing widen, trailmark sharing narrow"
            ).format(name=standing.name),
            *waiting_words(document.unsent),
        ),
    )


def _stands(here: Here, named: Named, terms: Agreed) -> bool:
    """Say whether all that was named is so already."""
    return (
        set(named.classes) <= set(terms.classes)
        and set(named.may) <= set(terms.actions)
        and (named.until is None or last_day(here, named.until) == terms.until)
        and not named.pick
    )
