"""Port of the account tables: therapists, web sessions, invitations, spaces, devices, links.

Rows are plain values. What they mean and which change is allowed is decided in one place,
``trailmark_server.accounts``, by synchronous functions over ``AccountRows``; a store only keeps
rows. One call of ``AccountStore.read`` or ``write`` is one transaction.

Secrets (links, sessions, codes, credentials) are kept as SHA-256 only. Times are milliseconds UTC
by the server's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from trailmark_shared.ids import DeviceId, SpaceId

T = TypeVar("T")


class Therapist(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in on the web and is let into lanes as a member.

    Attributes:
        id: 16 bytes; also the member id in grants and actors.
        name: What people see.
        email: In the form of ``accounts.email_form``; names the account.
        created_at: When the operator added it.
        disabled_at: Since when it may do nothing, or ``None``.
    """

    id: bytes
    name: str
    email: str
    created_at: int
    disabled_at: int | None = None


class SignInLink(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time sign-in link.

    Attributes:
        hash: SHA-256 of its token.
        therapist: Whom it signs in.
        expires_at: When it stops to work.
        used_at: When it was used, or ``None``.
    """

    hash: bytes
    therapist: bytes
    expires_at: int
    used_at: int | None = None


class WebSession(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist's signed-in browser.

    Attributes:
        hash: SHA-256 of the cookie's token.
        therapist: Who is signed in.
        created_at: Start of the absolute time-out.
        seen_at: Start of the idle time-out.
    """

    hash: bytes
    therapist: bytes
    created_at: int
    seen_at: int


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist's invitation of one person, found by the first half of its code.

    Attributes:
        lookup_hash: SHA-256 of the code's first half.
        code_hash: SHA-256 of the whole code.
        therapist: Who invites.
        label: What the therapist calls the person; shown to the therapist only.
        confirmed: The operator vouches for the person: no confirmation by the therapist needed.
        created_at: When it was made.
        expires_at: When it stops to work.
        tries: Wrong second halves so far.
        used_at: When it was redeemed, or ``None``.
        used_space: The space that redeemed it.
        used_device: The device that redeemed it.
    """

    lookup_hash: bytes
    code_hash: bytes
    therapist: bytes
    label: str
    confirmed: bool
    created_at: int
    expires_at: int
    tries: int = 0
    used_at: int | None = None
    used_space: bytes | None = None
    used_device: bytes | None = None


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """A person's space that this server is the home of."""

    space: SpaceId
    created_at: int


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A person's device and its credential.

    Attributes:
        space: Whose device it is.
        device: Its id.
        name: What the person calls it.
        credential_hash: SHA-256 of the credential it signs in with.
        created_at: When it was let in.
        issued_at: When the present credential was made.
        seen_at: When it last opened a session.
        expires_at: When the credential ends unless renewed.
        next_hash: SHA-256 of a renewed credential that was not used yet.
        next_issued_at: When that one was made.
        revoked_at: Since when it may do nothing, or ``None``.
    """

    space: SpaceId
    device: DeviceId
    name: str
    credential_hash: bytes
    created_at: int
    issued_at: int
    seen_at: int
    expires_at: int
    next_hash: bytes | None = None
    next_issued_at: int | None = None
    revoked_at: int | None = None


class DeviceInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed bundle that waits for a second device of the same person.

    Attributes:
        lookup_hash: SHA-256 of the first half of the device code.
        space: The person's space.
        device: The device that invites.
        bundle: Sealed bytes; the server cannot read them.
        expires_at: When it stops to work.
        used_at: When it was fetched, or ``None``.
        used_device: The device that fetched it.
    """

    lookup_hash: bytes
    space: SpaceId
    device: DeviceId
    bundle: bytes
    expires_at: int
    used_at: int | None = None
    used_device: bytes | None = None


class Acquaintance(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist and a person who redeemed the therapist's invitation.

    It gives no right to read: only a grant in a lane does.

    Attributes:
        therapist: The one.
        space: The other.
        device: The device that joined; part of the comparison phrase.
        label: What the therapist calls the person.
        joined_at: When the invitation was redeemed.
        confirmed_at: When the therapist confirmed the phrase, or ``None``.
    """

    therapist: bytes
    space: SpaceId
    device: DeviceId
    label: str
    joined_at: int
    confirmed_at: int | None = None


class AccessEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else looked at a person's data, or was refused.

    Attributes:
        space: Whose data.
        window: Start of the quarter of an hour.
        member: Who looked.
        page: Which page, export or refused attempt.
        first_at: The first time within the window.
    """

    space: SpaceId
    window: int
    member: bytes
    page: str
    first_at: int


class AccountRows(Protocol):
    """The account tables within one transaction.

    ``save_…`` inserts a row or replaces the one with its key. Implementations:
    ``accounts_sqlite`` and ``accounts_memory``; both keep the contract in
    ``tests/contracts/accounts.py``.
    """

    def therapist(self, therapist: bytes) -> Therapist | None:
        """Return the therapist with this id."""
        ...

    def therapist_by_email(self, email: str) -> Therapist | None:
        """Return the therapist with this email, in the form of ``accounts.email_form``."""
        ...

    def therapists(self) -> Sequence[Therapist]:
        """Return all therapists by email."""
        ...

    def save_therapist(self, row: Therapist) -> None:
        """Keep a therapist."""
        ...

    def sign_in_link(self, hash_: bytes) -> SignInLink | None:
        """Return the link whose token has this hash."""
        ...

    def save_sign_in_link(self, row: SignInLink) -> None:
        """Keep a link."""
        ...

    def web_session(self, hash_: bytes) -> WebSession | None:
        """Return the session whose token has this hash."""
        ...

    def save_web_session(self, row: WebSession) -> None:
        """Keep a session."""
        ...

    def drop_web_session(self, hash_: bytes) -> None:
        """Forget the session whose token has this hash."""
        ...

    def drop_web_sessions(self, therapist: bytes) -> None:
        """Forget all sessions of a therapist."""
        ...

    def invitation(self, lookup_hash: bytes) -> Invitation | None:
        """Return the invitation whose first half has this hash."""
        ...

    def save_invitation(self, row: Invitation) -> None:
        """Keep an invitation."""
        ...

    def space(self, space: SpaceId) -> Space | None:
        """Return the space with this id."""
        ...

    def save_space(self, row: Space) -> None:
        """Keep a space."""
        ...

    def device(self, space: SpaceId, device: DeviceId) -> Device | None:
        """Return a device of a space."""
        ...

    def device_by_credential(self, hash_: bytes) -> Device | None:
        """Return the device whose present or renewed credential has this hash."""
        ...

    def devices(self, space: SpaceId) -> Sequence[Device]:
        """Return the devices of a space by the time they were let in, revoked ones included."""
        ...

    def save_device(self, row: Device) -> None:
        """Keep a device."""
        ...

    def device_invitation(self, lookup_hash: bytes) -> DeviceInvitation | None:
        """Return the device invitation whose first half has this hash."""
        ...

    def save_device_invitation(self, row: DeviceInvitation) -> None:
        """Keep a device invitation."""
        ...

    def acquaintance(self, therapist: bytes, space: SpaceId) -> Acquaintance | None:
        """Return what joins a therapist and a space."""
        ...

    def acquaintances_of_therapist(self, therapist: bytes) -> Sequence[Acquaintance]:
        """Return everybody who redeemed an invitation of this therapist, by time."""
        ...

    def acquaintances_of_space(self, space: SpaceId) -> Sequence[Acquaintance]:
        """Return all therapists whose invitation this person redeemed, by time."""
        ...

    def save_acquaintance(self, row: Acquaintance) -> None:
        """Keep what joins a therapist and a space."""
        ...

    def access_entries(self, space: SpaceId) -> Sequence[AccessEntry]:
        """Return the access log of a space by time."""
        ...

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        ...

    def drop_expired(self, before: int) -> None:
        """Forget links, invitations and device invitations that expired before this time."""
        ...


class AccountStore(Protocol):
    """Transactions over the account tables."""

    async def read(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns from one consistent read."""
        ...

    async def write(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns; its changes are durable together or not at all."""
        ...
