"""The person's own pages: as plain functions, and as a real process (``trailmark open``)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qsl

import msgspec

from tests.support.person import Person
from trailmark_client.app import HOME_VARIABLE
from trailmark_client.behind_pages.desk import desk_of
from trailmark_client.behind_pages.own import OwnDevices
from trailmark_client.commands.supporters import NewSupporter
from trailmark_client.commands.when import When
from trailmark_client.queries.pending import Agreed, PendingGrant
from trailmark_client.web.asking import Asked, Told
from trailmark_client.web.desk import Completed, Desk, Far, Link, Looked, Phase
from trailmark_client.web.own import Own
from trailmark_client.web.routes import answer
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import text_from_id


class PagesProcess:
    """``trailmark open`` on a folder of a person.

    Attributes:
        home: The folder.
        link: Opens the pages once.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.link = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address of Today, for a browser that was let in."""
        return self.link.partition("/enter/")[0]

    @property
    def host(self) -> str:
        """Name and port."""
        return self.url.removeprefix("http://")

    def start(self) -> None:
        """Start and wait until the pages are served."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "trailmark_client", "open", "--json", "--no-browser"],
            env={**os.environ, HOME_VARIABLE: str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the pages did not open"
        self.link = json.loads(line)["link"]

    def kill(self) -> None:
        """End it as a power cut would, without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, wait, and return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        with self._process as ended:
            ended.wait(timeout=20)
        code, self._process = self._process.returncode, None
        return code

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()


class NoServer:
    """A home server that cannot be reached."""

    def redeem(self, invitation: str) -> PendingGrant:
        del invitation
        raise RefusedError(ErrorCode.UNREACHABLE, "the server cannot be reached", "later")

    def agree(self, member: str, agreed: Agreed) -> None:
        raise NotImplementedError

    def complete(self, member: str) -> Completed:
        raise NotImplementedError

    def decline(self, member: str) -> None:
        raise NotImplementedError

    def looked(self) -> Looked:
        return Looked(is_current=False)

    def let_supporter_in(self, new: NewSupporter, when: When) -> Link:
        del new, when
        raise RefusedError(ErrorCode.NOT_CONNECTED, "there is no server yet", "never")

    def new_link(self, member: str) -> Link:
        del member
        raise RefusedError(ErrorCode.NOT_CONNECTED, "there is no server yet", "never")


class Window:
    """A window of the pages without a browser: questions to the plain functions.

    Attributes:
        person: Whose pages.
        far: The home server.
        phase: How the device stands to it.
        own: The person's devices.
        server_address: The only server that can be reached, as in a browser.
    """

    def __init__(self, person: Person) -> None:
        self.person = person
        self.far: Far = NoServer()
        self.phase: Phase = "alone"
        self.own: Own = OwnDevices(person.app)
        self.server_address: str | None = None

    @property
    def desk(self) -> Desk:
        """Where a question is answered now."""
        return msgspec.structs.replace(
            desk_of(self.person.app, self.phase),
            far=self.far,
            own=self.own,
            server_address=self.server_address,
        )

    def begun(self, title: str = "Two walks a week") -> str:
        """Write a goal down and return its id."""
        return text_from_id(self.person.goal(title))

    def get(self, address: str) -> str:
        """Return the HTML of a page, wherever it leads."""
        told = self.ask("GET", address)
        while told.location is not None:
            told = self.ask("GET", told.location)
        return told.html

    def post(self, path: str, **fields: str | tuple[str, ...]) -> Told:
        """Send a form."""
        typed = {
            name.replace("_", "-"): (value,) if isinstance(value, str) else value
            for name, value in fields.items()
        }
        self.person.clock.advance(1000)
        return answer(self.desk, Asked(method="POST", path=path, form=typed))

    def ask(self, method: Literal["GET", "POST"], address: str) -> Told:
        """Ask for a page."""
        path, _, query = address.partition("?")
        return answer(self.desk, Asked(method=method, path=path, query=dict(parse_qsl(query))))
