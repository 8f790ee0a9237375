"""The home server as the pages ask for it."""

from __future__ import annotations

from trailmark_client import joining
from trailmark_client.access_log import KeptLog, fetch_log, kept_log
from trailmark_client.addresses import invited_to
from trailmark_client.app import App
from trailmark_client.queries.pending import Agreed, PendingGrant
from trailmark_client.web.desk import Looked, Seen
from trailmark_shared.errors import ErrorCode, RefusedError


class HomeServer:
    """What pages ask of the home server, in the thread that may wait for it."""

    def __init__(self, app: App) -> None:
        self._app = app

    def redeem(self, invitation: str) -> PendingGrant:
        """Redeem an invitation.

        Args:
            invitation: All of it (``trailmark://…``), or address and code with a blank between.

        Returns:
            Who waits to be let in.

        Raises:
            RefusedError: As ``joining.redeem``.
            DomainError: ``invalid_input``: no invitation reads like that.
        """
        address, _, code = " ".join(invitation.split()).partition(" ")
        url, code = invited_to(address, code or None)
        return joining.redeem_or_resume(self._app, url, code)

    def agree(self, member: str, agreed: Agreed) -> None:
        """Keep what the person agreed to."""
        joining.agree(self._app, member, agreed)

    def complete(self, member: str) -> bool:
        """Let a member in once they have confirmed; return whether they have."""
        return joining.complete(self._app, member) is not None

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


def _looked(log: KeptLog, *, is_current: bool) -> Looked:
    entries = [
        Seen(member=each.member, name=each.name, page=each.page, at=each.at) for each in log.entries
    ]
    return Looked(entries=entries, asked_at=log.asked_at, is_current=is_current)
