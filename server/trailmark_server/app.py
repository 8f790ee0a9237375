"""Composition root: from settings to a running application.

``open_services`` opens the stores and makes the parts; ``create_app`` puts the handlers over them.
Nothing else chooses a backend or builds a part.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, cast

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp, ControllerRouterHandler

from trailmark_adapters.clock import Clock, SystemClock
from trailmark_adapters.languages import Languages
from trailmark_adapters.randomness import Randomness, SystemRandomness
from trailmark_server import recovery
from trailmark_server.api.access_log import access_log
from trailmark_server.api.device_joins import (
    answer_join,
    claim_join,
    device_invitations,
    invite_device,
    join_device,
)
from trailmark_server.api.device_list import list_devices, rename_device, revoke_device
from trailmark_server.api.document import openapi
from trailmark_server.api.hand_overs import (
    decline_hand_over,
    list_hand_overs,
    take_up_hand_over,
)
from trailmark_server.api.health import health
from trailmark_server.api.health import live as health_live
from trailmark_server.api.join import join, join_status
from trailmark_server.api.members.routes import members_router
from trailmark_server.api.recovery import recover, recovery_made, save_recovery
from trailmark_server.api.space_erasure import erase_space, space_erasure
from trailmark_server.api.supporter_links import delete_link, list_links, put_link
from trailmark_server.api.sync_post import sync_post
from trailmark_server.api.sync_socket import sync_socket
from trailmark_server.bell import POLL_SECONDS, Bell
from trailmark_server.cleaning import keep_clean
from trailmark_server.credentials import RevokedCredentials
from trailmark_server.ending import end_grants, keep_ending_grants
from trailmark_server.guards import refuse_foreign_origin
from trailmark_server.http.bodies import JsonRequest
from trailmark_server.http.headers import EdgeLayer
from trailmark_server.http.methods import MethodLayer, methods_of
from trailmark_server.http.problems import EXCEPTION_HANDLERS
from trailmark_server.http.reader_language import ReaderLanguage
from trailmark_server.logs import log_failure
from trailmark_server.metrics import Metrics
from trailmark_server.pages.routes import page_handlers
from trailmark_server.pruning import keep_pruned
from trailmark_server.services import Services
from trailmark_server.sessions import WebSessions
from trailmark_server.settings import Settings
from trailmark_server.stores import Stores, open_stores
from trailmark_server.therapists.known_browsers import KnownBrowsers
from trailmark_server.therapists.passwords import Passwords
from trailmark_server.throttle import Tries, account_tries, challenge_counts
from trailmark_shared import limits
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.projections.fold import make_decoders

_API_HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    health,
    health_live,
    join,
    join_status,
    invite_device,
    device_invitations,
    answer_join,
    join_device,
    claim_join,
    list_devices,
    rename_device,
    revoke_device,
    save_recovery,
    recovery_made,
    recover,
    access_log,
    list_hand_overs,
    take_up_hand_over,
    decline_hand_over,
    list_links,
    put_link,
    delete_link,
    erase_space,
    space_erasure,
    sync_socket,
    sync_post,
    openapi,
)


async def services_over(
    stores: Stores, settings: Settings, clock: Clock, randomness: Randomness
) -> Services:
    """Return the parts of a server over opened stores."""
    secret = (await stores.keys.signing_keys()).seed
    await recovery.merge(stores.accounts, stores.keys)
    metrics = Metrics()
    if stores.standing is not None:
        metrics.ask_standing(stores.standing)
    if stores.tell_commits is not None:
        stores.tell_commits(metrics.commit_units.observe)
    return Services(
        settings=settings,
        clock=clock,
        randomness=randomness,
        events=stores.events,
        keys=stores.keys,
        accounts=stores.accounts,
        bell=Bell(),
        web=WebSessions(stores.accounts, settings.public_url),
        tries=Tries(),
        account_tries=account_tries(),
        challenges=challenge_counts(),
        passwords=Passwords(),
        known_browsers=KnownBrowsers(secret, settings.public_url),
        revoked=RevokedCredentials(await stores.keys.revoked_credentials()),
        signer=stores.signer,
        stopping=asyncio.Event(),
        metrics=metrics,
    )


@asynccontextmanager
async def open_services(
    settings: Settings, clock: Clock | None = None, randomness: Randomness | None = None
) -> AsyncGenerator[Services]:
    """Open the stores of a data folder, watch and clean them, close them at the end.

    Yields:
        The server's parts.

    Raises:
        StorageError: ``newer_schema``, ``changed_migration``, ``storage_unavailable``.
        IntegrityError: ``corrupt_log``.
    """
    make_decoders()
    clock, randomness = clock or SystemClock.from_environment(), randomness or SystemRandomness()
    async with open_stores(
        settings.data, clock, randomness, settings.databases, limits.DATABASE_ANSWER_MS_MAX
    ) as stores:
        services = await services_over(stores, settings, clock, randomness)
        await end_grants(services)
        tasks = [
            asyncio.create_task(keep_watching(stores.watch, services.bell)),
            asyncio.create_task(keep_ending_grants(services)),
            asyncio.create_task(keep_pruned(stores.accounts, settings.access_log_days, clock)),
            asyncio.create_task(keep_clean(services.events.clean)),
            asyncio.create_task(watch_keys(services, stores.keys_version)),
        ]
        try:
            yield services
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


async def keep_watching(watch: Callable[[Bell], Awaitable[None]], bell: Bell) -> None:
    """Ring the bell for what other processes write, whatever breaks; runs until it is cancelled.

    Args:
        watch: Of the stores.
        bell: Where to ring.
    """
    while True:
        try:
            await watch(bell)
        except Exception as error:  # noqa: BLE001  (without it, live pages and devices fall silent)
            log_failure("bell", error)
        await asyncio.sleep(POLL_SECONDS)


async def watch_keys(
    services: Services, read_version: Callable[[], Awaitable[int]], interval_s: float = POLL_SECONDS
) -> None:
    """Sign with the newest key once another process has made one; runs until it is cancelled.

    Live sessions end then, because ``welcome`` told them of the key before.

    Args:
        services: The server's parts.
        read_version: A number that changes with every commit of another process to the keys store.
        interval_s: Distance of the looks, seconds.
    """
    version = -1
    while True:
        try:
            present = await read_version()
            if present != version:
                version = present
                if await services.events.take_signing_keys():
                    services.bell.ring_access()
        except TrailmarkError as error:
            log_failure("keys", error)  # a busy or full store is looked at again
        await asyncio.sleep(interval_s)


def create_app(services: Services, languages: Languages | None = None) -> ASGIApp:
    """Return the application over ``services``: API, pages, headers on everything.

    Args:
        services: The server's parts, open for as long as the application runs.
        languages: What readers may be answered in; those that are shipped by default.
    """
    app = routed_app(services)
    reading = ReaderLanguage(cast("Any", app), languages or Languages())
    layered = EdgeLayer(cast("Any", reading), services.clock, tls=services.settings.tls)
    return cast("ASGIApp", MethodLayer(cast("Any", layered), methods_of(app)))


def routed_app(services: Services) -> Litestar:
    """Return the routes alone, without the layers around them."""
    return Litestar(
        route_handlers=[*_API_HANDLERS, members_router(), *page_handlers()],
        dependencies={
            "services": Provide(lambda: services, sync_to_thread=False, use_cache=True),
        },
        exception_handlers={**EXCEPTION_HANDLERS},
        guards=[refuse_foreign_origin],
        openapi_config=None,
        request_class=JsonRequest,
        request_max_body_size=limits.REQUEST_BYTES_MAX,
        state=State({"services": services}),
        logging_config=None,
        debug=False,
    )
