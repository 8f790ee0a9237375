"""Reflections, which stay private always, and the excerpts that a person chooses to share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.lanes import OpenLane, lanes_meant
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.targets import RATING_TENTHS_MAX, tenths_from_text
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.reflections import ReflectionRevised, ReflectionWritten
from trailmark_shared.events.sharing import ExcerptLinked, ExcerptShared, SharingWished
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.reflection import ReflectionDocument
from trailmark_shared.words import gettext

_PARTS: Final = ("text", "title", "feelings", "tags", "mood_tenths")

_END_OF_LINE: Final = r"(?:\r\n|\r|\n)"
"""Whatever it was written as: browsers send every end of a line alike."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Characters of a reflection that a person chose to share.

    Attributes:
        text: The characters.
        reflection: Id of the reflection, as text.
        revision_sha256: SHA-256 of its text (UTF-8) as it read then.
        start: First chosen character, in code points.
        end: First character after it.
    """

    text: str
    reflection: str
    revision_sha256: str
    start: int
    end: int


def mood_tenths(text: str) -> int:
    """Return a mood from 0 to 10 as tenths.

    Returns:
        0 to 100.

    Raises:
        DomainError: ``invalid_input``: not such a number.
    """
    tenths = tenths_from_text(text)
    if not 0 <= tenths <= RATING_TENTHS_MAX:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("a mood goes from 0 to 10"))
    return tenths


def reflect(
    conn: Connection, recorder: Recorder, reflection: ReflectionWritten, when: When
) -> Written:
    """Write a reflection into the person's own lane; it has no other.

    Returns:
        What was written.

    Raises:
        DomainError: ``invalid_input``: a comma in a tag or a feeling.
    """
    _refuse_commas((*reflection.tags, *reflection.feelings))
    subject = recorder.new_subject()
    event = recorder.record(conn, SELF, subject, reflection, when=when)
    return Written(kind="reflection", subject=subject, lane=SELF, seen_by=(), events=(event.id,))


def revise(
    conn: Connection,
    recorder: Recorder,
    reflection: bytes,
    given: Mapping[str, Any],
    when: When,
) -> Written:
    """Let a reflection read otherwise; what it said before stays in the history.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        reflection: Which one.
        given: Attributes of ``ReflectionRevised`` that are to change; the rest stays as it is.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it reads exactly like that already;
            ``invalid_input``: a comma in a new tag or feeling.
    """
    document = _reflection(conn, reflection)
    before = {name: getattr(document, name).value for name in _PARTS}
    after = before | dict(given)
    for name in ("tags", "feelings"):
        _refuse_commas(set(after[name] or ()).difference(before[name] or ()))
    is_apart = any(getattr(document, name).conflict for name in _PARTS)
    if _kept(after) == _kept(before) and not is_apart:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it already says exactly that"))
    data = ReflectionRevised(**{name: value for name, value in after.items() if value is not None})
    base = base_of_fields(conn, recorder, SELF, reflection, _PARTS)
    event = recorder.record(conn, SELF, reflection, data, when=when, base=base)
    return Written(kind="reflection", subject=reflection, lane=SELF, seen_by=(), events=(event.id,))


def _refuse_commas(names: Iterable[str]) -> None:
    """Refuse what the form of the own pages, where commas stand between names, would take apart."""
    if any("," in name for name in names):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a tag or a feeling has no comma in it; give each by itself"),
        )


def _kept(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: clean_words(each) if isinstance(each, str) else each for name, each in parts.items()
    }


def add_tags(
    conn: Connection,
    recorder: Recorder,
    reflection: bytes,
    tags: Sequence[str],
    feelings: Sequence[str],
    when: When,
) -> Written:
    """Add tags and feelings to a reflection, each once.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it has them all.
    """
    document = _reflection(conn, reflection)
    given = {
        "tags": tuple(dict.fromkeys((*(document.tags.value or ()), *tags))),
        "feelings": tuple(dict.fromkeys((*(document.feelings.value or ()), *feelings))),
    }
    return revise(conn, recorder, reflection, given, when)


def _reflection(conn: Connection, reflection: bytes) -> ReflectionDocument:
    document = of_subject(conn, "reflection", reflection, ReflectionDocument).get(SELF)
    if document is None or document.text.value is None:
        raise DomainError(
            ErrorCode.NOT_FOUND, gettext("there is no such reflection on this device")
        )
    return document


def share_excerpt(
    conn: Connection,
    recorder: Recorder,
    reflection: bytes,
    text: str,
    when: When,
    names: Sequence[str] = (),
) -> Written:
    """Share chosen characters of a reflection, frozen, or keep the wish until somebody is let in.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        reflection: Where the characters stand.
        text: The characters, exactly as they stand there.
        when: Now, as the person's clock and zone say.
        names: With whom, as the person typed it; none for the one circle of care that there is.

    Returns:
        What was written; ``wished`` where nobody is let in yet. Each lane gets an excerpt with an
        id of its own; the first one is named.

    Raises:
        DomainError: ``not_found``; ``excerpt_not_found``: the characters do not stand there;
            ``ambiguous_id``: several circles of care and none was named; ``not_agreed``.
    """
    chosen = chosen_of(conn, reflection, text)
    lanes = lanes_meant(conn, when.day, names, "excerpts")
    if not lanes:
        return _wish(conn, recorder, recorder.new_subject(), chosen, when)
    subjects = [recorder.new_subject() for _ in lanes]
    events = [
        event
        for subject, lane in zip(subjects, lanes, strict=True)
        for event in write_excerpt(conn, recorder, subject, lane, chosen, when)
    ]
    return Written(
        kind="excerpt",
        subject=subjects[0],
        lane=lanes[0].lane,
        seen_by=tuple(dict.fromkeys(name for lane in lanes for name in lane.names)),
        events=tuple(events),
    )


def chosen_of(conn: Connection, reflection: bytes, text: str) -> Chosen:
    """Return the characters of a reflection that a person chose, with their place in it.

    Raises:
        DomainError: ``not_found``; ``excerpt_not_found``: the characters do not stand there.
    """
    document = of_subject(conn, "reflection", reflection, ReflectionDocument).get(SELF)
    if document is None:
        raise DomainError(
            ErrorCode.NOT_FOUND, gettext("there is no such reflection on this device")
        )
    lines = map(re.escape, text.split("\n"))
    wanted = re.compile(_END_OF_LINE.join(lines))
    for each in document.text.values:
        found = wanted.search(each.value) if text else None
        if found is not None:
            return Chosen(
                text=text,
                reflection=text_from_id(reflection),
                revision_sha256=sha256(each.value.encode()).hexdigest(),
                start=found.start(),
                end=found.end(),
            )
    raise DomainError(
        ErrorCode.EXCERPT_NOT_FOUND,
        gettext(
            "these characters do not stand in the reflection; copy them exactly as they read there"
        ),
    )


def write_excerpt(
    conn: Connection, recorder: Recorder, excerpt: bytes, to: OpenLane, chosen: Chosen, when: When
) -> tuple[bytes, ...]:
    """Write an excerpt into a shared lane, and where it came from into ``self`` only.

    Returns:
        Ids of the two events.
    """
    shared = recorder.record(conn, to.lane, excerpt, ExcerptShared(text=chosen.text), when=when)
    own = ExcerptLinked(
        lane=to.lane,
        reflection=chosen.reflection,
        revision_sha256=chosen.revision_sha256,
        start=chosen.start,
        end=chosen.end,
    )
    linked = recorder.record(conn, SELF, excerpt, own, when=when, cause=shared.id)
    return (shared.id, linked.id)


def _wish(
    conn: Connection, recorder: Recorder, excerpt: bytes, chosen: Chosen, when: When
) -> Written:
    wish = SharingWished(
        what="excerpt",
        reflection=chosen.reflection,
        revision_sha256=chosen.revision_sha256,
        start=chosen.start,
        end=chosen.end,
        text=chosen.text,
    )
    event = recorder.record(conn, SELF, excerpt, wish, when=when)
    return Written(
        kind="excerpt",
        subject=excerpt,
        lane=SELF,
        seen_by=(),
        events=(event.id,),
        wished=True,
    )
