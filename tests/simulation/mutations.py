"""Mechanisms of the product, switched off one at a time: a simulation that misses it is blind.

Nothing in the product knows of this: each mutation patches what it takes away, for one run.
"""

import asyncio
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import MappingProxyType
from typing import Any, Final
from unittest import mock

import msgspec

from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity, IdentityFile
from trailmark_client.key_sharing import KeySharing
from trailmark_client.storage import cursors
from trailmark_client.storage.cursors import Cursor
from trailmark_client.storage.event_log import OutboxBatch, outbox_batch, outbox_lanes
from trailmark_client.storage.held import begin_rewind
from trailmark_client.storage.vault import Vault
from trailmark_server import ingest
from trailmark_server.lane_draft import LaneDraft
from trailmark_server.storage import writing
from trailmark_server.storage.rows import Database
from trailmark_server.storage.sqlite import database as group_commit
from trailmark_shared import limits
from trailmark_shared.device_graph.keys import HeldKeys
from trailmark_shared.device_graph.statements import Holder
from trailmark_shared.domain import conflicts
from trailmark_shared.domain.conflicts import Setter
from trailmark_shared.errors import ProtocolError
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import Epoch, KeyId, Lane, SpaceId
from trailmark_shared.protocol.effects import BeginRewind, PageStored
from trailmark_shared.protocol.messages import LaneHello


