"""The house rules that no linter knows: sizes, words, and what the sans-I/O core must not do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import modules, place, project_texts, python_files, tree

FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 400

BANNED = {
    r"(?<![A-Z])(FIXME|TODO)(?![A-Z])": "do it now, or open an issue",
    r"(?<![a-z])patients?(?![a-z])": "person",
    r"(?<![a-z])stream_(id|version)(?![a-z])": "lane, seq",
    r"(?<![a-z])global_position(?![a-z])": "seq",
    r"(?<![a-z])expected_version(?![a-z])": "nothing: a push is never conditional",
    r"utcnow": "the clock of trailmark_adapters",
    r"pragma: no (cover|branch)": "a test",
}
"""Pattern of a word that the project does not use -> what it says instead."""

_MODULE_NAMES_BANNED = {"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"}

_PROSE = {".py", ".sql", ".md", ".html"}

_READ_ONLY = ("Mapping", "Sequence", "AbstractSet", "Collection", "Iterable")
_MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_MUTABLE_CALLS = {"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function from ``def`` to its end, its docstring left out."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def mutable_globals(module: ast.Module) -> Iterator[int]:
    """Yield the lines that bind a value at module level which other code could change."""
    for node in module.body:
        if isinstance(node, ast.AnnAssign):
            targets, value = [node.target], node.value
            annotation = ast.unparse(node.annotation).removeprefix("Final[")
            if annotation.startswith(_READ_ONLY):
                continue
        elif isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            continue
        called = value.func if isinstance(value, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if isinstance(value, _MUTABLE_DISPLAYS) or name in _MUTABLE_CALLS:
            yield node.lineno


def test_functions_fit_on_a_screen() -> None:
    long = [
        f"{place(path, function.lineno)} {function.name}: {code_lines(function)} lines"
        for path in python_files()
        for function in functions(path)
        if code_lines(function) > FUNCTION_LINES_MAX
    ]

    assert [] == long


def test_files_have_one_duty() -> None:
    lines = {place(path): len(path.read_text().splitlines()) for path in python_files()}

    assert {} == {name: count for name, count in lines.items() if count > FILE_LINES_MAX}


def test_modules_are_named_by_their_duty() -> None:
    named = [place(path) for path in python_files() if path.stem in _MODULE_NAMES_BANNED]

    assert [] == named


def test_words_are_those_of_the_glossary() -> None:
    found = [
        f"{place(path, number)} {match.group()!r}: say {instead!r}"
        for path, text in project_texts()
        if path.suffix in _PROSE and path.name != Path(__file__).name
        for pattern, instead in BANNED.items()
        for number, line in enumerate(text.splitlines(), start=1)
        for match in re.finditer(pattern, line)
    ]

    assert [] == found


def test_shared_has_no_async() -> None:
    kinds = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    found = [
        place(path, getattr(node, "lineno", 0))
        for path in modules("shared")
        for node in ast.walk(tree(path))
        if isinstance(node, kinds)
    ]

    assert [] == found


def test_shared_touches_no_file_or_terminal() -> None:
    found = [
        f"{place(path, node.lineno)} {node.func.id}"
        for path in modules("shared")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in {"open", "input", "print", "breakpoint", "exec", "eval", "__import__"}
    ]

    assert [] == found


def test_shared_keeps_no_global_state() -> None:
    """A registry is a Mapping or a MappingProxyType: what nobody can change, nobody must lock."""
    found = [
        place(path, line) for path in modules("shared") for line in mutable_globals(tree(path))
    ]
    declared = [
        place(path, node.lineno)
        for path in modules("shared")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Global)
    ]

    assert [] == found + declared
