"""``trailmark-server``: the operator's commands.

Everything works beside a running server on the same data folder. Imports of a command's own are
made when it runs: they are most of a command's wall time.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from cyclopts import App, CycloptsError

from trailmark_adapters.command_errors import usage_message
from trailmark_adapters.command_help import PLAIN, TranslatedHelp
from trailmark_adapters.languages import Languages
from trailmark_server.cli import persons
from trailmark_server.cli.backups import backup, restore
from trailmark_server.cli.checks import doctor, rebuild, verify
from trailmark_server.cli.hand_overs import hand_over
from trailmark_server.cli.moving import migrate_to
from trailmark_server.cli.output import ExitCode, fail, open_streams, silence
from trailmark_server.cli.serve import serve
from trailmark_server.cli.signing import rotate_signing_key
from trailmark_server.cli.therapists import add, disable, enable, invite, link, list_all
from trailmark_server.logs import failure_fields
from trailmark_shared.errors import ErrorCode, TrailmarkError
from trailmark_shared.words import ENGLISH, gettext, speaking

_ENDED_BY_RICH: Final = 1
"""What rich ends a program with whose reader went away in the middle of help."""

_SHUT: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
)
"""Why the machine lets nobody use a file; nothing of that is ours to mend."""


def _version() -> str:
    from importlib.metadata import version

    return version("trailmark")


app = App(
    name="trailmark-server",
    version=_version,
    help="The home server of Trailmark: goals and reflections, shared lane by lane.",
    help_format=PLAIN,
    help_formatter=TranslatedHelp(),
    help_on_error=False,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
therapist = App(name="therapist", help="Therapists' accounts.")
person = App(name="person", help="The persons of this server, by their marks.")

app.command(serve)
app.command(invite)
app.command(verify)
app.command(doctor)
app.command(rebuild)
app.command(rotate_signing_key)
app.command(migrate_to)
app.command(backup)
app.command(restore)
app.command(therapist)
app.command(person)
person.command(persons.list_all, name="list")
person.command(persons.erase)
therapist.command(add)
therapist.command(link)
therapist.command(list_all, name="list")
therapist.command(disable)
therapist.command(enable)
therapist.command(hand_over, name="hand-over")


def run(arguments: Sequence[str], languages: Languages | None = None) -> ExitCode:
    """Run one command.

    Args:
        arguments: As on the command line, without the program's name.
        languages: What may be spoken; what is shipped by default. JSON is the same in all.

    Returns:
        How the program ends; everything was printed.
    """
    as_json = "--json" in arguments
    spoken = ENGLISH if as_json else (languages or Languages()).of_environment(os.environ)
    with speaking(spoken):
        return _run(arguments, as_json=as_json)


def _run(arguments: Sequence[str], *, as_json: bool) -> ExitCode:
    if (before := _before_nothing(arguments)) is not None:
        message = gettext(
            "nothing stands after {word}: see whether the variable that it comes from is set"
        ).format(word=before)
        return fail(ErrorCode.INVALID_INPUT, message, as_json=as_json, exit_code=ExitCode.USAGE)
    try:
        result = app(list(arguments), exit_on_error=False, print_error=False)
    except CycloptsError as error:
        message = usage_message(error, "trailmark-server")
        return fail(ErrorCode.INVALID_INPUT, message, as_json=as_json, exit_code=ExitCode.USAGE)
    except TrailmarkError as error:
        return fail(error.code, error.message, as_json=as_json)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except SystemExit as ended:
        if ended.code != _ENDED_BY_RICH:
            raise
        result = ExitCode.OK
    except BrokenPipeError:  # whoever read the answer has enough
        silence()
        result = ExitCode.OK
    except Exception as error:  # noqa: BLE001  (the last line: nothing of a person may be printed)
        return _unforeseen(error, as_json=as_json)
    return result if isinstance(result, ExitCode) else ExitCode.OK


def _before_nothing(arguments: Sequence[str]) -> str | None:
    """Return the option or command before an empty argument, ``None`` where none is empty.

    What a script leaves empty by mistake would otherwise be what nobody meant: the folder that the
    script is in, every address of the machine, files in place of a database.
    """
    for before, argument in pairwise(("trailmark-server", *arguments)):
        if not argument.strip():
            return before
        if argument.startswith("--") and argument.endswith("="):
            return argument.removesuffix("=")
    return None


def _unforeseen(error: Exception, *, as_json: bool) -> ExitCode:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        silence()
        message = gettext("there is no room left where this was to be written; make some")
        return fail(ErrorCode.DISK_FULL, message, as_json=as_json)
    if isinstance(error, OSError) and error.errno in _SHUT and error.filename is not None:
        message = gettext(
            "{file} cannot be used ({why}): see whose it is, and what the user who runs this may do"
        ).format(file=error.filename, why=error.strerror)
        return fail(ErrorCode.STORAGE_UNAVAILABLE, message, as_json=as_json)
    found = failure_fields(error)
    message = gettext("a defect of Trailmark ({what} at {place}); please report it").format(
        what=found["error"], place=found["where"]
    )
    return fail(ErrorCode.INTERNAL, message, as_json=as_json, exit_code=ExitCode.DEFECT)


def main() -> int:
    """Run the program on the process's arguments and return its exit code."""
    open_streams()
    return run(sys.argv[1:])
