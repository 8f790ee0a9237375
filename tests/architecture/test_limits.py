"""Every bound is crossed: what nobody asks for, or no test names, is no bound."""

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, modules, tree
from trailmark_shared import limits

_BOUNDS = [name for name in vars(limits) if name.isupper()]
_THEIR_HOME = PACKAGES["shared"] / "limits"


def asked_for(paths: Iterable[Path]) -> set[str]:
    """Return what the files read of something else, as ``limits.NAME``."""
    nodes = (node for path in paths for node in ast.walk(tree(path)))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def set_by_name(paths: Iterable[Path]) -> set[str]:
    """Return the names that the files give as a text, as ``setattr(limits, "NAME", 1)``."""
    nodes = (node for path in paths for node in ast.walk(tree(path)))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str)}


def test_every_bound_is_kept_by_the_program() -> None:
    programs = [path for package in PACKAGES for path in modules(package)]
    asked = asked_for(path for path in programs if _THEIR_HOME not in path.parents)

    assert [] == [name for name in _BOUNDS if name not in asked]


def test_every_bound_is_named_by_a_test() -> None:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path.stem != "test_limits"]
    named = asked_for(tests) | set_by_name(tests)

    assert [] == [name for name in _BOUNDS if name not in named]
