"""Options and arguments that many commands share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from trailmark_client.commands.places import Choice
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

Words = Annotated[str, Parameter(allow_leading_hyphen=True)]
"""A person's words, which may begin with a hyphen."""

Reason = Annotated[
    str | None,
    Parameter(
        name="--reason",
        help="Why: CODE or CODE:TEXT, such as new-insight or obstacle:no time after work",
        allow_leading_hyphen=True,
    ),
]
"""Why something changes."""

GoalId = Annotated[str, Parameter(help="Id of the goal, or the beginning of it")]
"""A goal named by a prefix of its id."""

GoalOption = Annotated[
    str | None,
    Parameter(name="--goal", help="The goal it is about: its id, or the beginning of it"),
]
"""A goal that something may be about."""

At = Annotated[
    str | None,
    Parameter(name="--at", help='When it happened: "yesterday 18:30", 18:30, 2026-03-01'),
]
"""A moment as people write it."""

With = Annotated[
    tuple[str, ...],
    Parameter(
        name="--with",
        help="Only for them: the beginning of their name or id; may be repeated",
        negative="",
    ),
]
"""For whom this one is, of those who are let in."""

Who = Annotated[str, Parameter(help="The beginning of their name or id; see sharing")]
"""Somebody who is let in."""

Private = Annotated[
    bool, Parameter(name="--private", negative="", help="Keep it on your devices only")
]
"""This one stays here, whatever was agreed."""

Yes = Annotated[bool, Parameter(name="--yes", negative="")]
"""An answer given beforehand."""


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """What every command takes.

    Attributes:
        as_json: Answer with one JSON document.
    """

    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Answer with one JSON document")
    ] = False


PLAIN = Common()
"""No option given."""


def choice_of(*, private: bool, with_: tuple[str, ...]) -> Choice:
    """Return for whom the person means one item.

    Raises:
        DomainError: ``invalid_input``: both for nobody else and for somebody.
    """
    if private and with_:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("say either --private or --with, not both")
        )
    return Choice(private=private, names=with_)
