"""Windows of a person's devices over one real home server in memory."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from tests.support.own_pages import Window
from tests.support.person import Person
from tests.support.server_api import ServerHome

_CHANCE = count(1)
_CODE = re.compile(r'<p class="code">([^<]+)</p>')
_PHRASE = re.compile(r'<p class="phrase">([^<]+)</p>')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Windows:
    """Two devices of one person: the first is connected, the second is new.

    Attributes:
        home: The server.
        first: The window of the first one.
        second: The window of the second one.
    """

    def __init__(self, home: ServerHome, first: Person, second: Person) -> None:
        self.home = home
        home.connect(first.app)
        self.first = Window(first)
        self.second = Window(second)

    def code(self) -> str:
        """Let the first one make a code and return it as it is shown there."""
        self.first.post("/devices/invite", copy="on")
        return shown_code(self.first.get("/devices/invite"))

    def ask(self) -> str:
        """Let the second one ask with a code and return what is shown there."""
        told = self.second.post("/devices/join", code=f"{self.home.url} {self.code()}")
        return self.second.get(told.location or "")

    def let_in(self) -> None:
        """Let the second one in."""
        self.ask()
        told = self.first.post("/devices/let-in", **hidden(self.first.get("/devices/invite")))
        assert told.location == "/devices?done=device-in", told.html
        self.second.post("/devices/joining")


@contextmanager
def windows(folder: Path, home: ServerHome) -> Generator[Windows]:
    """Open both devices in a folder of a test, strangers to all that the server met before."""
    with ExitStack() as stack:
        home.straighten()
        first, second = Person(folder / "first", next(_CHANCE)), Person(folder, next(_CHANCE))
        stack.callback(first.app.close)
        stack.callback(second.app.close)
        yield Windows(home, first, second)


def shown_code(page: str) -> str:
    """Return the code that a page shows."""
    found = _CODE.search(page)
    assert found is not None, page
    return found[1]


def shown_phrase(page: str) -> str:
    """Return the four words that a page shows."""
    found = _PHRASE.search(page)
    assert found is not None, page
    return found[1]


def hidden(page: str) -> dict[str, str | tuple[str, ...]]:
    """Return what the forms of a page bring along unseen; a name that comes often, with all."""
    fields: dict[str, str | tuple[str, ...]] = {}
    for name, value in _HIDDEN.findall(page):
        known = fields.get(name)
        match known:
            case None:
                fields[name] = value
            case str():
                fields[name] = (known, value)
            case _:
                fields[name] = (*known, value)
    return fields
