"""The lock installs what pyproject.toml asks for: a forgotten ``make lock`` fails here first."""

import re
import tomllib
from collections import defaultdict
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def asked() -> list[str]:
    """Return every requirement of pyproject.toml: base, extras, and the build's own."""
    document = project()
    extras = document["project"]["optional-dependencies"].values()
    return [
        *document["build-system"]["requires"],
        *document["project"]["dependencies"],
        *(requirement for extra in extras for requirement in extra),
    ]


def locked(name: str = "requirements.lock") -> dict[str, set[str]]:
    """Return the locked versions by package; several where markers split a package."""
    versions: dict[str, set[str]] = defaultdict(set)
    text = (ROOT / name).read_text()
    for package, version in re.findall(r"^([\w.-]+)==([^ ]+)", text, re.MULTILINE):
        versions[canonicalize_name(package)].add(version)
    return versions


@pytest.mark.parametrize("text", asked())
def test_lock_satisfies(text: str) -> None:
    requirement = Requirement(text)
    versions = locked()[canonicalize_name(requirement.name)]

    assert versions
    assert all(requirement.specifier.contains(version) for version in versions), versions


def test_server_lock_is_a_part_of_the_lock() -> None:
    """A server runs the versions that the tests ran."""
    whole, part = locked(), locked("requirements-server.lock")
    document = project()["project"]
    wanted = [*document["dependencies"], *document["optional-dependencies"]["server"]]
    names = {canonicalize_name(Requirement(text).name) for text in wanted}

    assert names <= part.keys()
    assert {} == {name: versions for name, versions in part.items() if whole[name] != versions}


@pytest.mark.parametrize("name", ["Makefile", "README.md", "Dockerfile"])
def test_a_lock_is_installed_without_resolving_again(name: str) -> None:
    """Pip's resolver may meet a newer release of something locked, and then refuses the lock."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if "--require-hashes" in line]

    assert lines
    assert [] == [line for line in lines if "--no-deps" not in line]
