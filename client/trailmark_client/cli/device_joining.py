"""``trailmark device invite``, ``confirm`` and ``join``: one device lets another one in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.connecting import POLL_S, exchange_all
from trailmark_client.cli.here import Here, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common, Yes
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.private_copy import PRIVATE_COPY_WORDS, set_private_copy
from trailmark_client.cli.wording import time_words
from trailmark_client.queries.outbox import unsent
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.phrases import is_phrase
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from trailmark_client.device_joining import Asking

WAIT_S = 600
"""How long is waited on either device, unless told otherwise: as long as a code works."""

Wait = Annotated[int, Parameter(help="Seconds to wait for the other device")]


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """A code for another device.

    Attributes:
        code: What to type there; its second half never reaches the server.
        url: Address of the home server, to be typed there too.
        expires_at: Until when it works, milliseconds UTC.
        private_copy: A sealed copy of private entries goes to the server.
        synced: What the other device needs is on the server.
        let_in: Name of the device that was let in, or null; see ``device confirm``.
    """

    code: str
    url: str
    expires_at: int
    private_copy: bool
    synced: bool
    let_in: str | None


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """The device that waits to be let in.

    Attributes:
        device: Its id.
        name: What it calls itself.
        asked_at: When it asked, milliseconds UTC.
        phrase: Four words that it must show too.
        let_in: The person said yes: it has the keys now.
    """

    device: str
    name: str
    asked_at: int
    phrase: str
    let_in: bool


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this device belongs to the person's space now.

    Attributes:
        joined: It does; else the person has not said yes yet, and the same command goes on.
        phrase: Four words that the other device shows too.
        device: Id of this device.
        space: Id of everything of this person.
        synced: Everything was exchanged with the server.
        unsent: Events saved on this device and not sent yet.
    """

    joined: bool
    phrase: str
    device: str
    space: str
    synced: bool
    unsent: int


def invite(
    *,
    yes: Annotated[
        Yes, Parameter(help="Keep the sealed copy that it needs, without asking")
    ] = False,
    wait: Wait = WAIT_S,
    common: Common = PLAIN,
) -> Answer[Invited]:
    """Let another device of yours in: make a code, wait for it, compare four words."""
    from trailmark_client import device_joining
    from trailmark_client.cli.syncing import exchange

    with opened(common) as here:
        _agree_to_copy(here, yes=yes)
        ended = exchange(here.app)
        made = device_joining.invite_device(here.app)
        server = here.app.identity.server
        url = "" if server is None else server.url
        lines = (
            gettext("Type on the other device: trailmark device join {url}").format(url=url),
            gettext("It asks for this code: {words}").format(words=made.text),
            gettext("It works once, until {time}.").format(
                time=time_words(made.expires_at, here.zone)
            ),
        )
        let_in = None
        if here.terminal.may_ask and wait:
            here.terminal.say(*lines)
            here.terminal.warn(
                gettext("Waiting for it. Ctrl-C stops; trailmark device confirm goes on.")
            )
            asking = _waited(lambda: device_joining.who_asks(here.app), wait)
            if asking is not None:
                let_in = _confirmed(here, asking, yes=False).name
                lines = (gettext("{let_in} is a device of yours now.").format(let_in=let_in),)
        document = Invited(
            code=made.text,
            url=url,
            expires_at=made.expires_at,
            private_copy=True,
            synced=ended.is_done,
            let_in=let_in,
        )
    return Answer(document, lines)


def _agree_to_copy(here: Here, *, yes: bool) -> None:
    from trailmark_client.home_api import connected

    connected(here.app)
    if here.app.identity.private_copy:
        return
    if not yes and not here.terminal.may_ask:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("another device needs the sealed copy: trailmark private-copy on, or --yes"),
        )
    if not yes:
        here.terminal.say(
            gettext("Another device needs a copy."), *map(gettext, PRIVATE_COPY_WORDS)
        )
    if not (yes or here.terminal.agrees(gettext("Keep it there?"))):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("no code was made"))
    set_private_copy(here, is_on=True)


def _waited(look: Callable[[], Asking | None], seconds: int) -> Asking | None:
    began = time.monotonic()
    found = look()
    while found is None and time.monotonic() - began < seconds:
        time.sleep(POLL_S)
        found = look()
    return found