class Mutation(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is taken away.

    Attributes:
        what: What it takes away, in words.
        seeds: It is found within so many seeds, from 0 on.
        found_at: The seed that found it last; tried first, so that a test need not search.
        patches: What to put in place of what, by dotted name.
    """

    what: str
    seeds: int
    found_at: int
    patches: Mapping[str, Any]


@contextmanager
def switched_on(mutation: Mutation) -> Generator[None]:
    """Run the body with the mechanism switched off."""
    with ExitStack() as stack:
        for name, replacement in mutation.patches.items():
            stack.enter_context(mock.patch(name, replacement))
        yield


class _EarlyError(Exception):
    """Ends a transaction that was only meant to give an answer."""


async def _answer_then_commit(file: Any) -> None:  # noqa: ANN401
    """Tell everybody that it is saved, a moment before it is."""
    await asyncio.sleep(0.001)
    group, file._waiting = file._waiting, []  # noqa: SLF001

    def dry_run(conn: Connection) -> None:
        for job in group:
            group_commit._run_one(conn, job)  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
        raise _EarlyError

    with suppress(_EarlyError):
        file.file.write(dry_run)
    for job in group:
        job.settle()
    await asyncio.sleep(0.05)
    file._machine.maybe_die()  # noqa: SLF001
    group_commit._run_group(file.file, group)  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
    if file._on_commit is not None:  # noqa: SLF001
        file.file.read(file._on_commit)  # noqa: SLF001


def _by_number(_rows: object, lane: Any, hello: LaneHello) -> int:  # noqa: ANN401
    return min(hello.cursor, lane.head)


def _forget_behind(
    conn: Connection, vault: Vault, effect: BeginRewind, now_ms: int
) -> PageStored | None:
    stood = begin_rewind(conn, vault, effect, now_ms)
    conn.execute("DELETE FROM event WHERE lane = ? AND held IS NOT NULL", (effect.lane,))
    return None if stood is None else msgspec.structs.replace(stood, held=False)


class _Everything(frozenset[Any]):
    """A set that holds whatever is asked for."""

    def __ge__(self, other: object) -> bool:
        return True

    def issuperset(self, *others: object) -> bool:
        del others
        return True


_CLAIMED: Final = writing.Recorded(grants=_Everything(), erased=_Everything())


async def _only_in_the_log(store: Any, space: SpaceId, grants: Sequence[bytes]) -> bool:  # noqa: ANN401
    database: Database = store._database  # noqa: SLF001
    await database.write(lambda tables: tables.log.add_revoked(space, grants))
    return True


def _whole_outbox(conn: Connection, identity: Identity, lane: Lane, after: int) -> OutboxBatch:
    agreed = msgspec.structs.replace(identity, private_copy=True)
    return outbox_batch(conn, agreed, lane, after)


def _only_the_epoch(
    conn: Connection, identity_file: IdentityFile, randomness: Randomness
) -> tuple[Epoch, list[Lane]]:
    epoch = Epoch(randomness.token(limits.EPOCH_BYTES))
    identity_file.update(lambda current: msgspec.structs.replace(current, epoch=epoch))
    return epoch, outbox_lanes(conn)


def _stopping_at_refusals(draft: LaneDraft, actor: str, event: Event) -> Any:  # noqa: ANN401
    body, code = _JUDGED(draft, actor, event)
    if code is not None:
        raise ProtocolError(code, "the queue stops here")
    return body, code


def _in_two_transactions(conn: Connection, lane: str, cursor: Cursor) -> None:
    conn.execute("COMMIT")
    conn.execute("BEGIN IMMEDIATE")
    _SET_CURSOR(conn, lane, cursor)


async def _done(*_arguments: object, **_options: object) -> None:
    pass


async def _never(*_arguments: object, **_options: object) -> None:
    await asyncio.Event().wait()


def _a_year(*_arguments: object, **_options: object) -> int:
    return 365 * 24 * 3600 * 1000


def _none(*_arguments: object, **_options: object) -> Any:  # noqa: ANN401
    return ()


def _last_only(setters: Collection[Setter[Any]]) -> list[Setter[Any]]:
    return list(_CURRENT(setters))[:1]


def _any_key(held: HeldKeys) -> KeyId | None:
    return min(held.keys)


_SEALS_WITH_ANY: Final = property(_any_key)


def _keeps_old_codes(sharing: KeySharing, conn: Connection, code: Holder) -> None:
    sharing.let_in(conn, code, "")


_JUDGED: Final = ingest.judged
_SET_CURSOR: Final = cursors.set_cursor
_CURRENT: Final = conflicts.current_values


def _nothing(*_arguments: object, **_options: object) -> Any:  # noqa: ANN401
    return None


def _no(*_arguments: object, **_options: object) -> bool:
    return False


def _yes(*_arguments: object, **_options: object) -> bool:
    return True


_CLIENT = "trailmark_client.session_store"
_INGEST = "trailmark_server.ingest"

MUTATIONS: Final[Mapping[str, Mutation]] = MappingProxyType(
    {
        "answer_before_commit": Mutation(
            what="“sent” is said before the commit",
            seeds=5,
            found_at=0,
            patches={"tests.simulation.machines.SimServerFile._commit_group": _answer_then_commit},
        ),
        "no_fork_check": Mutation(
            what="other events under known numbers are answered as sent",
            seeds=20,
            found_at=4,
            patches={f"{_INGEST}._is_known": _yes, f"{_CLIENT}.is_forked": _no},
        ),
        "cursor_by_number": Mutation(
            what="a cursor is compared by its number, not by its hash",
            seeds=30,
            found_at=8,
            patches={"trailmark_server.storage.reading.common_row": _by_number},
        ),
        "ids_not_unique": Mutation(
            what="an id may be taken twice",
            seeds=20,
            found_at=14,
            patches={"trailmark_server.lane_draft.LaneDraft.is_taken": _no},
        ),
        "rewind_forgets": Mutation(
            what="a rewind drops what the server does not know",
            seeds=20,
            found_at=2,
            patches={f"{_CLIENT}.begin_rewind": _forget_behind},
        ),
        "keys_never": Mutation(
            what="revocations are in the log only, not in the keys store (a pair)",
            seeds=20,
            found_at=2,
            patches={
                "trailmark_server.storage.sealed_tables.NOTHING_RECORDED": _CLAIMED,
                "trailmark_server.storage.log_store.LogStore.record_revocations": _only_in_the_log,
            },
        ),
        "grant_not_asked": Mutation(
            what="the transaction that reads does not ask for the grant",
            seeds=20,
            found_at=12,
            patches={"trailmark_server.storage.log_reading.require_grant": _nothing},
        ),
        "numbers_kept_after_fork": Mutation(
            what="after a fork events keep their old numbers, and no session minds (a pair)",
            seeds=20,
            found_at=4,
            patches={
                f"{_CLIENT}.start_epoch": _only_the_epoch,
                "trailmark_client.storage.cursors.has_foreign_outbox": _no,
            },
        ),
        "private_without_consent": Mutation(
            what="entries of the lane self leave the device without a private copy",
            seeds=20,
            found_at=0,
            patches={f"{_CLIENT}.outbox_batch": _whole_outbox},
        ),
        "refusal_stops_the_queue": Mutation(
            what="an entry that cannot be accepted ends the session instead of becoming a stub",
            seeds=40,
            found_at=4,
            patches={f"{_INGEST}.judged": _stopping_at_refusals},
        ),
        "offers_never": Mutation(
            what="what a restored server lost is not offered",
            seeds=20,
            found_at=2,
            patches={f"{_CLIENT}.offers_of": _none},
        ),
        "aside_not_said": Mutation(
            what="an offered row that does not continue its chain stands as if it did",
            seeds=60,
            found_at=10,
            patches={"trailmark_server.lane_draft.LaneDraft.continues": _yes},
        ),
        "cursor_apart": Mutation(
            what="rows and cursor are written in two transactions",
            seeds=25,
            found_at=24,
            patches={"trailmark_client.storage.page_store.set_cursor": _in_two_transactions},
        ),
        "nobody_hears": Mutation(
            what="no bell rings and nobody looks at the heads (a pair)",
            seeds=5,
            found_at=0,
            patches={
                "trailmark_server.bell.Bell.ring": _nothing,
                "tests.simulation.server.watch_store": _never,
            },
        ),
        "no_coming_back": Mutation(
            what="a device that lost its connection stays away",
            seeds=5,
            found_at=7,
            patches={"trailmark_client.replicator.Replicator._pause_ms": _a_year},
        ),
        "revocations_unheard": Mutation(
            what="the server waits for the events instead of the list that goes before them",
            seeds=60,
            found_at=20,
            patches={"trailmark_server.devices.DeviceSession._record_revocations": _done},
        ),
        "requests_forget_revocations": Mutation(
            what="what was revoked is named by one request, not by those behind it",
            seeds=100,
            found_at=35,
            patches={"trailmark_client.sync_requests.RequestTransport._name_revoked": _nothing},
        ),
        "open_after_restore": Mutation(
            what="a restored space is not closed to members",
            seeds=100,
            found_at=14,
            patches={"trailmark_server.storage.log_store.LogStore._set_closed": _done},
        ),
        "joined_and_not_written_again": Mutation(
            what="what a device wrote before it joined keeps its old space (a pair)",
            seeds=20,
            found_at=1,
            patches={
                "trailmark_client.bundles.write_again": _none,
                "trailmark_client.storage.cursors.has_foreign_outbox": _no,
            },
        ),
        "base_is_empty": Mutation(
            what="a change does not name what it was made upon",
            seeds=5,
            found_at=2,
            patches={"trailmark_client.recorder.Recorder.base_of": _none},
        ),
        "conflicts_hidden": Mutation(
            what="of two changes made apart only one is shown",
            seeds=100,
            found_at=15,
            patches={"trailmark_shared.projections.fields.current_values": _last_only},
        ),
        "removed_device_keeps_its_keys": Mutation(
            what="removing a device changes no key",
            seeds=100,
            found_at=7,
            patches={"trailmark_shared.device_graph.keys.HeldKeys.sealing_key": _SEALS_WITH_ANY},
        ),
        "replaced_code_comes_back": Mutation(
            what="a recovery code that was replaced goes on getting keys",
            seeds=100,
            found_at=0,
            patches={"trailmark_client.key_sharing.KeySharing.replace_code": _keeps_old_codes},
        ),
        "orders_not_repeated": Mutation(
            what="orders to erase are not said",
            seeds=100,
            found_at=2,
            patches={"trailmark_shared.device_graph.duties.orders_to_repeat": _none},
        ),
        "erased_comes_back": Mutation(
            what="an erased body is taken again from a device that still has it (a pair)",
            seeds=100,
            found_at=2,
            patches={
                "trailmark_server.lane_draft.LaneDraft.is_erased": _no,
                "trailmark_client.storage.page_store.erased_among": _none,
            },
        ),
    }
)
"""Name -> mutation."""
