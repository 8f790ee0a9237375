"""No text that people see stands bare in the code: each is asked of the catalogue.

Read are the modules that print and draw, the errors of all packages, and every template.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PACKAGES, place, tree

SPEAKING = (
    *("client/cli", "client/queries", "client/commands"),
    *("server/cli", "server/pages", "server/members"),
)
"""Folders whose modules speak to people."""

WITHOUT_CATALOGUE = {
    "client/cli/catalogue.py": "purposes of commands: help is collected by walking the commands",
    "client/cli/spelling.py": "the same",
    "server/cli/__init__.py": "the same",
    "client/cli/failures.py": "what exit codes mean stands in docs/cli.md only",
}
"""Module -> why its literals are not looked at."""

RIGHT_AS_THEY_ARE = {
    r"\s*trailmark [a-z]": "a command, typed as it stands",
    r"put-back \{\}|--share \{\}": "the same",
    r"<(!doctype|tr|h3|li|p)\b| class=": "markup; its words are filled in",
    r"(Goal|Provenance|Bundle)$": "a code of FHIR",
    r"\s*(body ?\{|default-src)": "style and policy of a page",
    r"noindex|text/csv|attachment; ": "a header of HTTP",
    r"(SELECT|INSERT|UPDATE|DELETE|WITH|FROM|WHERE|AND|\{\} WHERE) ": "SQL",
    r"M\{\} \{\}h": "a path of SVG",
    r"(late entry|taken back)$": "a code, whose words stand in a table",
    r"BEGIN:|END:|VERSION:|PRODID:|UID:|DT|RRULE|DURATION|SUMMARY|DESCRIPTION": "iCalendar",
    r"tuple\[|Callable\[|Mapping\[|dict\[|list\[": "a type, for cast",
}
"""How a literal begins (``{}`` where something is filled in) -> why it is no text for people."""

UNSAID = {
    "shared/protocol": "said to the other side of a session; a device words it by its code",
    "server/storage": "said to whoever reads the log of the server, or never",
    "server/verify.py": "names of what does not fit, as in the documents of --json",
    "server/row_check.py": "the same",
}
"""Folders and modules whose errors reach no person."""

_CATALOGUE = {"gettext", "ngettext", "pgettext", "marked", "marked_plural"}
_NO_TEXT = {
    "Parameter",
    "_command",
    "cast",
    "getattr",
    "compile",
    "Literal",
    "execute",
    "sub",
    "TypeVar",
}
_ERRORS = {"DomainError", "RefusedError", "IntegrityError", "StorageError", "SealError"}
_TEXT = re.compile(r"[a-z]{2,} |[ ][a-z]{2,}|^[A-Z][a-z]{2,}[.:!?…]?$")


def words_of(node: ast.Constant | ast.JoinedStr) -> str:
    """Return a literal's text, ``{}`` where something is filled in."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def name_of(call: ast.Call | ast.Subscript) -> str:
    """Return what is called or subscribed."""
    called = call.func if isinstance(call, ast.Call) else call.value
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


