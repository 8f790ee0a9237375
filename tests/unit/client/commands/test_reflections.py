"""Reflections stay in ``self``; an excerpt is a frozen copy whose source only ``self`` knows."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.reflections import (
    add_tags,
    mood_tenths,
    reflect,
    revise,
    share_excerpt,
)
from trailmark_client.commands.written import Written
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.sharing import ExcerptLinked, ExcerptShared
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
TEXT = "Today was loud. 🙂 I left early and that was right."


def written(person: Person) -> bytes:
    data = ReflectionWritten(text=TEXT, mood_tenths=40, tags=("work",))
    found = person.write(lambda c, r: reflect(c, r, data, r.now()))
    assert (found.kind, found.lane, found.seen_by) == ("reflection", SELF, ())
    return found.subject


def test_a_reflection_is_private_whoever_is_let_in(person: Person) -> None:
    person.let_in([*("goals", "excerpts")])

    reflection = written(person)

    assert person.types(reflection) == ["reflection_written"]
    assert person.entries(reflection, CARE) == []


def test_an_excerpt_is_the_chosen_characters_and_nothing_else(person: Person) -> None:
    person.let_in()
    reflection = written(person)

    shared = person.write(lambda c, r: share_excerpt(c, r, reflection, "I left early", r.now()))

    [there] = person.entries(shared.subject, CARE)
    [link] = person.entries(shared.subject)
    assert (shared.kind, shared.lane, shared.seen_by) == ("excerpt", CARE, ("Dr Demo",))
    assert there.body.data == ExcerptShared(text="I left early")
    assert link.body.cause == there.id
    assert link.body.data == ExcerptLinked(
        lane=CARE,
        reflection=text_from_id(reflection),
        revision_sha256=sha256(TEXT.encode()).hexdigest(),
        start=18,
        end=30,
    )
    assert shared.subject != reflection


def test_excerpt_is_found_whatever_ends_the_lines_of_the_source(person: Person) -> None:
    person.let_in()
    data = ReflectionWritten(text="Loud.\r\nI left\r\nearly.")
    reflection = person.write(lambda c, r: reflect(c, r, data, r.now())).subject

    shared = person.write(lambda c, r: share_excerpt(c, r, reflection, "I left\nearly", r.now()))

    [there] = person.entries(shared.subject, CARE)
    [link] = person.entries(shared.subject)
    assert there.body.data == ExcerptShared(text="I left\nearly")
    assert isinstance(link.body.data, ExcerptLinked)
    assert (link.body.data.start, link.body.data.end) == (7, 20)


@pytest.mark.parametrize("text", ["i left early", "", TEXT + "."])
def test_characters_that_do_not_stand_there_are_refused(person: Person, text: str) -> None:
    reflection = written(person)

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: share_excerpt(c, r, reflection, text, r.now()))

    assert refused.value.code == ErrorCode.EXCERPT_NOT_FOUND


def test_an_unknown_reflection_is_not_found(person: Person) -> None:
    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: share_excerpt(c, r, bytes(16), "x", r.now()))

    assert refused.value.code == ErrorCode.NOT_FOUND


@pytest.mark.parametrize(("text", "tenths"), [("0", 0), ("7.5", 75), ("10", 100)])
def test_a_mood_goes_from_0_to_10(text: str, tenths: int) -> None:
    assert mood_tenths(text) == tenths


@pytest.mark.parametrize("text", ["10.1", "-1", "good"])
def test_another_mood_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        mood_tenths(text)

    assert refused.value.code == ErrorCode.INVALID_INPUT


def test_blanks_around_are_no_other_words(person: Person) -> None:
    data = ReflectionWritten(text=f" {TEXT}\r\n", tags=("work",))
    reflection = person.write(lambda c, r: reflect(c, r, data, r.now())).subject

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: revise(c, r, reflection, {"text": TEXT}, r.now()))

    assert refused.value.code == ErrorCode.NOTHING_CHANGED


def test_comma_in_a_name_is_refused(person: Person) -> None:
    reflection = written(person)
    given = ReflectionWritten(text=TEXT, feelings=("sad, tired",))

    attempts: list[Callable[[Connection, Recorder], Written]] = [
        lambda c, r: reflect(c, r, given, r.now()),
        lambda c, r: revise(c, r, reflection, {"tags": ("a,b",)}, r.now()),
        lambda c, r: add_tags(c, r, reflection, [], ["a,b"], r.now()),
    ]
    for attempt in attempts:
        with pytest.raises(DomainError, match="give each by itself") as refused:
            person.write(attempt)

        assert refused.value.code == ErrorCode.INVALID_INPUT
