"""``trailmark open``: the person's own pages, on this machine."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """The pages are served, until Ctrl-C.

    Attributes:
        link: Opens them in one browser, once.
    """

    link: str


def open_pages(
    *,
    port: Annotated[int, Parameter(help="A fixed port; by default any free one")] = 0,
    plain_address: Annotated[
        bool,
        Parameter(negative="", help="127.0.0.1, for browsers that know no names below localhost"),
    ] = False,
    no_browser: Annotated[
        bool, Parameter(negative="", help="Only show the link, which works once")
    ] = False,
    common: Common = PLAIN,
) -> Answer[Opened] | None:
    """Open your own pages in the browser: your day, your goals, your journal.

    They are served by this machine to this machine, work without a network, and stop with Ctrl-C.

    Raises:
        DomainError: ``invalid_input``: what the pages need is not installed.
    """
    if any(find_spec(each) is None for each in ("jinja2", "litestar", "uvicorn")):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "the pages are not installed here; install trailmark with its extra: "
                "trailmark[pages]"
            ),
        )
    import asyncio

    from trailmark_adapters.clock import SystemClock
    from trailmark_adapters.randomness import SystemRandomness
    from trailmark_client.app import home_folder
    from trailmark_client.local_site.launching import Wanted, serve

    terminal = Terminal(as_json=common.as_json)

    def on_ready(link: str) -> None:
        if common.as_json:
            print(msgspec.json.encode(Opened(link=link)).decode(), flush=True)  # noqa: T201
        else:
            terminal.say(
                gettext(
                    "Your pages are open on this machine, and only for you. Ctrl-C closes them."
                ),
                gettext("If no browser opened: {link}").format(link=link),
                gettext("The link works once."),
            )

    home = home_folder()
    wanted = Wanted(port=port, is_plain=plain_address, is_browsing=not no_browser)
    asyncio.run(serve(home, wanted, SystemClock.from_environment(), SystemRandomness(), on_ready))
    return None  # told when it began
