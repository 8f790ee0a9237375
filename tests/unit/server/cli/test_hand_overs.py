"""The operator proposes a colleague to those who share with a therapist now."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes import FakeClock
from tests.support.shared_lanes import Writer
from tests.support.web_site import START
from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server import cli
from trailmark_server.cli.output import ExitCode
from trailmark_server.hand_overs import proposed_to
from trailmark_server.storage.accounts import AccountRows, Space
from trailmark_server.stores import open_stores, write_accounts
from trailmark_server.therapists import accounts
from trailmark_shared.ids import SpaceId, text_from_id

EMAILS = ("giver@example.org", "colleague@example.org")
GIVER = b"g" * 16


@pytest.fixture
def sharing(tmp_path: Path) -> SpaceId:
    """A folder with two persons who let a therapist in; the second one stopped."""
    mira, ended = Writer(1), Writer(20)
    mira.let_in(GIVER, "Dr Giver", START)
    ended.stop_sharing(ended.let_in(GIVER, "Dr Giver", START), START + 1)

    def fill(rows: AccountRows) -> None:
        for member, email in zip((GIVER, b"c" * 16), EMAILS, strict=True):
            accounts.add_therapist(rows, member, email.partition("@")[0], email, START)
        for writer in (mira, ended):
            rows.save_space(Space(space=writer.space, created_at=START))

    async def deliver() -> None:
        clock = FakeClock(START)
        async with open_stores(tmp_path, clock, SystemRandomness()) as stores:
            await stores.accounts.write(fill)
            for writer in (mira, ended):
                await writer.deliver(stores.events, clock)

    asyncio.run(deliver())
    return mira.space


def run(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    words = ["therapist", "hand-over", "--from", EMAILS[0], "--to", EMAILS[1], *more]
    assert ExitCode.OK == cli.run([*words, "--data", str(folder), "--json"])
    return json.loads(capsys.readouterr().out)


def test_those_who_share_now_are_asked(
    sharing: SpaceId, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run(tmp_path, capsys)

    now = SystemClock().now_ms()
    [shown] = write_accounts(tmp_path, lambda rows: list(proposed_to(rows, sharing, now)))
    assert {"proposed_to": [text_from_id(sharing)]} == done
    assert ("giver", "colleague") == (shown.therapist.name, shown.colleague.name)


def test_one_of_them_can_be_named(
    sharing: SpaceId, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = run(tmp_path, capsys, "--person", text_from_id(sharing))
    ended = run(tmp_path, capsys, "--person", text_from_id(Writer(20).space))

    assert [text_from_id(sharing)] == named["proposed_to"]
    assert [] == ended["proposed_to"]


@pytest.mark.usefixtures("sharing")
def test_a_therapist_who_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["therapist", "hand-over", "--from", "no@example.org", "--to", EMAILS[1]]

    assert ExitCode.OK != cli.run([*words, "--data", str(tmp_path), "--json"])
    assert "not_found" in capsys.readouterr().err