def confirm(
    *,
    yes: Annotated[Yes, Parameter(help="Let it in without asking; needs --words")] = False,
    words: Annotated[
        str | None, Parameter(help="The four words that the other device shows: let it in if equal")
    ] = None,
    no: Annotated[
        bool, Parameter(name="--no", negative="", help="Turn it away without asking")
    ] = False,
    wait: Wait = 0,
    common: Common = PLAIN,
) -> Answer[Confirmed]:
    """Say yes or no to the device that waits with your code."""
    from trailmark_client import device_joining

    if yes and words is None and not no:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "compare first: --yes needs the four words that the other device shows, as --words"
            ),
        )
    with opened(common) as here:
        if here.app.identity.open_code is None:
            raise DomainError(
                ErrorCode.NOT_FOUND,
                gettext("there is no code to wait for: trailmark device invite"),
            )
        asking = _waited(lambda: device_joining.who_asks(here.app), wait)
        if asking is None:
            raise DomainError(ErrorCode.NOT_FOUND, gettext("no device waits to be let in yet"))
        if no:
            device_joining.refuse_device(here.app)
        document = _document(asking, let_in=False)
        if not no and words is not None:
            _require_equal(words, asking)
        if not no and (words is not None or here.terminal.may_ask):
            document = _confirmed(here, asking, yes=words is not None)
    if no:
        return Answer(document, (gettext("{name} was turned away.").format(name=document.name),))
    if not document.let_in:
        told = (
            gettext("Four words: {phrase}").format(phrase=document.phrase),
            gettext(
                "Compare them with those on it. If it shows the same: --words and what stands "
                "there."
            ),
            gettext("If it shows others: --no."),
        )
        return Answer(document, told)
    return Answer(
        document, (gettext("{name} is a device of yours now.").format(name=document.name),)
    )


def _require_equal(words: str, asking: Asking) -> None:
    if not is_phrase(words, asking.phrase):
        raise DomainError(
            ErrorCode.WORDS_DIFFER,
            gettext(
                "these are not the words of this device; nobody was let in. If the other one does "
                "show others, turn it away: trailmark device confirm --no"
            ),
        )


def _document(asking: Asking, *, let_in: bool) -> Confirmed:
    return Confirmed(
        device=text_from_id(asking.joining.device),
        name=asking.joining.name,
        asked_at=asking.asked_at,
        phrase=asking.phrase,
        let_in=let_in,
    )


def _confirmed(here: Here, asking: Asking, *, yes: bool) -> Confirmed:
    """Ask the person, hand over the keys, and tell the other devices."""
    from trailmark_client import device_joining
    from trailmark_client.cli.syncing import exchange

    terminal = here.terminal
    if not yes:
        terminal.say(
            gettext("{name} asks to be let in, since {time}.").format(
                name=asking.joining.name, time=time_words(asking.asked_at, here.zone)
            ),
            gettext("It will read and write everything of yours."),
            gettext("Four words: {phrase}").format(phrase=asking.phrase),
        )
        if not terminal.agrees(gettext("Is it yours, and does it show the same four words?")):
            device_joining.refuse_device(here.app)
            raise DomainError(
                ErrorCode.NOT_AUTHORISED, gettext("it was turned away; nobody was let in")
            )
    device_joining.confirm_device(here.app, asking)
    exchange(here.app)
    return _document(asking, let_in=True)


def join(
    url: str, code: str | None = None, /, *, wait: Wait = WAIT_S, common: Common = PLAIN
) -> Answer[Joined]:
    """Make this a device of yours; what you wrote here so far comes along.

    Args:
        url: Address of the home server.
        code: The code that the other device shows. Leave it out: it is asked for.
    """
    from trailmark_client import device_joining

    with opened(common) as here:
        waiting = device_joining.ask_to_join(
            here.app, url, here.terminal.typed(gettext("The code:")) if code is None else code
        )
        here.terminal.warn(
            gettext(
                "Say yes on your other device, if it shows the same four words: {phrase}"
            ).format(phrase=waiting.phrase)
        )
        began, joined = time.monotonic(), device_joining.finish_joining(here.app)
        while not joined and time.monotonic() - began < wait:
            time.sleep(POLL_S)
            joined = device_joining.finish_joining(here.app)
        is_done = joined and exchange_all(here)[0].is_done
        identity = here.app.identity
        document = Joined(
            joined=joined,
            phrase=waiting.phrase,
            device=text_from_id(identity.device),
            space=text_from_id(identity.space),
            synced=is_done,
            unsent=here.read(lambda conn: unsent(conn, identity)),
        )
    if not joined:
        return Answer(
            document,
            (gettext("Nobody said yes yet. Run the same command again to go on waiting."),),
        )
    words = (
        gettext("Everything is here.") if is_done else gettext("trailmark sync fetches the rest.")
    )
    return Answer(
        document,
        (gettext("This is a device of yours now."), words, *waiting_words(document.unsent)),
    )
