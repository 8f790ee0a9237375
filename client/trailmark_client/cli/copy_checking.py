"""``trailmark verify FILE``: a copy of everything, on the machine of whoever has it.

No folder and no identity of Trailmark is needed: everything is in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from trailmark_adapters.clock import SystemClock
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.failures import BROKEN
from trailmark_client.cli.options import Common
from trailmark_client.cli.progress import counting
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import time_words
from trailmark_shared.exports.whole import LaneState, placed_from_json, things_in
from trailmark_shared.exports.whole_check import LaneEnd, WholeCheck
from trailmark_shared.ids import Lane
from trailmark_shared.phrases import head_words, told_head_from_text
from trailmark_shared.words import gettext, ngettext

_ARCHIVE = b"PK"
_DOCUMENT = b"{\n"


class CopiedLane(msgspec.Struct, frozen=True, kw_only=True):
    """One lane of a copy.

    Attributes:
        lane: Name of the lane.
        entries: Rows of the server's log that are in the copy: all up to this one.
        words: "as of entry N: …" of the last one, as computed here.
    """

    lane: str
    entries: int
    words: str


class CheckedCopy(msgspec.Struct, frozen=True, kw_only=True):
    """What checking a copy of everything found; one that does not fit is refused by name.

    Attributes:
        ok: The words are those of their entry, where words were given.
        made_at: When it was made, milliseconds UTC.
        space: Id of everything of the person.
        events: Events in it; each fits its hashes.
        sealed: Those that are sealed where they are stored.
        lanes: Lanes with rows of the server's log, without a gap.
        compared: The given words are those of their entry in a lane; null where none were given.
    """

    ok: bool
    made_at: int
    space: str
    events: int
    sealed: int
    lanes: list[CopiedLane]
    compared: bool | None


def is_copy(file: Path) -> bool:
    """Say whether a file begins as a copy of everything does; a lane's export begins otherwise."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(_ARCHIVE)) in {_ARCHIVE, _DOCUMENT}
    except OSError:
        return False


def check_copy(file: Path, head: str | None, common: Common) -> Answer[CheckedCopy]:
    """Check a copy of everything.

    Args:
        file: Its name.
        head: The words to compare, as they were typed.
        common: How to answer.

    Returns:
        What was found; it ends with ``BROKEN`` where the words differ.

    Raises:
        DomainError: ``invalid_input``: the words are none.
        IntegrityError: ``malformed_export``, ``truncated_export``, ``altered_export``.
        StorageError: It cannot be read from there.
    """
    from trailmark_client.importing import document_of, read_thing

    checking = WholeCheck(None if head is None else told_head_from_text(head))
    states: dict[Lane, LaneState] = {}
    made_at, space = 0, ""
    terminal = Terminal(as_json=common.as_json)
    with document_of(file) as lines, counting(terminal, gettext("Checking"), None) as count:
        for member, thing in things_in(lines()):
            match member:
                case "events":
                    checking.take(placed_from_json(thing))
                    count.add(1)
                case "states":
                    state = read_thing(thing, LaneState)
                    states[Lane(state.lane)] = state
                case "made_at":
                    made_at = read_thing(thing, int)
                case "space":
                    space = read_thing(thing, str)
                case _:
                    # For people and other programs; it follows from the events.
                    pass
    checking.end(states)
    document = CheckedCopy(
        ok=checking.words_match is not False,
        made_at=made_at,
        space=space,
        events=checking.events,
        sealed=checking.sealed,
        lanes=[_lane(lane, end) for lane, end in checking.ends.items()],
        compared=checking.words_match,
    )
    return Answer(document, tuple(_lines(document)), 0 if document.ok else BROKEN)


def _lane(lane: Lane, end: LaneEnd) -> CopiedLane:
    words = gettext("as of entry {number}: {words}").format(
        number=end.seq, words=head_words(end.hash, end.seq)
    )
    return CopiedLane(lane=lane, entries=end.seq, words=words)


def _lines(found: CheckedCopy) -> Iterator[str]:
    yield ngettext(
        "A copy of everything, made {time}: {n} entry, and it fits.",
        "A copy of everything, made {time}: {n} entries, and all of them fit.",
        found.events,
    ).format(time=time_words(found.made_at, SystemClock().zone_name()), n=found.events)
    for each in found.lanes:
        yield f"{each.lane}: {each.words}"
    if found.sealed:
        yield ngettext(
            "{n} of them is sealed: that it reads as it stands here, only a device of the person "
            "can tell.",
            "{n} of them are sealed: that they read as they stand here, only a device of the "
            "person can tell.",
            found.sealed,
        ).format(n=found.sealed)
    if found.compared is None:
        yield gettext(
            "Whoever alters such a copy on purpose can make it fit again: compare the words with "
            "those that the person's own device shows (trailmark status --words), with --head."
        )
    elif found.compared:
        yield gettext("The words match: that lane is the one that the person's own device holds.")
    else:
        yield gettext("The words do NOT match: no lane of this copy has them.")
