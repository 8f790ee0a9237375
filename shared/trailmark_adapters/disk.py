"""What it means when the machine does not let a file be written: no defect, and nothing is lost."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.words import gettext

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def disk_errors() -> Generator[None]:
    """Say what an error of the machine's files means for us; also a decorator.

    Raises:
        StorageError: ``disk_full``, or ``storage_unavailable`` as in a folder that may only be
            read.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageError(
                ErrorCode.DISK_FULL, gettext("the disk is full; free some space and try again")
            ) from error
        # Its name and no path: a path may hold the name of a person.
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "the Trailmark folder cannot be read and written now ({name}); look at its disk "
                "and at who may write there, then try again"
            ).format(name=name),
        ) from error
