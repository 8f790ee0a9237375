"""Options and arguments that many commands share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from trailmark_client.cli.parameters import Parameter, spread
from trailmark_client.commands.places import Choice
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext


class _Typed(Protocol):
    """A word as it was typed."""

    @property
    def value(self) -> str: ...


def whole(_kind: object, tokens: Sequence[_Typed]) -> int:
    """Read a whole number as it was typed; a fraction is not one, and is not rounded to one.

    Raises:
        ValueError: It is none.
    """
    return int(tokens[0].value)


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

Who = Annotated[
    str, Parameter(help="The beginning of their name or id; trailmark sharing lists them")
]
"""Somebody who is let in."""

Private = Annotated[
    bool, Parameter(name="--private", negative="", help="Keep it on your devices only")
]
"""This one stays here, whatever was agreed."""

Yes = Annotated[bool, Parameter(name="--yes", negative="")]
"""An answer given beforehand."""


EntryId = Annotated[str, Parameter(help="Id of the entry, or the beginning of it")]
"""Any entry that a list shows."""

Note = Annotated[Words | None, Parameter(help="A sentence, if you like")]
"""A few words beside something."""

Often = Annotated[Words | None, Parameter(help="How often or when, in your own words; or none")]
"""A rhythm, as the person says it."""

StepOption = Annotated[
    str | None, Parameter(name="--step", help="The step it is for: its id, or the beginning of it")
]
"""A step that something may be for."""


@spread
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


@spread
@dataclass(frozen=True)
class MeantFor:
    """For whom one new item is.

    Attributes:
        private: For nobody else.
        with_: Only for these.
    """

    private: Private = False
    with_: With = ()

    @property
    def choice(self) -> Choice:
        """What commands take.

        Raises:
            DomainError: ``invalid_input``: both for nobody else and for somebody.
        """
        if self.private and self.with_:
            raise DomainError(
                ErrorCode.INVALID_INPUT, gettext("say either --private or --with, not both")
            )
        return Choice(private=self.private, names=self.with_)


AS_AGREED = MeantFor()
"""What was agreed decides."""


@spread
@dataclass(frozen=True)
class Stance:
    """What the person says to something that both sides write down together.

    Attributes:
        disagree: No.
        pending: Not yet.
    """

    disagree: Annotated[bool, Parameter(negative="", help="It does not fit as it stands")] = False
    pending: Annotated[bool, Parameter(negative="", help="You would like to think about it")] = (
        False
    )

    @property
    def answer(self) -> Acceptance:
        """The one that is meant.

        Raises:
            DomainError: ``invalid_input``: two at once.
        """
        if self.disagree and self.pending:
            raise DomainError(
                ErrorCode.INVALID_INPUT, gettext("say one of --disagree and --pending, not both")
            )
        return "disagree" if self.disagree else "pending" if self.pending else "agree"


AGREE = Stance()
"""Yes."""
