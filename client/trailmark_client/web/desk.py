"""What a page works at: the store, the clock and the ways out, each behind a plain function.

One call of ``read`` or ``write`` is one transaction. Nothing here waits: what needs the network is
behind ``Far``, and may fail with a named error at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol, TypeVar

import msgspec

from trailmark_adapters.sqlite import Connection, Work
from trailmark_client.commands.erasing import Ordering
from trailmark_client.commands.supporters import NewSupporter
from trailmark_client.commands.when import When, moment, parse_past
from trailmark_client.identity import Identity
from trailmark_client.queries.pending import Agreed, PendingGrant
from trailmark_client.recorder import Recorder
from trailmark_client.storage.drafts import drop_draft
from trailmark_client.storage.emptying import ErasedThere
from trailmark_client.web.asking import Asked
from trailmark_client.web.own import Own
from trailmark_shared.domain.instruments import Instrument
from trailmark_shared.domain.shipped_instruments import SHIPPED

_Result = TypeVar("_Result")

DRAFT_FIELD = "draft"
"""The field of a form that names its draft: recorded, the draft is dropped with it."""

Phase = Literal[
    "alone", "emptied", "connecting", "exchanging", "live", "waiting", "stopped", "shut_out"
]
"""How this device stands to its home server; ``alone``: there is none; ``emptied``: nor is there
anything else any more, since another device of the person had everything erased; ``shut_out``: it
has to be let in again."""


LockState = Literal["none", "passphrase", "code", "impossible"]
"""What locks the store: nothing, a passphrase alone, or one beside a recovery code that opens it,
too; ``impossible``: what it needs is not installed here."""


class Store(Protocol):
    """The person's store."""

    def read(self, work: Work[_Result]) -> _Result:
        """Run ``work`` over one unchanging state of the store."""
        ...

    def write(self, work: Work[_Result]) -> _Result:
        """Run ``work`` in one write transaction; when this returns, it is saved."""
        ...

    def clean(self) -> bool:
        """Pay the cleaning that erasures owe, if they do."""
        ...


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody looked.

    Attributes:
        member: Id of who looked.
        name: Their name as the server has it, or ``None``.
        page: What they opened; see ``domain.looks``.
        at: When, milliseconds UTC.
    """

    member: str
    name: str | None
    page: str
    at: int


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """Who looked, as the server told it.

    Attributes:
        entries: The newest first.
        asked_at: When the server told this, milliseconds UTC; ``None`` where it never did.
        is_current: It told it just now.
    """

    entries: list[Seen] = []
    asked_at: int | None = None
    is_current: bool = True


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A supporter's link; it is shown once and kept nowhere.

    Attributes:
        member: Whose it is.
        link: The link.
    """

    member: str
    link: str


Completed = Literal["let-in", "already-in", "agreed"]
"""Where letting somebody in stands; ``agreed``: their word is missing."""


class Far(Protocol):
    """What the home server has to be asked for; every call may raise ``RefusedError``."""

    def redeem(self, invitation: str) -> PendingGrant:
        """Redeem an invitation: its address and its code."""
        ...

    def agree(self, member: str, agreed: Agreed) -> None:
        """Keep what the person agreed to with a member whose words were equal."""
        ...

    def complete(self, member: str) -> Completed:
        """Let a member in, once they have confirmed; return where it stands."""
        ...

    def decline(self, member: str) -> None:
        """Forget an invitation whose words differ."""
        ...

    def looked(self) -> Looked:
        """Ask who looked; without a connection, what was told last."""
        ...

    def let_supporter_in(self, new: NewSupporter, when: When) -> Link:
        """Let a loved one in, with a link of their own."""
        ...

    def new_link(self, member: str) -> Link:
        """Make a new link for a supporter; the one before stops."""
        ...


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Where one question is answered.

    Attributes:
        store: The person's store.
        recorder: The way in for new events.
        identity: Returns who this device is, as of now.
        now_ms: This device's clock, milliseconds UTC.
        zone: IANA name of the local zone.
        phase: How this device stands to its home server.
        far: The home server.
        own: The person's own devices and recovery code.
        ordering: The way in which the other devices are told to erase.
        server_address: The only server that this app can reach, in a browser: the one that it came
            from; ``None`` where it can reach any.
        lock: What locks the store.
        instruments: Returns the questionnaires that can be answered here, by their code.
        news: How often something had changed when the question came.
        erased_there: The home server erased its copy, and nothing is sent there any more; or
            ``None``.
    """

    store: Store
    recorder: Recorder
    identity: Callable[[], Identity]
    now_ms: int
    zone: str
    phase: Phase
    far: Far
    own: Own
    ordering: Ordering
    server_address: str | None = None
    lock: LockState = "impossible"
    instruments: Callable[[], Mapping[str, Instrument]] = lambda: SHIPPED
    news: int = 0
    erased_there: ErasedThere | None = None

    @property
    def today(self) -> str:
        """The person's local date."""
        return self.when().day

    def when(self, text: str | None = None) -> When:
        """Return the moment at which something happened, as ``text`` says, or now.

        Raises:
            DomainError: ``invalid_input``: the words say no moment, or a day still to come.
        """
        if text is None:
            return moment(self.now_ms, self.zone)
        return parse_past(text, now_ms=self.now_ms, zone=self.zone)

    def read(self, query: Callable[[Connection], _Result]) -> _Result:
        """Run a query over one unchanging state of the store."""
        return self.store.read(query)

    def record(self, asked: Asked, work: Callable[[Connection, Recorder], _Result]) -> _Result:
        """Run a command in one transaction, which drops the draft that its form was written in.

        Args:
            asked: The form.
            work: The command.

        Returns:
            What ``work`` returned.
        """
        draft = asked.typed(DRAFT_FIELD)

        def both(conn: Connection) -> _Result:
            result = work(conn, self.recorder)
            if draft:
                drop_draft(conn, draft)
            return result

        return self.store.write(both)
