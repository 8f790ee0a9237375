"""What a command answers: a document with stable keys, and the same in words.

Commands return an ``Answer`` and print nothing; ``cli.program`` prints it once, as JSON or
as words. The keys of a document are the fields of its struct; ``docs/cli.md`` is written from them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from trailmark_client.cli.terminal import Terminal

Document = TypeVar("Document", bound=msgspec.Struct)

Words = Sequence[str] | Callable[[Terminal], None]
"""Lines to print as they are, or a function that draws on the terminal."""


class Answer(msgspec.Struct, Generic[Document], frozen=True):
    """What a command has to say.

    Attributes:
        document: What ``--json`` prints.
        words: What people read.
        exit_code: What the program ends with; see ``cli.failures``.
        begun: The beginning of what ``--json`` prints, where it was said already.
    """

    document: Document
    words: Words
    exit_code: int = 0
    begun: str = ""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """Something was recorded on this device.

    Attributes:
        id: Id of what it is about: the goal, step, check-in, reflection, …
        kind: What that is.
        lane: The lane it was written to.
        seen_by: Names of those who will see it; empty when it stays on this device.
        events: Ids of the events recorded, in order.
        saved: Always true: said after the commit reached the disk.
        unsent: Events of this device that the server has not confirmed.
    """

    id: str
    kind: str
    lane: str
    seen_by: list[str]
    events: list[str]
    saved: bool
    unsent: int
