"""The person's own devices and recovery code as the pages ask for them: values and a port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

Answered = Literal["none", "erased", "waiting", "refused"]
"""What became of everything on the server: nothing was there; ``erased``; ``waiting``: it could not
be reached and is asked again; ``refused``: only whoever runs it can do it."""

SealedFor = Literal["known", "unseen", "none"]
"""Which recovery code a backup is sealed for: one that this device knows how to seal for; one that
it never saw, so it has to be typed once; or there is none yet."""

BroughtBack = Literal["everything", "shared", "older"]
"""What a recovery code brought: everything; what was shared alone; ``older``: everything, to be
read, for a release made the code whose devices no other device can know."""


class OwnDevice(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the person.

    Attributes:
        id: Its id, as text.
        name: What the person calls it.
        added_at: When it was let in first, milliseconds UTC, or ``None``.
        let_in_by: How it was let in last: ``invitation``, ``device`` or ``recovery``; ``unknown``:
            it gets the person's keys, and the server does not name it.
        confirmed_by: Id of the device on which the person said yes, or ``None``.
        last_seen: When it last spoke with the server, milliseconds UTC, or ``None``.
        is_current: It is this one.
        has_key: It gets the person's keys; ``None`` while no other device was let in.
    """

    id: str
    name: str
    added_at: int | None = None
    let_in_by: str = "invitation"
    confirmed_by: str | None = None
    last_seen: int | None = None
    is_current: bool = False
    has_key: bool | None = None


class Accusation(msgspec.Struct, frozen=True, kw_only=True):
    """A device removed others, and another one says otherwise: only the person knows who is right.

    Attributes:
        device: Its id, as text.
        name: What the person calls it.
        against: Names of those that it removed.
    """

    device: str
    name: str
    against: Sequence[str]


class DeviceCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code of this device that lets another one ask to be let in.

    Attributes:
        text: What to type there.
        address: Address of the home server, to be typed there too.
        expires_at: Until when it works, milliseconds UTC.
    """

    text: str
    address: str
    expires_at: int


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """A device that waits for the person's yes on this one.

    Attributes:
        device: Its id, as text.
        name: What it calls itself.
        asked_at: When it asked, milliseconds UTC by the server's clock.
        phrase: Four words that it must show too.
    """

    device: str
    name: str
    asked_at: int
    phrase: str


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """This device waits for the person's yes on another one.

    Attributes:
        phrase: Four words that the other device must show too.
        expires_at: Until when its code works, milliseconds UTC.
    """

    phrase: str
    expires_at: int


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with the recovery code.

    Attributes:
        made_at: When the one that works was made, milliseconds UTC; ``None``: there is none.
        used_at: When it last let a device in, or ``None``.
        opens_newest: It opens what is written now; else it is to be made anew.
        is_foreign: The server has it, and no device of the person knows of it.
    """

    made_at: int | None = None
    used_at: int | None = None
    opens_newest: bool = True
    is_foreign: bool = False


class FreshCode(msgspec.Struct, frozen=True, kw_only=True):
    """A recovery code that counts for nothing yet; it is kept nowhere.

    Attributes:
        text: The code, in groups with dashes between.
        asked: Which of its groups are asked for again, from 0.
    """

    text: str
    asked: Sequence[int]


class Own(Protocol):
    """The person's devices; what needs the home server may raise ``RefusedError``."""

    def devices(self) -> Sequence[OwnDevice]:
        """Ask for the person's devices; this one alone where no server is connected."""
        ...

    def accusations(self) -> Sequence[Accusation]:
        """Return which devices removed each other, so that the person is asked; no network."""
        ...

    def let_in_by(self, device: str) -> Sequence[OwnDevice]:
        """Ask which devices are here on the word of another one."""
        ...

    def rename(self, device: str, name: str) -> None:
        """Call a device otherwise."""
        ...

    def remove(self, devices: Sequence[str]) -> bool:
        """Sign devices out for ever; return whether the keys were changed."""
        ...

    def erase_everything(self) -> Answered:
        """Erase everything, here at once, on the server as soon as it can be reached."""
        ...

    def keep_copy(self, *, is_on: bool) -> None:
        """Send a sealed copy of private entries to the home server, or no more."""
        ...

    def code(self) -> DeviceCode | None:
        """Return the code that was made here last, as long as nothing came of it."""
        ...

    def invite(self) -> DeviceCode:
        """Make a code; the one before stops to work."""
        ...

    def asker(self) -> Asker | None:
        """Ask which device waits with this device's code."""
        ...

    def let_in(self, asker: Asker) -> None:
        """Let a device in whose words were equal; refused where another one waits by now."""
        ...

    def turn_away(self) -> None:
        """Turn the device that waits away; the code stops to work."""
        ...

    def waiting(self) -> Waiting | None:
        """Return what this device waits for."""
        ...

    def ask_to_join(self, address: str, code: str) -> None:
        """Ask another device of the person's to let this one in."""
        ...

    def finish_joining(self) -> bool:
        """Look whether the person has said yes; then this is one of their devices."""
        ...

    def recovery(self) -> Recovery:
        """Ask how it stands with the recovery code."""
        ...

    def fresh_code(self) -> FreshCode:
        """Return a fresh recovery code."""
        ...

    def keep_code(self, text: str) -> None:
        """Let a recovery code count; the one before stops to work at once."""
        ...

    def sealed_for(self) -> SealedFor:
        """Return which recovery code a backup would be sealed for; no network."""
        ...

    def seal_for(self, code: str) -> None:
        """Seal backups for a recovery code from now on; no network."""
        ...

    def recover(self, address: str, code: str) -> BroughtBack:
        """Become a device of the person's with the code; return what comes back."""
        ...
