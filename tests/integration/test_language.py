"""Everything that people read goes through the catalogue: commands and pages in a made-up language.

That language puts an accent on every letter, so whatever comes out plain was forgotten. A person's
words are Greek here, or those of the journey that the pages show.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest

from tests.support import journey
from tests.support.circles import LINK_PATH, supported
from tests.support.devices import connect_to
from tests.support.home import Home
from tests.support.journey import tell
from tests.support.person import THERAPIST, Person
from tests.support.pseudo import TAG, plain_english, pseudo, write_pseudo
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, new_site, sharing_site, timeline_path
from trailmark_adapters.languages import Languages
from trailmark_client.cli.catalogue import COMMANDS
from trailmark_client.cli.program import main
from trailmark_shared.ids import SpaceId, id_from_text, second_mark, text_from_id

TYPED: Final = re.compile(
    r"(trailmark(-server)?|put-back|restore FILE)( [a-z][a-z-]*){0,2}( [A-Z]+)*"
)
"""What is typed stays as it is typed: commands, and what stands for a word of one's own."""

CODES: Final = {
    "Trailmark": "a name",
    "SQLite": "a name",
    "SHA": "a name of mathematics",
    "Demo": "a name",
    "Dr": "a name",
    "UTC": "a name of a clock",
    "self": "the name of a lane",
    "care": "the name of a lane",
    "circle": "the name of a lane",
    "as": "words of a head, which two sides compare letter by letter",
    "of": "the same",
    "entry": "the same",
    "ConnectionRefusedError": "the name of an error, for whoever helps",
    "TITLE": "a word of one's own, as the help of the command calls it",
    "TEXT": "the same",
    "zzzz": "what the test typed",
    "csv": "the ending of a file",
    "json": "the ending of a file",
    "everything": "the name of a file",
}
"""Plain words that are right in every language -> why."""

PATHS: Final = {"tmp", "copy", "zip", "pytest", "root", "test", "index", "html"}
"""Parts of paths that a test's folder is made of."""


@pytest.fixture(name="languages")
def made_up(tmp_path: Path) -> Languages:
    write_pseudo(tmp_path / "locale")
    return Languages(tmp_path / "locale")


class Speaker:
    """``trailmark`` for a reader of the made-up language."""

    def __init__(self, languages: Languages, capsys: pytest.CaptureFixture[str]) -> None:
        self._languages = languages
        self._capsys = capsys
        self._ids: set[str] = set()

    def id(self, *words: str) -> str:
        """Run with ``--json`` and return the id of what was recorded."""
        assert 0 == main([*words, "--json"], self._languages)
        out = self._capsys.readouterr().out
        self._ids.update(re.findall(r"\b[0-9a-z]{26}\b", out))
        found = re.search(r'"id":"([0-9a-z]{26})"', out)
        return "" if found is None else found[1]

    def forgotten(self, *words: str) -> list[str]:
        """Return the plain words that a command says."""
        main(words, self._languages)
        printed = self._capsys.readouterr()
        self.id("log", "--limit", "1000")
        self.id("status")
        said = TYPED.sub("", printed.out + printed.err)
        tokens = re.findall(r"[\w@./:-]+", said)
        return sorted(
            {
                word
                for token in tokens
                if not self._is_id(token) and not token.startswith(("--", "/"))
                for word in plain_english(token)
                if word not in CODES
            }
        )

    def _is_id(self, token: str) -> bool:
        bare = token.strip(".:")
        return any(character.isdigit() for character in bare) or any(
            bare == second_mark(SpaceId(id_from_text(each)))
            or (len(bare) > 3 and each.startswith(bare))
            for each in self._ids
        )


