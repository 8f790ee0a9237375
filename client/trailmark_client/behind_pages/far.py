"""The home server as the pages ask for it."""

from __future__ import annotations

import re
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client import joining
from trailmark_client.access_log import KeptLog, fetch_log, kept_log
from trailmark_client.addresses import invited_to
from trailmark_client.app import App
from trailmark_client.commands.supporters import NewSupporter, let_supporter_in
from trailmark_client.commands.when import When
from trailmark_client.queries.pending import Agreed, PendingGrant
from trailmark_client.queries.supporters import supporter_meant
from trailmark_client.supporter_links import new_link
from trailmark_client.web.desk import Completed, Link, Looked, Seen
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import text_from_id

_IN_MESSAGE: Final = re.compile(r"\S.*?[\s'](trailmark://[^\s']+)", re.DOTALL | re.IGNORECASE)
"""An invitation behind other words, as in the message that a therapist sends."""


class HomeServer:
    """What pages ask of the home server, in the thread that may wait for it."""

    def __init__(self, app: App) -> None:
        self._app = app

    def redeem(self, invitation: str) -> PendingGrant:
        """Redeem an invitation.

        Args:
            invitation: All of it (``trailmark://…``), the message it came in, or address and code
                with a blank between.

        Returns:
            Who waits to be let in.

        Raises:
            RefusedError: As ``joining.redeem``.
            DomainError: ``invalid_input``: no invitation reads like that.
        """
        in_message = _IN_MESSAGE.match(invitation.strip())
        typed = invitation if in_message is None else in_message[1]
        address, _, code = " ".join(typed.split()).partition(" ")
        url, code = invited_to(address, code or None)
        return joining.redeem_or_resume(self._app, url, code)

    def agree(self, member: str, agreed: Agreed) -> None:
        """Keep what the person agreed to."""
        joining.agree(self._app, member, agreed)

    def complete(self, member: str) -> Completed:
        """Let a member in once they have confirmed; return where it stands."""
        written = joining.complete(self._app, member)
        if written is None:
            return "agreed"
        return "let-in" if written else "already-in"

    def decline(self, member: str) -> None:
        """Forget an invitation."""
        joining.decline(self._app, member)

    def looked(self) -> Looked:
        """Ask who looked; without a connection, what was told last.

        Returns:
            Who looked.

        Raises:
            RefusedError: The server said no.
        """
        if self._app.identity.server is None:
            return Looked()
        try:
            return _looked(fetch_log(self._app), is_current=True)
        except RefusedError as refused:
            if refused.code != ErrorCode.UNREACHABLE:
                raise
        kept = self._app.read(kept_log)
        return Looked(is_current=False) if kept is None else _looked(kept, is_current=False)

    def let_supporter_in(self, new: NewSupporter, when: When) -> Link:
        """Let a loved one in, with a link of their own; the server is told beside the exchange.

        Returns:
            The link.

        Raises:
            RefusedError: ``not_connected``.
            DomainError: As ``commands.supporters.let_supporter_in``.
        """
        app = self._app

        def work(conn: Connection) -> Link:
            written = let_supporter_in(conn, app.recorder, new, when)
            return self._link(conn, text_from_id(written.subject), when.day)

        return app.write(work)

    def new_link(self, member: str) -> Link:
        """Make a new link for a supporter; the one before stops once the server is told.

        Returns:
            The link.

        Raises:
            RefusedError: ``not_connected``.
            DomainError: As ``queries.supporters.supporter_meant``.
        """
        today = self._app.recorder.today()
        return self._app.write(lambda conn: self._link(conn, member, today))

    def _link(self, conn: Connection, who: str, day: str) -> Link:
        supporter = supporter_meant(conn, who, day)
        return Link(member=supporter.member, link=new_link(self._app, conn, supporter))


def _looked(log: KeptLog, *, is_current: bool) -> Looked:
    entries = [
        Seen(member=each.member, name=each.name, page=each.page, at=each.at) for each in log.entries
    ]
    return Looked(entries=entries, asked_at=log.asked_at, is_current=is_current)
