"""The journal: a blank page first; what is private stays so, and a part can be shared by choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.reflections import (
    chosen_of,
    mood_tenths,
    reflect,
    revise,
    share_excerpt,
)
from trailmark_client.queries.documents import documents, find
from trailmark_client.queries.journal import JournalEntry, list_journal
from trailmark_client.queries.lanes import lanes_agreed, open_lanes
from trailmark_client.recorder import Recorder
from trailmark_client.web.asking import Asked, Told, WordsNeededError, go_on
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import drafted, page
from trailmark_client.web.meanwhile import is_apart, mark_of, require_seen
from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.ids import SELF, id_from_text, text_from_id
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.words import gettext, marked

PROMPTS: Final = (
    marked("What was on your mind today?"),
    marked("When was it a little easier, and what was different then?"),
    marked("What would you like to tell somebody, and have not?"),
    marked("What are you glad about, however small?"),
)
"""Beginnings, for whoever asks for one."""

SHOWN: Final = 30
"""Entries that are in view at once."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an entry that was shared.

    Attributes:
        id: Id of it.
        text: The characters; ``None`` once taken back.
        day: The local date on which it was shared.
        names: Who can see it.
        is_sent: The server has it.
    """

    id: str
    text: str | None
    day: str
    names: Sequence[str]
    is_sent: bool


def show(desk: Desk, asked: Asked) -> Told:
    """Show a blank page and what was written before; all of it, leaf by leaf."""
    entries = desk.read(list_journal)[::-1]
    last = max(1, -(-len(entries) // SHOWN))
    number = min(typed_number(asked.query.get("page", "")) or 1, last)
    return page(
        desk,
        drafted(desk, asked, "journal"),
        "journal.html",
        "journal",
        entries=entries[(number - 1) * SHOWN : number * SHOWN],
        number=number,
        has_earlier=number < last,
        prompts=PROMPTS,
    )


def write(desk: Desk, asked: Asked) -> Told:
    """Record an entry; it stays on the person's own devices."""
    data = ReflectionWritten(text=_text(asked), **_about(asked))
    written = desk.record(asked, lambda conn, recorder: reflect(conn, recorder, data, desk.when()))
    return go_on(f"/journal?done=written&id={text_from_id(written.subject)}")


def _text(asked: Asked) -> str:
    text = asked.typed("text").strip("\n ")
    if not text:
        raise WordsNeededError
    return text


def _about(asked: Asked) -> dict[str, Any]:
    mood = asked.words("mood")
    return {
        "feelings": _names(asked, "feelings"),
        "tags": _names(asked, "tags"),
        "mood_tenths": None if mood is None else mood_tenths(mood),
    }


def _names(asked: Asked, field: str) -> tuple[str, ...]:
    return _parted(asked.typed(field))


def _parted(typed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(clean_words, typed.split(",")))))


def show_entry(desk: Desk, asked: Asked) -> Told:
    """Show one entry, with what of it was shared."""

    def look(conn: Connection) -> tuple[JournalEntry, list[Part], list[str]]:
        entry = _entry(conn, asked)
        agreed = lanes_agreed(conn, desk.today, "excerpts")
        return entry, _parts(conn, entry.id, desk.today), [n for each in agreed for n in each.names]

    entry, parts, readers = desk.read(look)
    asked = drafted(desk, asked, f"entry-{entry.id}")
    was = _mark(entry)
    return page(
        desk,
        asked,
        "entry.html",
        "journal",
        entry=entry,
        was=was,
        is_apart=is_apart(asked, was),
        parts=parts,
        readers=readers,
    )


def _entry(conn: Connection, asked: Asked) -> JournalEntry:
    wanted = text_from_id(find(conn, "reflection", asked.ids["entry"]))
    found = next((each for each in list_journal(conn) if each.id == wanted), None)
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("its words are not on this device"))
    return found


def _mark(entry: JournalEntry) -> str:
    return mark_of(entry.text, entry.feelings, entry.tags, entry.mood)


def _parts(conn: Connection, entry: str, day: str) -> list[Part]:
    held = documents(conn, "excerpt", ExcerptDocument)
    own = {
        each.subject
        for each in held
        if each.lane == SELF and each.document.link and each.document.link.reflection == entry
    }
    names = {each.lane: each.names for each in open_lanes(conn, day)}
    return [
        Part(
            id=text_from_id(each.subject),
            text=each.document.text,
            day=each.document.day,
            names=names.get(each.lane, ()),
            is_sent=_is_sent(conn, each.lane, each.subject),
        )
        for each in held
        if each.subject in own and each.lane != SELF
    ]


def _is_sent(conn: Connection, lane: str, subject: bytes) -> bool:
    waiting = conn.execute(
        "SELECT 1 FROM event WHERE lane = ? AND subject = ? AND seq IS NULL", (lane, subject)
    )
    return waiting.fetchone() is None


def change(desk: Desk, asked: Asked) -> Told:
    """Let an entry read otherwise; what it said before stays in the history."""
    typed = {"text": _text(asked)} | _about(asked)
    when = desk.when()

    def work(conn: Connection, recorder: Recorder) -> None:
        stands = _entry(conn, asked)
        require_seen(asked, _mark(stands))
        # Names with commas in them may be recorded: they stay whole where they were left alone.
        left_alone = {
            field: tuple(names)
            for field, names in (("feelings", stands.feelings), ("tags", stands.tags))
            if _parted(", ".join(names)) == typed[field]
        }
        revise(conn, recorder, id_from_text(stands.id), typed | left_alone, when)

    desk.record(asked, work)
    return go_on(f"/journal/{asked.ids['entry']}?done=revised")


def preview(desk: Desk, asked: Asked) -> Told:
    """Show exactly what would be seen of an entry; nothing is shared by it."""

    def look(conn: Connection) -> tuple[str, list[str], bool]:
        entry = find(conn, "reflection", asked.ids["entry"])
        chosen = chosen_of(conn, entry, asked.typed("part").strip()).text
        agreed = lanes_agreed(conn, desk.today, "excerpts")
        is_refused = bool(open_lanes(conn, desk.today)) and not agreed
        return chosen, [name for each in agreed for name in each.names], is_refused

    text, readers, is_refused = desk.read(look)
    if is_refused:
        raise DomainError(ErrorCode.NOT_AGREED, gettext("parts of reflections were not agreed to"))
    entry = asked.ids["entry"]
    return page(desk, asked, "preview.html", "journal", entry=entry, part=text, readers=readers)


def share(desk: Desk, asked: Asked) -> Told:
    """Share the chosen characters, frozen; or keep the wish until somebody is let in."""
    when = desk.when()
    written = desk.record(
        asked,
        lambda conn, recorder: share_excerpt(
            conn,
            recorder,
            find(conn, "reflection", asked.ids["entry"]),
            asked.typed("part"),
            when,
        ),
    )
    done = "wished" if written.wished else "shared"
    return go_on(f"/journal/{asked.ids['entry']}?done={done}&id={text_from_id(written.subject)}")