@pytest.fixture(name="speak")
def speaker(
    languages: Languages,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Speaker:
    monkeypatch.setenv("TRAILMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRAILMARK_LANGUAGE", TAG)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("NO_COLOR", "1")
    return Speaker(languages, capsys)


def a_life(speak: Speaker) -> dict[str, str]:
    """Write a little of everything, and return the ids."""
    goal = speak.id("goal", "add", "ωω", "--target", "at-least 2 per week", "--why", "ψψ")
    step = speak.id("step", "add", goal, "σσ")
    reflection = speak.id("reflect", "ρρ ρρ", "--tag", "ττ", "--feeling", "φφ")
    found = {
        "goal": goal,
        "step": step,
        "reflection": reflection,
        "check": speak.id("check-in", goal, "2"),
        "win": speak.id("win", "νν"),
        "barrier": speak.id("barrier", "add", "ββ", "--where", "practical"),
        "coping": speak.id("coping", "add", "κκ"),
        "self_care": speak.id("self-care", "plan", "ζζ"),
        "reward": speak.id("reward", "plan", "ηη"),
        "habit": speak.id("habit", "choose", "θθ", "ιι"),
    }
    for words in (
        ("goal", "target", goal, "at-least 3 per week", "--reason", "too-easy"),
        ("goal", "pause", goal, "--reason", "obstacle"),
        ("goal", "resume", goal, "--reason", "ready-again"),
        ("happened", "λλ", "6"),
        ("setback", "χχ"),
        ("insight", "add", "γγ"),
        ("support", "add", "δδ", "--help-with", "practical"),
        ("resource", "add", "εε", "--form", "book"),
        ("coping", "use", found["coping"], "--helped", "3"),
        ("self-care", "done", found["self_care"]),
        ("reward", "give", found["reward"]),
        ("celebration", "hold", "αα"),
        ("vision", "write", "--feelings", "οο"),
        ("afterwards", "write", "--signs", "ππ"),
        ("measure", "answer", "gad-7", *"1101011"),
        ("scale", "set", goal, "αα", "ββ", "γγ", "δδ", "εε"),
        ("scale", "rate", goal, "+1"),
    ):
        speak.id(*words)
    return found


READING: Final = (
    *("goal list", "goal show GOAL", "goal progress GOAL", "goal guide GOAL", "timeline"),
    *("history GOAL", "audit GOAL", "journal list", "journal patterns", "look-back", "search ρρ"),
    *("insight", "barrier", "coping", "support", "resource", "self-care", "habit", "reward"),
    *("celebration", "vision", "afterwards", "happenings", "scale", "measure results", "status"),
    *("status --words", "verify", "sharing", f"sharing show {THERAPIST.name}", "supporter"),
    *("device list", "proposal", "set-aside list", "hand-over", "recovery", "access"),
)
"""Commands that show what there is."""

DOING: Final = (
    *("goal add ωω", "goal due GOAL none --reason other", "goal reword GOAL ωωω --reason other"),
    *("step reach STEP", "check-in GOAL 1", "win νν", "setback χχ", "reflect ρρ", "sync"),
    *("undo CHECK", "put-back CHECK", "erase WIN --yes", "goal let-go GOAL --reason other"),
    *("sharing widen Dr --share goals", f"sharing narrow {THERAPIST.name} --without excerpts"),
    *("supporter link Σσ", "supporter stop Σσ", "private-copy on", "private-copy off"),
    *(
        "goal show zzzz",
        "goal keep GOAL title 1 --reason other",
        "goal add",
        "nothing-like-this",
        "win",
        "log --x",
    ),
    *("check-in GOAL many", "measure answer gad-7 1", "goal target GOAL lots --reason other"),
    *("happened λλ 99", "reminder none/none.ics --at 18:30", "therapy end --yes"),
)
"""Commands that do something, or are refused."""


def words_of(command: str, ids: dict[str, str]) -> list[str]:
    """Return a command's words, ids in place of their names."""
    known = {name.upper(): each for name, each in ids.items()}
    return [known.get(word, word) for word in command.split()]


def test_the_command_line_speaks_the_language_of_its_reader(speak: Speaker, tmp_path: Path) -> None:
    assert speak.forgotten("status") == []
    person = Person(tmp_path / "home")
    person.let_in()
    connect_to(person.app, Home(person.app.identity.space))
    person.app.close()
    ids = a_life(speak)
    for words in (("supporter", "add", "Σσ", "--yes"), ("supporter", "send", "Σσ", ids["win"])):
        speak.id(*words)

    forgotten = {
        command: found
        for command in (*READING, *DOING)
        if (found := speak.forgotten(*words_of(command, ids)))
    }

    assert {} == forgotten


def test_documents_and_codes_have_no_language(
    languages: Languages, speak: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs get the same answer, whatever the person reads."""
    ids = a_life(speak)
    main(["goal", "list", "--json"], languages)
    main(["goal", "show", "zzzz", "--json"], languages)
    printed = capsys.readouterr()

    assert ids["goal"] in printed.out
    assert '"status_words":"Working on it"' in printed.out
    assert '"code":"not_found","message":"no goal on this device begins with zzzz;' in printed.err


def test_a_copy_of_everything_can_be_read(speak: Speaker, tmp_path: Path) -> None:
    a_life(speak)

    said = speak.forgotten("export", str(tmp_path / "copy.zip"))
    with ZipFile(tmp_path / "copy.zip") as archive:
        names = {each.partition("/")[2]: each for each in archive.namelist()}
        page = archive.read(names["index.html"]).decode()

    assert f'<html lang="{TAG}">' in page
    assert pseudo("What is here") in page
    assert pseudo("Working on it") in page
    assert [] == [word for word in said if word not in PATHS and word not in " ".join(names)]


@pytest.mark.parametrize("command", [each.words for each in COMMANDS], ids=" ".join)
def test_help_is_shown_through_the_catalogue(
    speak: Speaker,
    languages: Languages,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    assert speak
    purpose = next(each.purpose for each in COMMANDS if each.words == command)
    main([*command, "--help"], languages)
    shown = " ".join(capsys.readouterr().out.split())

    assert pseudo(purpose) in shown
    assert purpose not in shown


class _Texts(HTMLParser):
    """Collects what a page says: its text, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style", "code"}
        for name, value in attrs:
            if name in {"aria-label", "placeholder", "title", "alt"} or name.startswith("data-lo"):
                self.found.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style", "code"}

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(" ".join(data.split()))


def texts_of(html: str) -> list[str]:
    """Return what a page says."""
    parser = _Texts()
    parser.feed(html)
    return parser.found


def words_of_the_journey() -> set[str]:
    """Return every word that the person of the journey wrote."""
    source = Path(journey.__file__).read_text(encoding="utf-8")
    return {
        word
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in re.findall(r"[A-Za-z]{2,}", node.value)
    }


def forgotten_on(html: str, known: set[str]) -> Iterator[str]:
    """Yield the texts of a page with words that nobody translated and no person wrote."""
    for text in texts_of(html):
        is_phrase = re.fullmatch(r"([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]( \w{5})+", text)
        if not is_phrase and set(plain_english(text)) - known - set(CODES):
            yield text


async def test_members_pages_speak_the_language_of_the_browser(languages: Languages) -> None:
    mira = Writer(1)
    site = await sharing_site(mira)
    told = tell(mira, START)
    await site.deliver(mira)
    space = text_from_id(mira.space)
    person = f"/people/{space}"
    known = words_of_the_journey() | {"Mira", "Tuesdays", "example", "org", "demo"}
    paths = (
        *("/people", "/people/invite", "/account", "/nothing-here", f"{person}/hand-over"),
        *(timeline_path(mira), f"{person}/goals/{text_from_id(told.goal)}"),
        *(f"{person}/goals/{text_from_id(told.panic)}", f"{person}/session"),
    )
    async with site.browser(languages=languages) as browser:
        headers = {"accept-language": TAG, "accept": "text/html"}
        pages = {path: (await browser.get(path, headers=headers)).text for path in paths}

    assert {f'<html lang="{TAG}">'} == {
        html[html.index("<html") : html.index(">", html.index("<html")) + 1]
        for html in pages.values()
    }
    assert {} == {
        path: found for path, html in pages.items() if (found := [*forgotten_on(html, known)])
    }


async def test_pages_of_signing_in_speak_it_too(languages: Languages) -> None:
    site = await new_site()
    async with site.browser("", languages=languages) as browser:
        headers = {"accept-language": TAG, "accept": "text/html"}
        paths = ("/", "/sign-in", "/enter/nothing", "/people")
        pages = {path: (await browser.get(path, headers=headers)).text for path in paths}

    assert {} == {
        path: found for path, html in pages.items() if (found := [*forgotten_on(html, set())])
    }


async def test_a_supporter_s_page_speaks_it_too(languages: Languages) -> None:
    world = await supported(name="Σσ")
    await world.send_win("νν")
    headers = {"accept-language": TAG, "accept": "text/html"}
    async with world.browser(languages=languages) as browser:
        link = await browser.get(LINK_PATH, headers=headers)
        opened = await browser.post(LINK_PATH, headers=headers)
        page = await browser.get(opened.headers["location"], headers=headers)

    assert [] == [*forgotten_on(link.text, set()), *forgotten_on(page.text, set())]
