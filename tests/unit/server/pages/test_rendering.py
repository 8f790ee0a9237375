"""Templates escape everything, and static files are those that were vendored."""

import json
import re
from gettext import NullTranslations
from hashlib import sha256

import pytest

from trailmark_server.pages.rendering import STATIC_FOLDER, TEMPLATE_FOLDER, TEMPLATES
from trailmark_server.pages.views import Viewer
from trailmark_shared.words import Language, speaking

VENDOR = STATIC_FOLDER / "vendor"
PACKAGES = json.loads((VENDOR / "VENDOR.json").read_text())["packages"]


def test_vendored_files_are_exactly_those_that_are_listed() -> None:
    listed = {file["path"]: file["sha256"] for each in PACKAGES for file in each["files"]}
    present = {
        path.relative_to(VENDOR).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }

    assert listed == present


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_vendored_package_says_what_it_is(package: dict[str, str]) -> None:
    assert {"name", "version", "licence", "source", "files"} == set(package)
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])


def test_no_template_switches_escaping_off() -> None:
    switches = re.compile(r"\|\s*safe|autoescape|Markup")
    found = [
        path.name for path in TEMPLATE_FOLDER.rglob("*.*") if switches.search(path.read_text())
    ]

    assert [] == found


def test_no_template_or_script_of_ours_names_another_host_or_breaks_the_policy() -> None:
    breaks = re.compile(r"https?://(?!www\.w3\.org)|\sstyle=|\son[a-z]+=|<style|javascript:|eval\(")
    ours = [*TEMPLATE_FOLDER.rglob("*.*"), *STATIC_FOLDER.glob("*.*")]

    assert [] == [path.name for path in ours if breaks.search(path.read_text())]


def test_values_are_escaped() -> None:
    html = TEMPLATES.render("parts/ended.html", ended="<b>&")

    assert "&lt;b&gt;&amp;" in html


class Quoting(NullTranslations):
    """Says everything within straight quotes."""

    def gettext(self, message: str) -> str:
        return f'"{message}"'


def test_a_translation_with_quotes_ends_no_attribute() -> None:
    viewer = Viewer(name="Dr Demo", form_token="")
    with speaking(Language("de", Quoting())):
        html = TEMPLATES.render("message.html", title="", paragraphs=(), link=None, viewer=viewer)

    assert 'aria-label="&#34;Pages&#34;"' in html
