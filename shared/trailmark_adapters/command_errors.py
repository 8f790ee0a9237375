"""What is said where a command line cannot be understood: what is wrong with it, and what to do.

The words typed are never repeated: they may be a person's own.
"""

from __future__ import annotations

from collections.abc import Sequence

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
            return gettext("there is no such command")
        case cyclopts.UnknownOptionError() | cyclopts.UnusedCliTokensError():
            return gettext(
                "these are more words or other options than it takes; put a text in quotes"
            )
        case cyclopts.ValidationError(argument=argument) if argument is not None:
            return _not_taken(argument.name, ())
        case cyclopts.CoercionError(argument=argument) if argument is not None:
            return _not_taken(argument.name, argument.get_choices(force=True) or ())
        case _:
            return gettext("the command line cannot be understood")


def _not_taken(name: str, choices: Sequence[str]) -> str:
    if not choices:
        return gettext("{name} does not take that").format(name=name)
    return gettext("{name} takes one of: {choices}").format(name=name, choices=", ".join(choices))
