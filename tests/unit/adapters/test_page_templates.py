"""Templates: values escaped, texts translated, static files named by their content."""

from gettext import NullTranslations
from hashlib import sha256
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from trailmark_adapters.page_templates import PageTemplates
from trailmark_shared.words import Language, speaking


class Shouting(NullTranslations):
    """Says everything in capitals."""

    def gettext(self, message: str) -> str:
        return message.upper()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "look.css").write_text("a { color: red; }")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{{ language() }} {% trans %}good\n  day{% endtrans %} {{ known }} {{ name }}"
    )
    return tmp_path


def of(folder: Path, compiled: Path | None = None) -> PageTemplates:
    return PageTemplates(folder / "templates", folder / "static", {"known": "<i>"}, compiled)


def test_every_value_is_escaped(folder: Path) -> None:
    assert "en good day &lt;i&gt; &#34;&amp;" == of(folder).render("page.html", name='"&')


def test_what_is_put_into_a_text_keeps_its_reading_direction_to_itself(folder: Path) -> None:
    (folder / "templates" / "two.html").write_text(
        "{% trans n=3, name=name, link='<b>' | safe %}{{ name }}, {{ n }} {{ link }}"
        "{% pluralize %}{{ name }}, {{ n }}, {{ link }}{% endtrans %}"
    )
    shown = [of(folder).render("two.html", name=each) for each in ("Dana", "דנה &")]

    assert ["Dana, 3, <b>", "\u2068דנה &amp;\u2069, 3, <b>"] == shown


def test_texts_are_asked_of_the_language_in_force(folder: Path) -> None:
    with speaking(Language("de", Shouting())):
        html = of(folder).render("page.html", name="")

    assert html.startswith("de GOOD DAY")


def test_a_name_that_nobody_gave_is_an_error(folder: Path) -> None:
    with pytest.raises(UndefinedError):
        of(folder).render("page.html")


def test_address_of_a_static_file_changes_with_its_content(folder: Path) -> None:
    style = folder / "static" / "look.css"
    before = of(folder).asset("look.css")
    style.write_text("a { color: blue; }")
    after = of(folder).asset("look.css")

    assert before != after
    assert f"/static/look.css?v={sha256(style.read_bytes()).hexdigest()[:12]}" == after


def test_compiled_templates_say_the_same_and_are_read_instead(folder: Path) -> None:
    compiled = folder / "compiled"
    before = of(folder, compiled).render("page.html", name="x")
    of(folder).compile_to(compiled)
    (folder / "templates" / "page.html").unlink()

    assert before == of(folder, compiled).render("page.html", name="x")
