"""A person is spoken to in their language where there is a catalogue, and in English elsewhere."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from trailmark_adapters.languages import Languages
from trailmark_shared.words import ENGLISH, gettext, ngettext, speaking


@pytest.fixture(name="languages")
def with_german(tmp_path: Path) -> Languages:
    catalog = Catalog(locale="de", domain="trailmark")
    catalog.add("Saved.", "Gespeichert.")
    catalog.add(("one goal", "{n} goals"), ("ein Ziel", "{n} Ziele"))
    place = tmp_path / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "trailmark.mo").open("wb") as file:
        write_mo(file, catalog)
    return Languages(tmp_path)


def test_the_catalogue_of_a_language_is_spoken(languages: Languages) -> None:
    with speaking(languages.of_reader("fr, de;q=0.9, en;q=0.1")):
        assert "Gespeichert." == gettext("Saved.")
        assert "3 Ziele" == ngettext("one goal", "{n} goals", 3).format(n=3)
        assert "Nothing says this in German." == gettext("Nothing says this in German.")


@pytest.mark.parametrize(
    ("environment", "tag"),
    [
        ({}, "en"),
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "de_AT.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "TRAILMARK_LANGUAGE": "de"}, "de"),
        ({"LANG": "de_AT.UTF-8", "TRAILMARK_LANGUAGE": ""}, "de"),
        ({"TRAILMARK_LANGUAGE": "../../../etc/passwd"}, "en"),
    ],
)
def test_the_environment_chooses(
    languages: Languages, environment: dict[str, str], tag: str
) -> None:
    assert tag == languages.of_environment(environment).tag


def test_a_folder_without_catalogues_speaks_english(tmp_path: Path) -> None:
    languages = Languages(tmp_path)

    assert () == languages.tags
    assert ENGLISH == languages.of_reader("de")


def test_a_catalogue_is_read_once(languages: Languages) -> None:
    assert languages.of_reader("de") is languages.of_reader("de-AT")


def test_the_shipped_folder_is_where_it_is_looked_for() -> None:
    assert "en" == Languages().of_environment({}).tag
