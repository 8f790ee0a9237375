"""Templates: all escaped, all assets there, all in the language in force."""

import re
from gettext import NullTranslations
from pathlib import Path

from tests.support.own_pages import Window
from trailmark_client.web.rendering import (
    STATIC_FOLDER,
    TEMPLATE_FOLDER,
    templates,
)
from trailmark_shared.words import Language, speaking

SOURCES = {path.name: path.read_text() for path in TEMPLATE_FOLDER.rglob("*.html")}


class Quoting(NullTranslations):
    """Says everything within straight quotes."""

    def gettext(self, message: str) -> str:
        return f'"{message}"'


def test_a_translation_with_quotes_ends_no_attribute(window: Window) -> None:
    window.begun()
    with speaking(Language("de", Quoting())):
        page = window.get("/help")

    assert 'aria-label="&#34;Pages&#34;"' in page
    assert "&#34;Help now&#34;</h1>" in page


def test_no_template_switches_escaping_off() -> None:
    found = [name for name, text in SOURCES.items() if re.search(r"\|\s*safe|autoescape", text)]

    assert [] == found


def test_no_template_holds_a_style_or_script_of_its_own() -> None:
    found = [
        name
        for name, text in SOURCES.items()
        if re.search(r'<style|\sstyle="|<script(?! src=)|\son[a-z]+="', text)
    ]

    assert [] == found


def test_nothing_is_loaded_from_elsewhere() -> None:
    texts = [*SOURCES.values(), *(path.read_text() for path in STATIC_FOLDER.rglob("*.[cj]s*"))]

    assert [] == [text for text in texts if re.search(r"(src|href)=.https?:|url\(|import\(", text)]


def test_address_of_an_asset_changes_with_it() -> None:
    assert re.fullmatch(r"/static/pages\.css\?v=[0-9a-f]{12}", templates().asset("pages.css"))


def test_every_template_is_compiled_for_the_app_in_the_browser(tmp_path: Path) -> None:
    templates().compile_to(tmp_path)

    assert len(list(tmp_path.glob("*.py"))) == len(list(TEMPLATE_FOLDER.rglob("*.*")))
