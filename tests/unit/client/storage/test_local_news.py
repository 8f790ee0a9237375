"""What a live session is told once something was recorded beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.devices import CARE, add_goal, connect_to, new_device
from tests.support.home import Home
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.storage.local_news import LocalNews, local_news
from trailmark_client.storage.statements import keep_removals, note_unsaid
from trailmark_shared.device_graph.statements import HolderId
from trailmark_shared.ids import DEVICES, SELF


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with new_device(tmp_path) as device:
        connect_to(device, Home(device.identity.space))
        yield device


def news(app: App) -> LocalNews:
    return app.read(lambda conn: local_news(conn, app.identity))


def test_what_is_to_be_sent_is_told(app: App) -> None:
    before = news(app)
    add_goal(app, "one")
    add_goal(app, "two", CARE)

    assert (before.lanes, before.waiting) == ([], 0)
    assert (news(app).lanes, news(app).waiting) == ([CARE, SELF], 2)


def test_words_of_the_person_are_no_news_about_keys(app: App) -> None:
    before = news(app).duties
    add_goal(app, "one")

    assert before == news(app).duties


def said(conn: Connection) -> None:
    columns = "lane, dseq, id, space, device, epoch, key, commitment, prev, hash"
    values = (DEVICES, 1, *[bytes(8)] * 8)
    marks = ", ".join("?" * len(values))
    conn.execute(f"INSERT INTO event ({columns}) VALUES ({marks})", values)  # noqa: S608


def asked(conn: Connection) -> None:
    keep_removals(conn, {HolderId(b"somebody")})


@pytest.mark.parametrize("change", [said, note_unsaid, asked])
def test_what_keys_depend_on_is_news_about_them(
    app: App, change: Callable[[Connection], object]
) -> None:
    before = news(app).duties
    app.write(change)

    assert before != news(app).duties


def test_another_identity_is_news_about_keys(app: App) -> None:
    before = news(app).duties
    app.vault.identity_file.update(
        lambda current: msgspec.structs.replace(current, private_copy=not current.private_copy)
    )

    assert before != news(app).duties
