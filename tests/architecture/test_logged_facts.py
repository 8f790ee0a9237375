"""The log carries what the operator's page says, and nothing else."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import PACKAGES, modules, tree
from tests.support.logged_facts import documented_facts

LOGS = PACKAGES["server"] / "logs.py"
LOGGING = {"log_fact", "log_warning"}
OF_LIBRARIES = {"failure": {"in", "error", "where"}, "web_server": {"says"}}
"""What ``logs.py`` itself makes of failures and of the web server's sentences."""


def facts_in_the_code() -> Iterator[tuple[str, set[str]]]:
    """Yield each fact that the server logs, with the fields that are named where it does."""
    for path in modules("server"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in LOGGING:
                fields = {each.arg for each in node.keywords if each.arg is not None}
                chosen = node.args[0]
                either = [chosen.body, chosen.orelse] if isinstance(chosen, ast.IfExp) else [chosen]
                for each in either:
                    yield ast.literal_eval(each), fields


def test_every_fact_is_documented_and_every_documented_one_is_logged() -> None:
    logged = {name for name, _ in facts_in_the_code()}

    assert set(documented_facts()) == logged | set(OF_LIBRARIES)


def test_every_field_is_documented() -> None:
    facts = [*facts_in_the_code(), *OF_LIBRARIES.items()]

    assert [] == [
        (name, fields) for name, fields in facts if not fields <= documented_facts()[name]
    ]


def test_nothing_is_logged_beside_it() -> None:
    importing = [
        str(path)
        for package in PACKAGES
        for path in modules(package)
        for node in ast.walk(tree(path))
        if path != LOGS
        and (
            (isinstance(node, ast.Import) and any(each.name == "logging" for each in node.names))
            or (isinstance(node, ast.ImportFrom) and node.module == "logging")
        )
    ]

    assert [] == importing
