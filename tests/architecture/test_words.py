"""The catalogue of all text that people see: complete, calm, and the same in every language."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tests.architecture.sources import ROOT
from tests.support.pseudo import pseudo
from tests.support.scripts import load_script
from trailmark_adapters.languages import DOMAIN, FOLDER

NEVER = {
    r"fail(s|ed|ing|ures?)?": "what happened, and what can be done",
    r"miss(ed|es)": "nothing: what was not done is not counted",
    r"overdue": "hoped for, with the day",
    r"streaks?": "nothing: days are not counted in a row",
    r"(non-?|in)?complian(t|ce)": "what happened, in plain words",
    r"(your|their) scores?|scores? of you": "the sum of the answers",
    r"violat(e|es|ed|ion|ions)": "what is not possible, and why",
    r"lapsed?|relapsed?": "a hard moment",
}
"""Words that are never said to people -> what is said instead (product, section on tone)."""

PLACEHOLDER = re.compile(r"\{(\w*)[^{}]*\}|%\((\w+)\)s")


def messages() -> list[Message]:
    with (FOLDER / f"{DOMAIN}.pot").open("rb") as file:
        return [each for each in read_po(file, locale="en") if each.id]


def forms(said: object) -> tuple[str, ...]:
    """Return the forms of a text: one, or one for each kind of number."""
    if isinstance(said, str):
        return (said,)
    # babel declares an id as one text, where a message with plurals has a list of them.
    return tuple(map(str, cast("Sequence[str]", said)))


def placeholders(text: str) -> set[str]:
    """Return the names of what is filled into a text."""
    return {brace or percent for brace, percent in PLACEHOLDER.findall(text)}


def strangers(message: Message) -> Iterator[str]:
    """Yield the forms of a translation that fill in other things than the source does.

    A form for one may leave the number out, in the source and in a translation alike.
    """
    named = [placeholders(form) for form in forms(message.id)]
    known = set[str]().union(*named)
    always = known.intersection(*named)
    for said in forms(message.string):
        if said and not always <= placeholders(said) <= known:
            yield said


@pytest.fixture(name="words", scope="module")
def loaded() -> ModuleType:
    return load_script(ROOT / "docs" / "words.py")


def test_the_catalogue_is_what_the_code_says(words: ModuleType) -> None:
    """Where this fails, run ``make words`` and look at what changed."""
    assert [] == [path.name for path in words.stale()]


def test_the_catalogue_tells_nothing_of_the_machine_that_wrote_it() -> None:
    text = (FOLDER / f"{DOMAIN}.pot").read_text(encoding="utf-8")

    assert [] == re.findall(
        r"POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By", text
    )


def test_no_text_says_what_is_never_said() -> None:
    banned = re.compile(r"(?<!-)\b(" + "|".join(NEVER) + r")\b", re.IGNORECASE)
    found = [
        f"{match.group()!r} in {said!r}"
        for message in messages()
        for said in forms(message.id)
        for match in banned.finditer(said)
    ]

    assert [] == found


def test_every_placeholder_has_a_name() -> None:
    found = [said for each in messages() for said in forms(each.id) if "" in placeholders(said)]

    assert [] == found


def test_every_translation_fills_in_what_the_source_does() -> None:
    found = [
        f"{path.parents[1].name}: {said}"
        for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")
        for message in read_po(path.open("rb"))
        for said in strangers(message)
    ]

    assert [] == found


def test_a_translation_with_another_placeholder_is_found() -> None:
    right = Message("Sent at {time}", "Um {time} gesendet")
    wrong = Message("Sent at {time}", "Um {zeit} gesendet")
    forgetful = Message("Hello %(name)s", "Hallo")
    plural = Message(("one goal", "{n} goals"), ("ein Ziel", "{n} Ziele"))

    assert [] == [*strangers(right), *strangers(plural)]
    assert ["Um {zeit} gesendet", "Hallo"] == [*strangers(wrong), *strangers(forgetful)]


def test_a_sign_for_per_cent_is_nothing_to_fill_in() -> None:
    """Whoever translates checks with other tools, which would refuse "% weniger"."""
    entries = (FOLDER / f"{DOMAIN}.pot").read_text(encoding="utf-8").split("\n\n")
    filled = [entry for entry in entries if ", python-format" in entry]

    assert [] == [entry for entry in filled if "%(" not in entry]
    assert any("% less" in entry for entry in entries)


def test_the_language_of_the_tests_keeps_placeholders_and_markup() -> None:
    assert "{n:02d} ĝóáĺś, %(name)s <b>ńóŵ</b>&amp;" == pseudo(
        "{n:02d} goals, %(name)s <b>now</b>&amp;"
    )


def test_a_translation_is_brought_up_to_date(words: ModuleType, tmp_path: Path) -> None:
    """What is new is there untranslated, what is gone is gone, and what stands is compiled."""
    kept = messages()[0].id
    catalog = Catalog(locale="de", domain=DOMAIN)
    catalog.add(kept, "Gesagt")
    catalog.add("Nobody says this any more.", "Vorbei")
    path = tmp_path / "de" / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalog)
    for place, new in words.stale(tmp_path).items():
        place.write_bytes(new)

    with path.open("rb") as file:
        found = read_po(file)
    text = path.read_text(encoding="utf-8")

    assert [] == list(words.stale(tmp_path))
    assert ["Gesagt"] == [each.string for each in found if each.id == kept]
    assert len(messages()) == len([each for each in found if each.id])
    assert "Nobody says this" not in text
    assert path.with_suffix(".mo").stat().st_size > 0
