"""The account tables in memory: the reference that the SQLite ones are compared with."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TypeVar

from trailmark_server.storage.accounts import (
    AccessEntry,
    AccountRows,
    Acquaintance,
    Device,
    DeviceInvitation,
    Invitation,
    SignInLink,
    Space,
    Therapist,
    WebSession,
)
from trailmark_shared.ids import DeviceId, SpaceId

T = TypeVar("T")


class MemoryAccountRows:
    """The tables as dictionaries from key to row; see ``AccountRows``."""

    def __init__(self) -> None:
        self._therapists: dict[bytes, Therapist] = {}
        self._links: dict[bytes, SignInLink] = {}
        self._sessions: dict[bytes, WebSession] = {}
        self._invitations: dict[bytes, Invitation] = {}
        self._spaces: dict[bytes, Space] = {}
        self._devices: dict[tuple[bytes, bytes], Device] = {}
        self._device_invitations: dict[bytes, DeviceInvitation] = {}
        self._acquaintances: dict[tuple[bytes, bytes], Acquaintance] = {}
        self._access: dict[tuple[bytes, int, bytes, str], AccessEntry] = {}

    def therapist(self, therapist: bytes) -> Therapist | None:
        """Return the therapist with this id."""
        return self._therapists.get(therapist)

    def therapist_by_email(self, email: str) -> Therapist | None:
        """Return the therapist with this email."""
        return next((row for row in self._therapists.values() if row.email == email), None)

    def therapists(self) -> Sequence[Therapist]:
        """Return all therapists by email."""
        return sorted(self._therapists.values(), key=lambda row: row.email)

    def save_therapist(self, row: Therapist) -> None:
        """Keep a therapist."""
        self._therapists[row.id] = row

    def sign_in_link(self, hash_: bytes) -> SignInLink | None:
        """Return the link whose token has this hash."""
        return self._links.get(hash_)

    def save_sign_in_link(self, row: SignInLink) -> None:
        """Keep a link."""
        self._links[row.hash] = row

    def web_session(self, hash_: bytes) -> WebSession | None:
        """Return the session whose token has this hash."""
        return self._sessions.get(hash_)

    def save_web_session(self, row: WebSession) -> None:
        """Keep a session."""
        self._sessions[row.hash] = row

    def drop_web_session(self, hash_: bytes) -> None:
        """Forget the session whose token has this hash."""
        self._sessions.pop(hash_, None)

    def drop_web_sessions(self, therapist: bytes) -> None:
        """Forget all sessions of a therapist."""
        kept = {key: row for key, row in self._sessions.items() if row.therapist != therapist}
        self._sessions = kept

    def invitation(self, lookup_hash: bytes) -> Invitation | None:
        """Return the invitation whose first half has this hash."""
        return self._invitations.get(lookup_hash)

    def save_invitation(self, row: Invitation) -> None:
        """Keep an invitation."""
        self._invitations[row.lookup_hash] = row

    def space(self, space: SpaceId) -> Space | None:
        """Return the space with this id."""
        return self._spaces.get(space)

    def save_space(self, row: Space) -> None:
        """Keep a space."""
        self._spaces[row.space] = row

    def device(self, space: SpaceId, device: DeviceId) -> Device | None:
        """Return a device of a space."""
        return self._devices.get((space, device))

    def device_by_credential(self, hash_: bytes) -> Device | None:
        """Return the device whose present or renewed credential has this hash."""
        rows = self._devices.values()
        return next((row for row in rows if hash_ in {row.credential_hash, row.next_hash}), None)

    def devices(self, space: SpaceId) -> Sequence[Device]:
        """Return the devices of a space by the time they were let in."""
        rows = [row for row in self._devices.values() if row.space == space]
        return sorted(rows, key=lambda row: (row.created_at, row.device))

    def save_device(self, row: Device) -> None:
        """Keep a device."""
        self._devices[row.space, row.device] = row

    def device_invitation(self, lookup_hash: bytes) -> DeviceInvitation | None:
        """Return the device invitation whose first half has this hash."""
        return self._device_invitations.get(lookup_hash)

    def save_device_invitation(self, row: DeviceInvitation) -> None:
        """Keep a device invitation."""
        self._device_invitations[row.lookup_hash] = row

    def acquaintance(self, therapist: bytes, space: SpaceId) -> Acquaintance | None:
        """Return what joins a therapist and a space."""
        return self._acquaintances.get((therapist, space))

    def acquaintances_of_therapist(self, therapist: bytes) -> Sequence[Acquaintance]:
        """Return everybody who redeemed an invitation of this therapist, by time."""
        rows = [row for row in self._acquaintances.values() if row.therapist == therapist]
        return sorted(rows, key=lambda row: (row.joined_at, row.space))

    def acquaintances_of_space(self, space: SpaceId) -> Sequence[Acquaintance]:
        """Return all therapists whose invitation this person redeemed, by time."""
        rows = [row for row in self._acquaintances.values() if row.space == space]
        return sorted(rows, key=lambda row: (row.joined_at, row.therapist))

    def save_acquaintance(self, row: Acquaintance) -> None:
        """Keep what joins a therapist and a space."""
        self._acquaintances[row.therapist, row.space] = row

    def access_entries(self, space: SpaceId) -> Sequence[AccessEntry]:
        """Return the access log of a space by time."""
        rows = [row for row in self._access.values() if row.space == space]
        return sorted(rows, key=lambda row: (row.first_at, row.member, row.page))

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        self._access.setdefault((row.space, row.window, row.member, row.page), row)

    def drop_expired(self, before: int) -> None:
        """Forget links, invitations and device invitations that expired before this time."""
        self._links = {k: row for k, row in self._links.items() if row.expires_at >= before}
        self._invitations = {
            k: row for k, row in self._invitations.items() if row.expires_at >= before
        }
        self._device_invitations = {
            k: row for k, row in self._device_invitations.items() if row.expires_at >= before
        }


class MemoryAccountStore:
    """Transactions over the tables in memory; a failed one leaves them as they were."""

    def __init__(self) -> None:
        self._rows = MemoryAccountRows()

    async def read(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns."""
        return work(self._rows)

    async def write(self, work: Callable[[AccountRows], T]) -> T:
        """Return what ``work`` returns; its changes stand together or not at all."""
        rows = copy.copy(self._rows)
        rows.__dict__.update({name: dict(table) for name, table in vars(self._rows).items()})
        result = work(rows)
        self._rows = rows
        return result
