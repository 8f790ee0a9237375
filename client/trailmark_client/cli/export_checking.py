"""``trailmark verify FILE``: an export of a lane, on the machine of whoever has it.

No folder and no identity of Trailmark is needed: everything is in the file, and the words come from
the person.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from trailmark_adapters.nacl import NaclCipher
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.failures import BROKEN
from trailmark_client.cli.options import Common
from trailmark_client.cli.progress import Count, counting
from trailmark_client.cli.terminal import Terminal
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, EventDataError
from trailmark_shared.exports.check import Checked, LaneCheck, Misfit
from trailmark_shared.exports.format import ExportHeader
from trailmark_shared.phrases import told_head_from_text
from trailmark_shared.words import gettext, ngettext

LINES_AT_ONCE = 1000
_MISFITS_TOLD = 10


class CheckedExport(msgspec.Struct, frozen=True, kw_only=True):
    """What checking an export found.

    Attributes:
        ok: Everything fits, and the words are those of their entry where words were given.
        space: Id of everything of the person, or null where the file is no export.
        lane: Name of the lane, or null.
        made_for: Name of the member it was made for; null for the person's own copy.
        entries: Entries in the file.
        verified_to: Every entry up to this one fits.
        words: "as of entry N: …" of the last entry, as computed here; empty for none.
        compared: The given words are those of their entry; null where none were given.
        aside: Entries that a server took back after a restore and that continue no chain.
        wordless: Entries whose words were erased, as another entry says, at most a hundred; only
            the person's own device can tell whether they asked for that.
        wordless_in_all: How many there are.
        misfits: What does not fit, by entry, at most a hundred.
        misfits_in_all: How many there are.
    """

    ok: bool
    space: str | None
    lane: str | None
    made_for: str | None
    entries: int
    verified_to: int
    words: str
    compared: bool | None
    aside: int
    wordless: list[int]
    wordless_in_all: int
    misfits: list[Misfit]
    misfits_in_all: int


def check_export(file: Path, head: str | None, common: Common) -> Answer[CheckedExport]:
    """Check an export.

    Args:
        file: Its name.
        head: The words to compare, as they were typed.
        common: How to answer.

    Returns:
        What was found; it ends with ``BROKEN`` where anything does not fit.

    Raises:
        DomainError: ``invalid_input``: the words are none, or the file cannot be read.
    """
    told = None if head is None else told_head_from_text(head)
    checking = LaneCheck(NaclCipher(), told)
    try:
        size = file.stat().st_size
        with (
            file.open("rb") as stream,
            counting(Terminal(as_json=common.as_json), gettext("Checking"), size) as count,
        ):
            header, checked = _check(checking, stream, count)
    except OSError:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("this file cannot be read")) from None
    document = _document(header, checked)
    return Answer(document, tuple(_lines(document)), 0 if document.ok else BROKEN)


def _check(
    checking: LaneCheck, stream: BinaryIO, count: Count
) -> tuple[ExportHeader | None, Checked]:
    try:
        header = checking.begin(_line(stream))
    except EventDataError as error:
        misfit = Misfit(what="format", seq=None, detail=error.message)
        return None, Checked(
            entries=0,
            verified_to=0,
            misfits=(misfit,),
            misfits_in_all=1,
            aside=0,
            wordless=(),
            wordless_in_all=0,
            words="",
            words_match=None,
        )
    place, waiting = 0, 0
    while line := _line(stream):
        checking.take(line)
        waiting += 1
        if waiting == LINES_AT_ONCE:
            place, before, waiting = stream.tell(), place, 0
            count.add(place - before)
    return header, checking.end()


def _line(stream: BinaryIO) -> bytes:
    """Return the next line; of one that is too long only so much that its length is noticed."""
    return stream.readline(limits.EXPORT_LINE_BYTES_MAX + 2)


def _document(header: ExportHeader | None, checked: Checked) -> CheckedExport:
    made_for = None if header is None or header.made_for is None else header.made_for.name
    words = (
        gettext("as of entry {number}: {words}").format(number=checked.entries, words=checked.words)
        if checked.words
        else ""
    )
    return CheckedExport(
        ok=not checked.misfits_in_all and checked.words_match is not False,
        space=None if header is None else header.space,
        lane=None if header is None else header.lane,
        made_for=made_for,
        entries=checked.entries,
        verified_to=checked.verified_to,
        words=words,
        compared=checked.words_match,
        aside=checked.aside,
        wordless=list(checked.wordless),
        wordless_in_all=checked.wordless_in_all,
        misfits=list(checked.misfits),
        misfits_in_all=checked.misfits_in_all,
    )


def _lines(found: CheckedExport) -> Iterator[str]:
    if found.lane is None:
        yield gettext("This cannot be checked: {detail}.").format(detail=found.misfits[0].detail)
        return
    yield gettext("{lane}: verified up to entry {verified_to} of {entries}.").format(
        lane=found.lane, verified_to=found.verified_to, entries=found.entries
    )
    for each in found.misfits[:_MISFITS_TOLD]:
        place = (
            gettext("The file does not fit ({what}): {detail}.")
            if each.seq is None
            else gettext("Entry {number} does not fit ({what}): {detail}.")
        )
        yield place.format(number=each.seq, what=each.what, detail=each.detail)
    if found.misfits_in_all > _MISFITS_TOLD:
        yield gettext("In all {n} things do not fit; --json names up to a hundred.").format(
            n=found.misfits_in_all
        )
    if found.aside:
        yield (
            ngettext(
                "{n} entry stands aside: a server took it back after it was restored, "
                "and what its device wrote before it is lost.",
                "{n} entries stand aside: a server took them back after it was restored, "
                "and what their device wrote before them is lost.",
                found.aside,
            ).format(n=found.aside)
        )
    if found.wordless:
        yield from _wordless_lines(found)
    if found.compared is None:
        yield gettext(
            "Not compared with the person's own device yet: give the words that it shows, --head."
        )
        if found.words:
            yield gettext("Here they are: {words}").format(words=found.words)
    elif found.compared and found.wordless:
        yield (
            gettext(
                "The words match: it is the history that the person's own device holds, but "
                "for what those entries said."
            )
        )
    elif found.compared:
        yield gettext("The words match: it is the history that the person's own device holds.")
    else:
        yield gettext(
            "The words do NOT match: this is not shown to be the history of the person's device."
        )
    yield (
        gettext(
            "What no check can show: whether whoever runs the server added entries in "
            "somebody's name. The person sees everything that stands in their name on "
            "their own device."
        )
    )


def _wordless_lines(found: CheckedExport) -> Iterator[str]:
    named = ", ".join(map(str, found.wordless[:_MISFITS_TOLD]))
    more = found.wordless_in_all - min(len(found.wordless), _MISFITS_TOLD)
    told = (
        gettext("Entries without words any more, {n} in all: {numbers} and {more} more.")
        if more
        else gettext("Entries without words any more, {n} in all: {numbers}.")
    )
    yield told.format(n=found.wordless_in_all, numbers=named, more=more)
    yield (
        gettext(
            "Another entry says that they were erased. Only the person's own device can "
            "tell whether they asked for that; until then, any of them may have given "
            "access or ended it."
        )
    )
