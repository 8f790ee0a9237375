"""What is said where a command line cannot be understood: what is wrong with it, and what to do.

The words typed are never repeated: they may be a person's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import cyclopts

from trailmark_shared.words import gettext


def usage_message(error: cyclopts.CycloptsError, program: str) -> str:
    """Return one sentence for whoever typed the command.

    Args:
        error: What cyclopts found.
        program: The name of the program.

    Returns:
        The fault, and the help to ask for: that of the command, as far as one was named.
    """
    command = " ".join((program, *(error.command_chain or ())))
    return gettext("{what}; {command} --help shows how").format(what=_fault(error), command=command)


def _fault(error: cyclopts.CycloptsError) -> str:
    match error:
        case cyclopts.MissingArgumentError(argument=argument) if argument is not None:
            return gettext("{name} is missing").format(name=argument.name)
        case cyclopts.UnknownCommandError():
            return _no_command(error)
        case cyclopts.UnknownOptionError() | cyclopts.UnusedCliTokensError():
            return gettext(
                "these are more words or other options than it takes; put a text in quotes"
            )
        case cyclopts.RepeatArgumentError(token=token) if token.keyword is not None:
            return gettext("{name} can be given once only").format(name=token.keyword)
        case (
            cyclopts.ValidationError(argument=argument) | cyclopts.CoercionError(argument=argument)
        ) if argument is not None:
            is_other = isinstance(error, cyclopts.CoercionError)
            return _not_taken(argument.name, argument.get_choices(force=True) if is_other else ())
        case _:
            return gettext("the command line cannot be understood")


def _no_command(error: cyclopts.UnknownCommandError) -> str:
    names = [each for each in error.app or () if not each.startswith("-")]
    near = get_close_matches((error.unused_tokens or [""])[0], names, n=1)
    if not near:
        return gettext("there is no such command")
    return gettext("there is no such command, the nearest is {name}").format(name=near[0])


def _not_taken(name: str, choices: Sequence[str] | None) -> str:
    if not choices:
        return gettext("{name} does not take that").format(name=name)
    return gettext("{name} takes one of: {choices}").format(name=name, choices=", ".join(choices))
