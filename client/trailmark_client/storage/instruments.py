"""Questionnaires that were added to this device: files beside the database, one for each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trailmark_shared import limits
from trailmark_shared.domain.instruments import Instrument, decode_instrument
from trailmark_shared.domain.shipped_instruments import SHIPPED
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    LimitExceededError,
    StorageError,
)
from trailmark_shared.words import gettext, marked

FOLDER: Final = "instruments"
"""Name of the folder in the folder of the person's data."""

_ENDING: Final = ".json"
_UNAVAILABLE: Final = marked("the file of a questionnaire cannot be read or written")


class Instruments:
    """Every instrument that can be answered on this device."""

    def __init__(self, home: Path) -> None:
        """Look into the folder of the person's data.

        Args:
            home: That folder.
        """
        self._folder = home / FOLDER

    def all(self) -> Mapping[str, Instrument]:
        """Return every instrument by its code, those that come with Trailmark in front.

        Raises:
            DomainError: ``invalid_input``: a file is none.
            LimitExceededError: One is too large, or there are too many.
            StorageError: ``storage_unavailable``: a file cannot be read.
        """
        found = dict(SHIPPED)
        files = sorted(self._folder.glob(f"*{_ENDING}"))
        if len(files) > limits.INSTRUMENTS_MAX:
            raise LimitExceededError("INSTRUMENTS_MAX", len(files), limits.INSTRUMENTS_MAX)
        for file in files:
            added = read_instrument(file)
            found.setdefault(added.code, added)
        return found

    def get(self, code: str) -> Instrument:
        """Return the instrument with this code, in whatever case it was typed.

        Raises:
            DomainError: ``not_found``: there is none; else as ``all``.
        """
        known = self.all().get(code.strip().lower())
        if known is None:
            raise DomainError(
                ErrorCode.NOT_FOUND,
                gettext("no questionnaire has that code; trailmark measure list"),
            )
        return known

    def add(self, file: Path) -> Instrument:
        """Take a file in, checked whole; one of the same code that was added before is replaced.

        Returns:
            What was added.

        Raises:
            DomainError: ``invalid_input``: it is no instrument, or has the code of one that comes
                with Trailmark and stays unaltered.
            LimitExceededError: It is too large, or there are too many.
            StorageError: ``storage_unavailable``: it cannot be read or written.
        """
        added = read_instrument(file)
        if added.code in SHIPPED:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext(
                    "that code belongs to a questionnaire that comes with Trailmark: choose another"
                ),
            )
        there = {each.stem for each in self._folder.glob(f"*{_ENDING}")}
        if len(there | {added.code}) > limits.INSTRUMENTS_MAX:
            raise LimitExceededError("INSTRUMENTS_MAX", len(there) + 1, limits.INSTRUMENTS_MAX)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            staged = self._folder / f".{added.code}"
            staged.write_bytes(file.read_bytes())
            Path(staged).replace(self._folder / f"{added.code}{_ENDING}")
        except OSError:
            raise StorageError(ErrorCode.STORAGE_UNAVAILABLE, gettext(_UNAVAILABLE)) from None
        return added


def read_instrument(file: Path) -> Instrument:
    """Return the instrument in a file; never more of it is read than one may have.

    Raises:
        DomainError: ``invalid_input``: it is none.
        LimitExceededError: It is too large.
        StorageError: ``storage_unavailable``: it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(limits.INSTRUMENT_BYTES_MAX + 1)
    except OSError:
        raise StorageError(ErrorCode.STORAGE_UNAVAILABLE, gettext(_UNAVAILABLE)) from None
    return decode_instrument(data)
