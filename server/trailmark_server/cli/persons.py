"""``person …``: the persons of this server by their marks, and erasing one for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailmark_server.cli.folders import present_folder
from trailmark_server.cli.output import DEFAULTS, Shared, show
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SpaceId, text_from_id
from trailmark_shared.words import gettext, ngettext

if TYPE_CHECKING:
    from trailmark_server.persons import PersonLine


def list_all(*, shared: Shared = DEFAULTS) -> None:
    """List the persons by their marks: counts, no names and no words."""
    import asyncio

    import msgspec

    from trailmark_adapters.clock import SystemClock
    from trailmark_adapters.randomness import SystemRandomness
    from trailmark_server.persons import list_persons
    from trailmark_server.stores import open_stores

    data = present_folder(shared)

    async def work() -> list[PersonLine]:
        clock = SystemClock.from_environment()
        async with open_stores(data, clock, SystemRandomness(), shared.databases) as stores:
            return await list_persons(stores.events, stores.accounts)

    found = asyncio.run(work())
    words = "\n".join(map(_line, found)) or gettext("Nobody has joined this server yet.")
    show(words, {"persons": [msgspec.to_builtins(each) for each in found]}, as_json=shared.as_json)


def _line(person: PersonLine) -> str:
    if person.erased_at is not None:
        erased = (
            gettext("erased by the person")
            if person.erased_by == "person"
            else gettext("erased by the operator")
        )
        return f"{person.mark}  {person.space}  {erased}"
    counts = (
        ngettext("{n} device", "{n} devices", person.devices).format(n=person.devices),
        ngettext("{n} lane", "{n} lanes", person.lanes).format(n=person.lanes),
        ngettext("{n} entry", "{n} entries", person.entries).format(n=person.entries),
    )
    return f"{person.mark}  {person.space}  {', '.join(counts)}"


def erase(whom: str, /, *, yes: bool = False, shared: Shared = DEFAULTS) -> None:
    """Erase everything of a person on this server, for good; their own devices keep what they have.

    Args:
        whom: The mark or the id of their space, from ``person list`` or ``trailmark status``.
        yes: Really do it.
        shared: Options of every command.

    Raises:
        DomainError: ``invalid_input``: without ``--yes``.
    """
    import asyncio

    from trailmark_adapters.clock import SystemClock
    from trailmark_adapters.randomness import SystemRandomness
    from trailmark_server.persons import find_person
    from trailmark_server.storage.accounts import SpaceErasure
    from trailmark_server.stores import open_stores

    data = present_folder(shared)

    async def work() -> SpaceId:
        clock = SystemClock.from_environment()
        async with open_stores(data, clock, SystemRandomness(), shared.databases) as stores:
            space = await stores.accounts.read(lambda rows: find_person(rows, whom))
            if not yes:
                raise DomainError(
                    ErrorCode.INVALID_INPUT,
                    gettext(
                        "this erases everything of a person on this server for good; --yes does it"
                    ),
                )
            now = clock.now_ms()
            await stores.events.erase_space(
                SpaceErasure(space=space, erased_at=now, erased_by="operator")
            )
            await stores.events.clean()
            return space

    space = text_from_id(asyncio.run(work()))
    show(
        gettext(
            "Erased: {space}. Older backups of the log become unreadable as backups of keys.db "
            "that still hold their key are thrown away."
        ).format(space=space),
        {"space": space, "erased": True},
        as_json=shared.as_json,
    )
