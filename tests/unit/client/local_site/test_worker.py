"""The thread with the store: one after the other, and closed at the end."""

import threading
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from trailmark_client.app import App
from trailmark_client.local_site.worker import Worker
from trailmark_shared.words import ENGLISH, Language, language, speaking


def worker_at(home: Path) -> Worker:
    return Worker(home, FakeClock(), SeededRandomness())


async def test_work_runs_beside_the_loop_with_one_app(tmp_path: Path) -> None:
    worker = worker_at(tmp_path)
    first = await worker.run(lambda app: (app, threading.get_ident()))
    second = await worker.run(lambda app: (app, threading.get_ident()))
    await worker.close()

    assert first == second
    assert threading.get_ident() != first[1]


async def test_errors_come_back(tmp_path: Path) -> None:
    worker = worker_at(tmp_path)

    def fail(app: App) -> None:
        raise ValueError(str(app.home))

    with pytest.raises(ValueError, match=tmp_path.name):
        await worker.run(fail)
    await worker.close()


async def test_language_goes_along(tmp_path: Path) -> None:
    worker = worker_at(tmp_path)
    with speaking(Language("de", ENGLISH.translations)):
        tag = await worker.run(lambda _: language().tag)
    await worker.close()

    assert "de" == tag


async def test_closing_what_was_never_opened_opens_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await worker_at(home).close()

    assert not home.exists()
