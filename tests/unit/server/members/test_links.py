"""What ends a supporter's link is in the keys store: no backup brings it back."""

import pytest
from msgspec.structs import replace

from tests.support.circles import SAM, TOKEN, World, supported
from trailmark_server import credentials
from trailmark_server.access import DeviceActor, Right, Verb, authorize
from trailmark_server.members import links
from trailmark_server.storage.accounts import SupporterLink
from trailmark_server.supporters import NewLink
from trailmark_shared.codes import link_token_hash
from trailmark_shared.errors import RefusedError
from trailmark_shared.ids import DeviceId

PHONE = DeviceId(b"p" * 16)
HASH = link_token_hash(TOKEN)


@pytest.fixture
async def world() -> World:
    return await supported()


async def right(world: World) -> Right:
    services, space = world.site.services, world.mira.space
    await services.accounts.write(
        lambda rows: credentials.admit_device(
            rows, space, PHONE, "phone", "credential", services.now()
        )
    )
    actor = DeviceActor(space=space, device=PHONE)
    return authorize(actor, Verb.MANAGE_SUPPORTERS, space, None, services.now())


def new_link(world: World, number: int) -> NewLink:
    return NewLink(
        hash=bytes([number]) * 32,
        space=world.mira.space,
        lane=world.mira.lane,
        member=SAM,
        made_at=world.site.clock.ms + number,
        until=None,
    )


async def kept(world: World, hash_: bytes) -> SupporterLink:
    link = await world.site.services.accounts.read(lambda rows: rows.supporter_link(hash_))
    assert link is not None
    return link


async def listed(world: World) -> set[bytes]:
    return set(await world.site.services.keys.revoked_credentials())


async def test_a_replaced_link_is_listed(world: World) -> None:
    world.site.clock.advance(9)
    link = await links.register(world.site.services, await right(world), new_link(world, 0))

    assert link.ended_at is None
    assert "replaced" == (await kept(world, HASH)).ended_by
    assert {HASH} == await listed(world)
    assert world.site.services.revoked.lists(HASH)


async def test_telling_again_lists_nothing(world: World) -> None:
    asking = await right(world)
    world.site.clock.advance(9)
    first = await links.register(world.site.services, asking, new_link(world, 0))

    assert first == await links.register(world.site.services, asking, new_link(world, 0))
    assert {HASH} == await listed(world)


async def test_a_link_that_comes_too_late_is_listed_itself(world: World) -> None:
    asking = await right(world)
    late = replace(new_link(world, 1), made_at=0)
    link = await links.register(world.site.services, asking, late)

    assert "replaced" == link.ended_by
    assert {late.hash} == await listed(world)
    assert (await kept(world, HASH)).ended_at is None


async def test_a_link_that_the_keys_list_is_not_open_in_a_restored_store(world: World) -> None:
    """The account tables are from a backup in which the link was not known."""
    asking, gone = await right(world), new_link(world, 1)
    world.site.services.revoked.add([gone.hash])
    link = await links.register(world.site.services, asking, gone)

    assert "replaced" == link.ended_by
    assert (await kept(world, HASH)).ended_at is None


async def test_stopping_ends_what_the_supporter_has(world: World) -> None:
    await links.end(world.site.services, await right(world), world.mira.space, SAM)

    assert "stopped" == (await kept(world, HASH)).ended_by
    assert {HASH} == await listed(world)


async def test_a_device_that_was_signed_out_changes_nothing(world: World) -> None:
    asking, space = await right(world), world.mira.space
    await world.site.services.accounts.write(
        lambda rows: credentials.revoke_device(rows, space, PHONE, world.site.clock.ms)
    )

    with pytest.raises(RefusedError):
        await links.register(world.site.services, asking, new_link(world, 1))
    with pytest.raises(RefusedError):
        await links.end(world.site.services, asking, space, SAM)
    assert (await kept(world, HASH)).ended_at is None
    assert set() == await listed(world)
