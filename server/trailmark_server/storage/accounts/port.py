"""Port of the account tables: therapists, web sessions, invitations, spaces, devices, links.

Rows are plain values. What they mean and which change is allowed is decided in one place for each
(``therapists``, ``credentials``, ``supporters``, …), by synchronous functions over ``AccountRows``;
a store only keeps rows. One call of ``AccountStore.read`` or ``write`` is one transaction.

Secrets (links, sessions, codes, credentials) are kept as SHA-256 only. Times are milliseconds UTC
by the server's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from trailmark_server.storage.accounts.access_log import AccessRows
from trailmark_server.storage.accounts.erasures import ErasureRows
from trailmark_server.storage.accounts.hand_overs import HandOverRows
from trailmark_server.storage.accounts.joining import JoiningRows
from trailmark_server.storage.accounts.recovery import RecoveryRows
from trailmark_server.storage.accounts.sign_in import SignInRows
from trailmark_server.storage.accounts.spaces import SpaceRows
from trailmark_server.storage.accounts.supporters import SupporterRows
from trailmark_server.storage.accounts.therapists import TherapistRows
from trailmark_shared.ids import SpaceId

T = TypeVar("T")


class AccountRows(
    TherapistRows,
    SignInRows,
    JoiningRows,
    HandOverRows,
    SpaceRows,
    AccessRows,
    SupporterRows,
    ErasureRows,
    RecoveryRows,
    Protocol,
):
    """The account tables within one transaction.

    ``save_…`` inserts a row or replaces the one with its key. Implementations:
    ``accounts.sqlite`` and ``accounts.memory``; both keep the contract in
    ``tests/contracts/accounts.py``.
    """

    def drop_expired(self, before: int) -> None:
        """Forget links, browsers of supporters and invitations that expired before this time.

        Devices of erased persons, too, once their credential has expired: until then they may ask
        what became of their space.
        """
        ...

    def erase_space(self, space: SpaceId) -> None:
        """Forget everything of a person but that their space and devices were there, unnamed.

        Invitations, hand-overs, what therapists call the person, bundles for devices, links of
        supporters, who looked: all of it.
        """
        ...


class AccountStore(Protocol):
    """Transactions over the account tables."""

    async def read(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns from one consistent read."""
        ...

    async def write(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns; its changes are durable together or not at all."""
        ...
