"""The unit tests mirror the source: whoever opens a module knows where its test is."""

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, modules, place, tree

WITHOUT_OWN_TEST: dict[str, str] = {}
"""Module seen from its package folder, such as ``server/app.py`` -> why it has no unit test."""


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


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_has_its_unit_test(package: str) -> None:
    missing = [
        f"{place(path)} wants {place(own_test(package, path))}"
        for path in modules(package)
        if not is_bare_init(path) and path.name != "__main__.py"
        if f"{package}/{path.relative_to(PACKAGES[package]).as_posix()}" not in WITHOUT_OWN_TEST
        if not own_test(package, path).exists()
    ]

    assert missing == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_unit_test_has_its_module(package: str) -> None:
    expected = {own_test(package, path) for path in modules(package)}
    written = set((ROOT / "tests" / "unit" / package).rglob("test_*.py"))

    assert sorted(place(path) for path in written - expected) == []


def test_every_exception_is_still_needed() -> None:
    stale = [
        name
        for name in WITHOUT_OWN_TEST
        if not (path := PACKAGES[name.split("/")[0]] / name.split("/", 1)[1]).exists()
        or own_test(name.split("/")[0], path).exists()
    ]

    assert stale == []


def test_every_package_is_typed_and_described() -> None:
    bare = [place(folder) for folder in PACKAGES.values() if not (folder / "py.typed").exists()]
    silent = [
        place(path)
        for package in PACKAGES
        for path in modules(package)
        if ast.get_docstring(tree(path)) is None
    ]

    assert bare + silent == []
