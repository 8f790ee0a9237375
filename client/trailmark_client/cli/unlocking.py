"""Asking for the passphrase of the store: at the terminal, or from a file for scripts; never argv.

Arguments and the environment of a program can be read by others on the machine, so neither ever
holds a passphrase. The environment may name a file, which nobody but its owner may be able to read.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from trailmark_client.app import home_folder, is_locked
from trailmark_client.cli.terminal import Terminal
from trailmark_client.lock import locked_error
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

FILE_VARIABLE: Final = "TRAILMARK_PASSPHRASE_FILE"
"""Names a file whose first line is the passphrase."""

_FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_BYTES_PER_CHAR_MAX: Final = 4


def store_key(terminal: Terminal) -> bytes | None:
    """Return the key of this device's store, ``None`` where it has no passphrase.

    Raises:
        DomainError: ``wrong_passphrase``; ``invalid_input``: the file that was named is not good.
        StorageError: ``locked``: there is nobody to ask.
        IntegrityError: ``corrupt_identity``: the file of the lock is damaged.
    """
    home = home_folder()
    if not is_locked(home):
        return None
    # Only asked for here: without a passphrase no command needs it.
    from trailmark_client.passphrase import unlocked

    return unlocked(home, present_passphrase(terminal))


def present_passphrase(terminal: Terminal) -> str:
    """Return the passphrase that opens the store now, as the person or their script says it.

    Raises:
        DomainError: ``invalid_input``: the file that was named is not good.
        StorageError: ``locked``: there is nobody to ask.
    """
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return _from_file(Path(named))
    if not terminal.may_ask:
        raise locked_error()
    return terminal.secret(gettext("Your passphrase:"))


def new_passphrase(terminal: Terminal) -> str:
    """Return the passphrase that is to open the store, typed twice, or one line of a pipe.

    Raises:
        DomainError: ``invalid_input``: both differ, or the input ended.
    """
    if not terminal.may_ask:
        return terminal.typed(gettext("A new passphrase:"))
    passphrase = terminal.secret(gettext("A new passphrase:"))
    if terminal.secret(gettext("Once more:")) != passphrase:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("these were two different ones; nothing was changed")
        )
    return passphrase


def _from_file(path: Path) -> str:
    try:
        # A pipe would be waited for before it could be refused.
        opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("the file that {name} names cannot be read").format(name=FILE_VARIABLE),
        ) from None
    try:
        _refuse_others(os.fstat(opened))
        line = os.read(opened, _BYTES_PER_CHAR_MAX * limits.PASSPHRASE_CHARS_MAX)
    finally:
        os.close(opened)
    return line.partition(b"\n")[0].decode(errors="replace")


def _refuse_others(about: os.stat_result) -> None:
    is_own = about.st_uid == os.getuid() and not about.st_mode & _FOR_OTHERS
    if not (is_own and stat.S_ISREG(about.st_mode)):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "others can read the file that {name} names, or it is not yours; "
                "take their rights away: chmod 600"
            ).format(name=FILE_VARIABLE),
        )
