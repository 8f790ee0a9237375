"""The lock in the pages: set, shut, opened again, changed, forgotten, taken off."""

from pathlib import Path

import httpx

from tests.support.own_site import enter, opened
from tests.support.person import Person
from trailmark_client.app import is_locked, open_app
from trailmark_client.backup import keep_backup_code
from trailmark_client.local_site.locking import lock_state
from trailmark_client.local_site.site import Parts
from trailmark_shared.codes import text_from_recovery_code

CODE = text_from_recovery_code(bytes(range(16)))
FIRST = "a lamp, three stairs"
SECOND = "the other side of rain"
WIN = "Swam all the way to the buoy"


async def deed(client: httpx.AsyncClient, name: str, **fields: str) -> httpx.Response:
    return await client.post("/lock", data={"deed": name, **fields})


async def locked(client: httpx.AsyncClient, parts: Parts) -> None:
    await enter(client, parts)
    told = await deed(client, "set", following=FIRST, again=FIRST)
    assert 303 == told.status_code


async def test_set_shut_and_opened_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await locked(client, parts)
        await client.post("/win", data={"text": WIN})
        seen = await client.get("/back")
        shut = await deed(client, "now")
        behind = await client.get("/back")
        typed = await client.post("/win", data={"text": "Behind the door"})
        wrong = await client.post("/unlock", data={"passphrase": SECOND, "to": "/back"})
        right = await client.post("/unlock", data={"passphrase": FIRST, "to": "/back"})
        again = await client.get(right.headers["location"])

    assert [200, 303, 423, 423, 422, 303, 200] == [
        each.status_code for each in (seen, shut, behind, typed, wrong, right, again)
    ]
    assert [True, False, False, True] == [WIN in each.text for each in (seen, behind, wrong, again)]
    assert "This is not the passphrase. Nothing was changed" in wrong.text
    assert "Locked" in behind.text
    assert "Help now" in behind.text
    assert is_locked(tmp_path)


async def test_pages_that_begin_with_a_shut_store_ask_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await locked(client, parts)

    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        shut = await client.get("/journal")
        right = await client.post("/unlock", data={"passphrase": FIRST, "to": "//evil.example"})

    assert 423 == shut.status_code
    assert "/" == right.headers["location"]


async def test_changed_and_taken_off(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await locked(client, parts)
        wrong = await deed(client, "change", passphrase=SECOND, following=SECOND, again=SECOND)
        apart = await deed(client, "change", passphrase=FIRST, following=SECOND, again=FIRST)
        changed = await deed(client, "change", passphrase=FIRST, following=SECOND, again=SECOND)
        old = await deed(client, "remove", passphrase=FIRST)
        off = await deed(client, "remove", passphrase=SECOND)
        after = await client.get("/lock")

    assert [422, 422, 303, 422, 303, 200] == [
        each.status_code for each in (wrong, apart, changed, old, off, after)
    ]
    assert "these were two different passphrases" in apart.text.lower()
    assert "Set a passphrase" in after.text
    assert not is_locked(tmp_path)


async def test_recovery_code_opens_it_with_another_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        await parts.near.run(lambda app: keep_backup_code(app, CODE))
        await deed(client, "set", following=FIRST, again=FIRST)
        page = await client.get("/lock")
        await deed(client, "now")
        fields = {"following": SECOND, "again": SECOND}
        wrong = await client.post(
            "/unlock", data={"code": text_from_recovery_code(bytes(16)), **fields}
        )
        right = await client.post("/unlock", data={"code": CODE, **fields})
        await deed(client, "now")
        old = await client.post("/unlock", data={"passphrase": FIRST})
        new = await client.post("/unlock", data={"passphrase": SECOND})

    assert "Your recovery code opens this device, too." in page.text
    assert [422, 303, 422, 303] == [each.status_code for each in (wrong, right, old, new)]
    assert "This recovery code does not open this device." in wrong.text


async def test_another_process_that_has_it_open_is_named(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await enter(client, parts)
        with open_app(tmp_path):
            told = await deed(client, "set", following=FIRST, again=FIRST)
        page = await client.get("/lock")
        none = await deed(client, "something")

    assert [422, 200, 422] == [each.status_code for each in (told, page, none)]
    assert "Something else has the store open" in told.text
    assert not is_locked(tmp_path)


async def test_what_was_on_its_way_while_the_store_was_shut_shows_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as (client, parts):
        await locked(client, parts)
        for worker in (parts.near, parts.far):
            await worker.release()
        parts.latch.held.key = None
        shut = await client.get("/back")

    assert 423 == shut.status_code
    assert "Locked" in shut.text


def test_what_locks_a_store_is_told(person: Person) -> None:
    assert "none" == lock_state(person.app)
