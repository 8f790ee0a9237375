"""``trailmark device …``: the person's own devices."""

from __future__ import annotations

from typing import Annotated

import msgspec
from cyclopts import Parameter

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.connecting import exchange_all
from trailmark_client.cli.here import opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Yes
from trailmark_client.cli.private_copy import PRIVATE_COPY_WORDS, set_private_copy
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import time_words
from trailmark_client.queries.finding import by_prefix
from trailmark_client.queries.outbox import unsent
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import DeviceId, id_from_text, text_from_id


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """A code for another device.

    Attributes:
        code: What to type there; its second half never reaches the server.
        url: Address of the home server, to be typed there too.
        expires_at: Until when it works, milliseconds UTC.
        private_copy: A sealed copy of private entries goes to the server.
        synced: What the other device needs is on the server.
    """

    code: str
    url: str
    expires_at: int
    private_copy: bool
    synced: bool


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """This device belongs to the person's space now.

    Attributes:
        device: Id of this device.
        space: Id of everything of this person.
        synced: Everything was exchanged with the server.
        unsent: Events saved on this device and not sent yet.
    """

    device: str
    space: str
    synced: bool
    unsent: int


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the person.

    Attributes:
        id: Id of the device.
        name: What the person calls it.
        last_seen: When it last spoke with the server, milliseconds UTC, or null.
        current: It is this one.
    """

    id: str
    name: str
    last_seen: int | None
    current: bool


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """The person's devices.

    Attributes:
        devices: Each of them.
    """

    devices: list[DeviceLine]


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """A device was signed out for ever.

    Attributes:
        device: Id of the device.
    """

    device: str


def invite(
    *,
    yes: Annotated[
        Yes, Parameter(help="Keep the sealed copy that it needs, without asking")
    ] = False,
    common: Common = PLAIN,
) -> Answer[Invited]:
    """Make a code for another device of yours."""
    from trailmark_client import device_joining
    from trailmark_client.cli.syncing import exchange
    from trailmark_client.home_api import connected

    with opened(common) as here:
        connected(here.app)
        if not here.app.identity.private_copy:
            if not yes and not here.terminal.may_ask:
                raise DomainError(
                    ErrorCode.INVALID_INPUT,
                    "another device needs the sealed copy: trailmark private-copy on, or --yes",
                )
            if not yes:
                here.terminal.say("Another device needs a copy.", *PRIVATE_COPY_WORDS)
            if not (yes or here.terminal.agrees("Keep it there?")):
                raise DomainError(ErrorCode.INVALID_INPUT, "no code was made")
            set_private_copy(here, is_on=True)
        ended = exchange(here.app)
        made = device_joining.invite_device(here.app)
        server = here.app.identity.server
        document = Invited(
            code=made.text,
            url="" if server is None else server.url,
            expires_at=made.expires_at,
            private_copy=True,
            synced=ended.is_done,
        )
        until = time_words(made.expires_at, here.zone)
    return Answer(
        document,
        (
            f"Type on the other device: trailmark device join {document.url} {made.text}",
            f"It works once, until {until}.",
        ),
    )


def join(url: str, code: str, /, *, common: Common = PLAIN) -> Answer[Joined]:
    """Make this a device of yours; what you wrote here so far comes along.

    Args:
        url: Address of the home server.
        code: The code that the other device shows.
    """
    from trailmark_client import device_joining

    with opened(common) as here:
        device_joining.join_space(here.app, url, code)
        ended, _ = exchange_all(here)
        identity = here.app.identity
        document = Joined(
            device=text_from_id(identity.device),
            space=text_from_id(identity.space),
            synced=ended.is_done,
            unsent=here.read(lambda conn: unsent(conn, identity)),
        )
    words = "Everything is here." if ended.is_done else "trailmark sync fetches the rest."
    return Answer(
        document, ("This is a device of yours now.", words, *waiting_words(document.unsent))
    )


def list_all(*, common: Common = PLAIN) -> Answer[Devices]:
    """Show your devices."""
    from trailmark_client import device_joining

    with opened(common) as here:
        identity = here.app.identity
        this = DeviceLine(id=here.device, name=identity.device_name, last_seen=None, current=True)
        known = [] if identity.server is None else device_joining.devices(here.app)
        found = [
            DeviceLine(id=each.id, name=each.name, last_seen=each.last_seen, current=each.current)
            for each in known
        ] or [this]
        zone = here.zone

    def draw(terminal: Terminal) -> None:
        rows = [
            (
                each.id[:10],
                each.name,
                "" if each.last_seen is None else time_words(each.last_seen, zone),
                "this one" if each.current else "",
            )
            for each in found
        ]
        terminal.table(("id", "name", "last seen by the server", ""), rows)

    return Answer(Devices(devices=found), draw)


def remove(
    device: Annotated[str, Parameter(help="Id of the device, or the beginning of it")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Removed]:
    """Sign a device out for ever, such as one that was lost."""
    from trailmark_client import device_joining

    with opened(common) as here:
        ids = [id_from_text(each.id) for each in device_joining.devices(here.app)]
        wanted = by_prefix(ids, device, "device")
        device_joining.remove_device(here.app, DeviceId(wanted))
    return Answer(Removed(device=text_from_id(wanted)), ("That device is signed out.",))
