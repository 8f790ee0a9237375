"""Servers to back up and places to restore to, of both kinds."""

import asyncio
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.support.postgres import PostgresServer
from trailmark_server.backups.place import Place
from trailmark_server.settings import Databases


@pytest.fixture(params=["files", "postgres"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Callable[[str], Place]]:
    """Make a place of one kind where nothing is yet."""
    made: list[tuple[str, str]] = []

    def files(name: str) -> Place:
        (tmp_path / name).mkdir()
        return Place(data=tmp_path / name)

    def postgres(name: str) -> Place:
        server: PostgresServer = request.getfixturevalue("postgres")
        urls = asyncio.run(server.create("main")), asyncio.run(server.create("keys"))
        made.extend(zip(urls, ("main", "keys"), strict=True))
        return Place(data=files(name).data, databases=Databases(main=urls[0], keys=urls[1]))

    yield files if request.param == "files" else postgres
    for url, kind in made:
        asyncio.run(request.getfixturevalue("postgres").give_back(url, kind))
