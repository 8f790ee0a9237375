"""What a session asks of the store is carried out, each in one transaction."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.devices import CARE, add_goal, connect_to, new_device
from tests.support.home import Home
from trailmark_client.app import App, open_async
from trailmark_client.session_store import SessionStore
from trailmark_client.storage.doubts import doubts
from trailmark_shared.protocol import effects
from trailmark_shared.protocol.client_session import ClientSession


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    with new_device(tmp_path) as device:
        connect_to(device, Home(device.identity.space))
        yield device


async def carried_out(app: App, *asked: effects.Effect) -> None:
    async with open_async(app) as database:
        store = SessionStore(database, app.vault, app.clock, app.randomness, ClientSession())
        for effect in asked:
            await store.carry_out(effect)
        await store.end_doubts()


async def test_a_contradiction_is_noted_and_over_when_a_session_went_through(app: App) -> None:
    await carried_out(app, effects.ReportAltered(lanes=[CARE]))

    assert {CARE: False} == {lane: each.is_open for lane, each in app.read(doubts).items()}


async def test_a_new_epoch_numbers_what_waits(app: App) -> None:
    add_goal(app, "walk", CARE)
    before = app.identity.epoch

    await carried_out(app, effects.StartEpoch())

    assert before != app.identity.epoch


async def test_what_is_no_effect_of_a_client_is_a_defect(app: App) -> None:
    with pytest.raises(AssertionError):
        await carried_out(app, effects.RenewCredential())