def _is_silent(node: ast.AST) -> bool:
    """Say whether nothing under a node is said: annotations, assertions, catalogue, keys."""
    if isinstance(node, ast.Assert | ast.arg | ast.Compare | ast.MatchValue):
        return True
    if isinstance(node, ast.Call | ast.Subscript):
        name = name_of(node)
        return name in _CATALOGUE | _NO_TEXT or (name.endswith("Error") and name not in _ERRORS)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def literals(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the literals under a node that may be said."""
    for child in ast.iter_child_nodes(node):
        if _is_silent(child):
            continue
        if isinstance(child, ast.JoinedStr):
            yield child
            for part in child.values:
                if isinstance(part, ast.FormattedValue):
                    yield from literals(part)
        elif isinstance(child, ast.Constant):
            if isinstance(child.value, str):
                yield child
        elif isinstance(child, ast.AnnAssign):
            if child.value is not None:
                yield from literals(ast.Expression(child.value))
        else:
            yield from literals(child)


def inner(package: str, path: Path) -> str:
    """Return a module's name as the tables above write it."""
    return f"{package}/{path.relative_to(PACKAGES[package]).as_posix()}"


def spoken() -> Iterator[Path]:
    """Yield the modules that speak to people."""
    for package in ("client", "server"):
        for path in sorted(PACKAGES[package].rglob("*.py")):
            name = inner(package, path)
            if name.startswith(SPEAKING) and name not in WITHOUT_CATALOGUE:
                yield path


def test_no_text_of_a_command_or_page_is_bare() -> None:
    right = re.compile("|".join(RIGHT_AS_THEY_ARE))
    found = [
        f"{place(path, literal.lineno)} {words!r}"
        for path in spoken()
        for literal in literals(tree(path))
        if _TEXT.search(words := words_of(literal)) and not right.match(words)
    ]

    assert [] == found


def bare_messages(module: ast.Module) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield what errors say without asking the catalogue, also where a constant holds it."""
    constants = {
        ast.unparse(statement.target): statement.value
        for statement in module.body
        if isinstance(statement, ast.AnnAssign)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and name_of(node) in _ERRORS:
            for argument in node.args[1:2]:
                message = constants.get(ast.unparse(argument), argument)
                if isinstance(message, ast.Constant | ast.JoinedStr):
                    yield message


def test_no_error_is_said_bare() -> None:
    found = [
        f"{place(path, message.lineno)} {words_of(message)!r}"
        for package, folder in PACKAGES.items()
        for path in sorted(folder.rglob("*.py"))
        if not inner(package, path).startswith(tuple(UNSAID))
        for message in bare_messages(tree(path))
    ]

    assert [] == found


def test_an_error_that_is_said_bare_is_found() -> None:
    module = ast.parse(
        'GONE: Final = "It is gone."\nRIGHT: Final = marked("It is here.")\n'
        "raise RefusedError(CODE, GONE)\nraise RefusedError(CODE, gettext(RIGHT))\n"
        'raise DomainError(CODE, "It is late.")\nraise DomainError(CODE, gettext("It is early."))\n'
    )

    assert ["It is gone.", "It is late."] == [words_of(each) for each in bare_messages(module)]


def bare_texts(template: str) -> Iterator[str]:
    """Yield the text of a template that no translation takes the place of."""
    said = re.sub(r"\{% trans.*?endtrans %\}", "", template, flags=re.DOTALL)
    said = re.sub(r"\{#.*?#\}|<(script|style|code)\b.*?</\1>", "", said, flags=re.DOTALL)
    said = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", said, flags=re.DOTALL)
    attributes = re.findall(r'(?:aria-label|placeholder|title|alt|data-label)="([^"]*)"', said)
    yield from (each for each in attributes if re.search(r"[A-Za-z]{2,}", each))
    for text in re.sub(r"<[^<>]*>", "\n", said).splitlines():
        if re.search(r"[A-Za-z]{2,}", re.sub(r"&\w+;|Trailmark", "", text)):
            yield text.strip()


def in_formatted(module: ast.Module) -> Iterator[ast.Call]:
    """Yield what is asked of the catalogue, word by word, inside of an f-string.

    Before Python 3.12 whoever reads the tokens of a file sees no call there.
    """
    for string in ast.walk(module):
        if isinstance(string, ast.JoinedStr):
            for node in ast.walk(string):
                if isinstance(node, ast.Call) and name_of(node) in _CATALOGUE:
                    texts = [each for each in ast.walk(node) if isinstance(each, ast.Constant)]
                    if any(isinstance(each.value, str) for each in texts):
                        yield node


def test_the_catalogue_hears_of_every_text() -> None:
    found = [
        place(path, call.lineno)
        for folder in PACKAGES.values()
        for path in sorted(folder.rglob("*.py"))
        for call in in_formatted(tree(path))
    ]

    assert [] == found


def test_a_text_that_the_catalogue_does_not_hear_of_is_found() -> None:
    module = ast.parse("""f"{gettext('Good.')}" + f"{gettext(WORDS[name])}" + gettext("Fine.")""")

    assert ["gettext('Good.')"] == [ast.unparse(each) for each in in_formatted(module)]


def test_no_text_of_a_template_is_bare() -> None:
    found = [
        f"{place(path)} {text!r}"
        for package in ("client", "server")
        for path in sorted(PACKAGES[package].rglob("*.html"))
        # The app's page stands there before anybody knows a language: Python is not loaded yet.
        if path.parent.name != "built_app"
        for text in bare_texts(path.read_text(encoding="utf-8"))
    ]

    assert [] == found


def test_a_bare_text_is_found() -> None:
    module = ast.parse(
        'def f(x):\n    """Say it."""\n    say("It is saved.", gettext("Good."), f"{x} is {x}")'
    )
    template = (
        '<p title="Here" data-label="There">{% trans %}Fine{% endtrans %} {{ name }} not fine</p>'
    )

    assert ["It is saved.", "{} is {}"] == [words_of(each) for each in literals(module)]
    assert ["Here", "There", "not fine"] == list(bare_texts(template))


def words_of_style(sheet: str) -> Iterator[str]:
    """Yield the texts of a style sheet that would be shown; names of fonts are none."""
    plain = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    for value in re.findall(r"[\w-]+\s*:\s*([^;{}]+)(?=[;}])", plain):
        if not re.search(r"\b(serif|monospace)\b", value):
            texts = re.findall(r""""([^"]*)"|'([^']*)'""", value)
            yield from (text for pair in texts for text in pair if re.search(r"[A-Za-z]", text))


def test_no_word_stands_in_a_style_sheet() -> None:
    """There no catalogue reaches it: in every language it would be shown in English."""
    found = [
        f"{place(path)} {text!r}"
        for package in ("client", "server")
        for path in sorted(PACKAGES[package].rglob("*.css"))
        for text in words_of_style(path.read_text(encoding="utf-8"))
    ]

    assert [] == found


def test_a_word_in_a_style_sheet_is_found() -> None:
    sheet = """
        /* said: "no" */
        a:not([data-state="off"]):hover::before { content: "new"; font: "Segoe UI", sans-serif }
        li::marker { --late: 'late'; content: attr(data-label) ": " }
    """

    assert ["new", "late"] == list(words_of_style(sheet))


def test_every_exemption_is_still_needed() -> None:
    names = {inner(package, path) for package, top in PACKAGES.items() for path in top.rglob("*")}

    assert [] == [name for name in (*WITHOUT_CATALOGUE, *UNSAID) if name not in names]
