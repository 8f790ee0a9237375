"""``rotate-signing-key``: let a new key sign the heads of lanes from now on."""

from __future__ import annotations

from trailmark_adapters.cipher import SEED_BYTES
from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server.cli.folders import present_folder
from trailmark_server.cli.output import DEFAULTS, Shared, show
from trailmark_server.heads import next_key
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.protocol.messages import SigningKey
from trailmark_shared.words import gettext


def rotate_signing_key(*, shared: Shared = DEFAULTS) -> None:
    """Make a new signing key, signed by the present one; devices follow it by themselves."""
    import asyncio

    from trailmark_server.stores import open_stores

    clock, randomness = SystemClock.from_environment(), SystemRandomness()
    data = present_folder(shared)

    async def work() -> tuple[SigningKey, int]:
        async with open_stores(data, clock, randomness, shared.databases) as stores:
            keys = await stores.keys.signing_keys()
            seed = randomness.token(SEED_BYTES)
            made = next_key(keys, seed, clock.now_ms())
            if not await stores.keys.add_signing_key(made, seed, keys.chain[-1].key):
                raise RefusedError(
                    ErrorCode.OVERLOADED,
                    gettext("somebody else rotated it just now; look first"),
                    "later",
                )
            await stores.events.take_signing_keys()
            return made, len(keys.chain) + 1

    made, number = asyncio.run(work())
    show(
        gettext(
            "Key {number} signs from now on: {key}\n"
            "Back up keys.db now. A server with an older copy of it is refused by every device "
            "that has spoken with this one since."
        ).format(number=number, key=made.key.hex()),
        {"number": number, "key": made.key.hex(), "since": made.since},
        as_json=shared.as_json,
    )
