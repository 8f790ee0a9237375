"""The unit tests mirror the source: whoever opens a module knows where its test is."""

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, modules, place, tree

WITHOUT_OWN_TEST: dict[str, str] = {
    "shared/limits/": "constants, held to each other as one by its own test of the package",
    "client/cli/": "driven as the program that a person runs, by tests/integration",
    "server/cli/": "driven as the program that an operator runs, by tests/integration",
    "server/storage/": "kept to its promises over memory and SQLite by tests/contracts",
    "server/outlets.py": "says what a carrier brings and does nothing itself",
    "server/session_end.py": "says why a session ended and does nothing itself",
    "server/api/": "asked over real HTTP and WebSockets by tests/integration",
}
"""Module (``server/app.py``) or folder (``client/cli/``) -> why it has no unit test."""


def is_bare_init(path: Path) -> bool:
    """Tell whether a file is an ``__init__.py`` that only describes and re-exports."""
    if path.name != "__init__.py":
        return False
    passive = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    return all(isinstance(node, passive) for node in tree(path).body)


def own_test(package: str, path: Path) -> Path:
    """Return where the unit test of a source module belongs."""
    inner = path.relative_to(PACKAGES[package])
    stem = inner.parent.name if path.name == "__init__.py" else inner.stem
    return ROOT / "tests" / "unit" / package / inner.parent / f"test_{stem}.py"


def may_go_without(package: str, path: Path) -> bool:
    """Tell whether a module, or a folder that it is in, is an exception with a reason."""
    name = f"{package}/{path.relative_to(PACKAGES[package]).as_posix()}"
    return any(
        name == exception or (exception.endswith("/") and name.startswith(exception))
        for exception in WITHOUT_OWN_TEST
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_has_its_unit_test(package: str) -> None:
    missing = [
        f"{place(path)} wants {place(own_test(package, path))}"
        for path in modules(package)
        if not is_bare_init(path) and path.name != "__main__.py"
        if not may_go_without(package, path) and not own_test(package, path).exists()
    ]

    assert [] == missing


@pytest.mark.parametrize("package", PACKAGES)
def test_every_unit_test_has_its_module(package: str) -> None:
    expected = {own_test(package, path) for path in modules(package)}
    written = set((ROOT / "tests" / "unit" / package).rglob("test_*.py"))

    assert [] == sorted(place(path) for path in written - expected)


def test_every_exception_is_still_needed() -> None:
    """An exception names what exists and has no unit test; otherwise it hides a gap to come."""
    stale: list[str] = []
    for name in WITHOUT_OWN_TEST:
        package, _, inner = name.partition("/")
        path = PACKAGES[package] / inner
        gone = not path.exists()
        tested = path.suffix == ".py" and not gone and own_test(package, path).exists()
        if gone or tested:
            stale.append(name)

    assert [] == stale


def test_every_package_is_typed_and_described() -> None:
    bare = [place(folder) for folder in PACKAGES.values() if not (folder / "py.typed").exists()]
    silent = [
        place(path)
        for package in PACKAGES
        for path in modules(package)
        if ast.get_docstring(tree(path)) is None
    ]

    assert [] == bare + silent
