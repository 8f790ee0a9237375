"""Judging a run at its end: every promise that can be checked when everything is quiet."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.simulation.device import SimDevice
from tests.simulation.ledger import STRANGERS_SPACE, check
from tests.simulation.orders import emptied_row, named_by_lost_orders, ordered_by_device
from tests.simulation.person import CANARY
from trailmark_adapters.sqlite import Connection
from trailmark_client.speaking import Boxes
from trailmark_client.storage import read_models, state_hashes, verification
from trailmark_client.storage.event_log import unsent_count
from trailmark_server.access import TherapistActor, Verb, authorize
from trailmark_server.projector import SubjectRow, fold_subjects
from trailmark_shared import chain
from trailmark_shared.device_graph.statements import Erased
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import SELF, Lane, is_shared
from trailmark_shared.projections.state_hash import state_hash as hash_of_documents

if TYPE_CHECKING:
    from tests.simulation.world import World

_ROWS = "seq, lane_hash, hash, id, device, epoch, dseq, prev, code, actor, received_at"
_LIVE_CODES = (None, "aside")
_LOG = (
    f"SELECT {_ROWS}, body IS NOT NULL FROM event"  # noqa: S608
    " WHERE lane = (SELECT number FROM lane WHERE name = ? AND space != ?) ORDER BY seq"
)
_REPLICA = (
    f"SELECT {_ROWS}, body IS NOT NULL FROM event"  # noqa: S608
    " WHERE lane = ? AND held IS NULL AND seq IS NOT NULL ORDER BY seq"
)


def server_lanes(world: World) -> dict[str, tuple[int, bytes]]:
    """Return head and lane hash of every lane of the server."""
    found = world.server.main.file.read(
        lambda conn: conn.execute(
            "SELECT name, head, hash FROM lane WHERE space != ? ORDER BY name", (STRANGERS_SPACE,)
        ).fetchall()
    )
    return {name: (head, hash_) for name, head, hash_ in found}


def unsettled(world: World) -> list[str]:
    """Return what is not done yet, in words; empty once everything has converged."""
    if not world.server.is_serving:
        return ["the server is down"]
    lanes = server_lanes(world)
    reasons: list[str] = []
    reasons += _key_reasons(world)
    for device in world.present:
        if not device.is_up:
            reasons.append(f"{device.name} is down")
        elif not device.is_joined:
            reasons.append(f"{device.name} has not joined")
        else:
            reasons += device.app.read(lambda conn, d=device: _open_ends(conn, d, lanes))
            reasons += world.imports.open_ends(device)
    return reasons


def _key_reasons(world: World) -> list[str]:
    """What is not settled about devices: all know the same ones, and seal with the same key."""
    known = [each.app.read(each.app.key_sharing.known) for each in world.joined()]
    sealing = {each.identity.newest_key.id for each in known}
    members = {frozenset(each.view.members) for each in known}
    reasons = [] if len(sealing) <= 1 else ["devices seal with different keys"]
    if len(members) > 1:
        reasons.append("devices differ about which are the person's")
    if not all(each.is_in or each.is_alone for each in known):
        reasons.append("a device is none of the person's")
    return reasons


def _open_ends(
    conn: Connection, device: SimDevice, lanes: dict[str, tuple[int, bytes]]
) -> list[str]:
    reasons: list[str] = []
    waiting = unsent_count(conn, device.app.identity)
    if waiting:
        reasons.append(f"{device.name} has {waiting} events without a row")
    for lane, place in lanes.items():
        at = conn.execute("SELECT seq, hash FROM cursor WHERE lane = ?", (lane,)).fetchone()
        if at != place:
            reasons.append(f"{device.name} stands at {at and at[0]} of {place[0]} in {lane[:8]}")
    held = conn.execute("SELECT count(*) FROM event WHERE held > 0").fetchone()[0]
    if held:
        reasons.append(f"{device.name} holds {held} rows back")
    if all(link.is_dead for link in device.links):  # which it may not have noticed yet
        reasons.append(f"{device.name} is connected to nobody")
    if device.status.phase != "live":
        reasons.append(f"{device.name} is {device.status.phase} ({device.status.code})")
    return reasons


class Judge:
    """The invariants at the end of one run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lanes = server_lanes(world)

    async def judge(self) -> None:
        """Check everything.

        Raises:
            BrokenPromiseError: With the name of the first invariant that does not hold.
        """
        world = self._world
        for device in world.present:
            world.check_own(device)
        for lane in self._lanes:
            self._check_lane(lane)
        self._check_keys()
        self._check_arrived()
        await self._check_views()
        self._check_erased()
        self._check_private()
        world.imports.judge()
        await self._check_verified()
        world.trace.update(repr(sorted(self._lanes.items())).encode())
        world.ledger.counts["rows"] += sum(head for head, _ in self._lanes.values())

    def _check_keys(self) -> None:
        """No device seals for a device that was removed, or a code that was replaced."""
        for device in self._world.joined():
            known = device.app.read(device.app.key_sharing.known)
            newest = device.app.identity.newest_key.id
            holders = known.held(Boxes()).holders(newest) | known.view.members.keys()
            for holder, taken_along in self._world.removed.items():
                is_known = newest in taken_along or holder in holders
                check("I16", not is_known, f"{device.name} seals for somebody who was removed")

    # --- logs ---

    def _log(self, lane: str) -> list[Any]:
        return self._world.server.main.file.read(
            lambda conn: conn.execute(_LOG, (lane, STRANGERS_SPACE)).fetchall()
        )

    def _check_lane(self, lane: str) -> None:
        log = self._log(lane)
        self._world.ledger.counts.update(f"row {row[8]}" for row in log if row[8] is not None)
        check("I2", [row[0] for row in log] == list(range(1, len(log) + 1)), "seq has holes")
        live = [row[3] for row in log if row[8] in _LIVE_CODES and row[11]]
        check("I2", len(live) == len(set(live)), f"an id with a body twice in {lane}")
        _check_chains(log)
        for device in self._world.present:
            replica = device.app.read(lambda conn: conn.execute(_REPLICA, (lane,)).fetchall())
            where = [
                (theirs[0], ours[0], _ROWS.split(", ")[at])
                for theirs, ours in zip(replica, log, strict=False)
                for at in range(11)
                if theirs[at] != ours[at]
            ]
            same = not where and len(replica) == len(log)
            words = f"{device.name} has another log of {lane}: {len(replica)} of {len(log)}"
            check("I11", same, f"{words} rows, {where[:3]}")

    # --- nothing lost ---

    def _check_arrived(self) -> None:
        world = self._world
        found: dict[bytes, list[tuple[str | None, bool]]] = {}
        for lane in self._lanes:
            for row in self._log(lane):
                found.setdefault(row[3], []).append((row[8], bool(row[11])))
        stays = not world.has_private_copy
        erased = self._erased()
        # The person erased it; a device sent it as a stub, and nobody knows of the order any more.
        lost_orders = named_by_lost_orders(world)
        for event_id, lane in world.ledger.expected.items():
            if event_id in erased:
                continue
            if stays and lane == SELF:
                check("I6", event_id not in found, "a private event was sent without consent")
                continue
            rows = found.get(event_id, [])
            check("I13", bool(rows), f"a saved event of {lane[:8]} never arrived")
            is_there = any(has_body for _, has_body in rows)
            codes = sorted(str(code) for code, _ in rows)
            if event_id in world.ledger.poison:
                check("I13", not is_there, f"poison was taken: {codes}")
            elif not is_there and not (codes == ["erased"] and event_id in lost_orders):
                is_closed = bool(world.ledger.revoked) and "lane_closed" in codes
                check("I13", is_closed, f"a good event was refused: {codes}")
        if stays:
            check("I6", SELF not in self._lanes, "the server holds private rows without consent")

    # --- erasing ---

    def _erased(self) -> set[bytes]:
        """Return the ids of all events whose erasure the log holds."""
        rows = self._world.server.main.file.read(
            lambda conn: conn.execute("SELECT id FROM erased_event").fetchall()
        )
        return {event_id for (event_id,) in rows}

    def _check_erased(self) -> None:
        """No words of what was erased stand on the server, nor where the order still exists."""
        erased = self._erased()
        ordered = ordered_by_device(self._world) - self._named_by_void_orders()
        bodies = "SELECT id FROM event WHERE body IS NOT NULL"
        files = [("server", self._world.server.main.file, erased)]
        files += [(each.name, each.app.file, erased & ordered) for each in self._world.present]
        for name, file, gone in files:
            held = {event for (event,) in file.read(lambda conn: conn.execute(bodies).fetchall())}
            left = held & gone
            check("I15", not left, f"{len(left)} erased entries are readable on {name}")

    # --- views ---

    async def _check_views(self) -> None:
        world = self._world
        space = world.present[0].app.identity.space
        for lane in self._lanes:
            hashes = {
                device.name: device.app.read(partial(state_hashes.state_hash, lane=lane))
                for device in world.present
            }
            if is_shared(lane):
                hashes["server"] = await world.server.store.state_hash(space, Lane(lane))
                fresh = await self._folded(lane)
                check("I12", hashes["server"] == fresh, f"{lane[:8]} is no fold of its log")
                if lane.startswith("care/"):
                    await self._check_therapist(lane, fresh)
                    await self._check_knowledge(lane)
            same = len(set(hashes.values())) == 1 or await self._differ_by_void_orders(lane)
            check("I12", same, f"views of {lane[:8]} differ: {hashes}")
        for device in world.present:
            before, after = _documents_refolded(device)
            check("I12", before == after, f"{device.name} shows what folding again does not")

    async def _differ_by_void_orders(self, lane: str) -> bool:
        """Say whether views differ only in what orders name that are void by now, or lost.

        Who obeyed such an order before cannot take that back (docs/threat-model.md), and who reads
        from the server what it let go by one finds no words; who has them keeps them.
        """
        world = self._world
        views = [
            device.app.read(partial(state_hashes.documents_of_lane, lane=lane))
            for device in world.present
        ]
        if is_shared(lane):
            space = world.present[0].app.identity.space
            views.append(await world.server.store.documents(space, Lane(lane)))
        named = tuple(self._named_by_void_orders() | named_by_lost_orders(world))
        subjects = [
            device.app.read(partial(_subjects_of, events=named)) for device in world.present
        ]
        void = set[bytes]().union(*subjects)
        # As state hashes compare them: the server keeps no days beside its documents.
        kept = [[each for each in view if each.subject not in void] for view in views]
        return len({hash_of_documents(view, lane) for view in kept}) == 1

    def _named_by_void_orders(self) -> set[bytes]:
        """Return the events that are named by orders which are not in force."""
        named: set[bytes] = set()
        for device in self._world.present:
            view = device.app.read(device.app.key_sharing.known).view
            for at, statement in enumerate(view.graph.statements):
                if isinstance(statement.says, Erased) and not view.in_force >> at & 1:
                    named.update(statement.says.events)
        return named

    async def _rows(self, lane: str) -> list[Row]:
        store, space = self._world.server.store, self._world.present[0].app.identity.space
        rows: list[Row] = []
        while page := (await store.read_page(space, Lane(lane), len(rows))).rows:
            rows += page
        return rows

    async def _folded(self, lane: str) -> bytes:
        """Return the state hash of a lane, folded anew from its log."""
        rows = await self._rows(lane)
        about: dict[bytes, list[SubjectRow]] = {}
        live = {row.event.id: decode_body(row.event.body) for row in rows if row.event.body}
        for row in rows:
            body, is_live = live.get(row.event.id), row.event.body is not None
            if body is not None and (is_live or row.code == ErrorCode.DUPLICATE):
                about.setdefault(body.subject, []).append((row, body if is_live else None))
        folded = fold_subjects(Lane(lane), about)
        return hash_of_documents(folded.documents, Lane(lane))

    async def _check_therapist(self, lane: str, fresh: bytes) -> None:
        world, store = self._world, self._world.server.store
        space, now = world.present[0].app.identity.space, world.server.services.now()
        actor = TherapistActor(member=world.therapist.id, session=None)
        right = authorize(actor, Verb.READ, space, Lane(lane), now)
        grants = [each for each in await store.grants(space) if each.lane == lane]
        is_let_in = any(each.is_live for each in grants)
        try:
            shown = await store.documents(space, Lane(lane), reader=right.reader)
        except RefusedError:
            check("I14", not is_let_in, "the therapist is shut out of a live grant")
            return
        check("I7", is_let_in, "the therapist is let in without a grant")
        same = hash_of_documents(shown, Lane(lane)) == fresh
        check("I14", same, "the therapist sees something else than the lane")

    async def _check_knowledge(self, lane: str) -> None:
        store, space = self._world.server.store, self._world.present[0].app.identity.space
        rows = await self._rows(lane)
        live = [
            (row.event.id, decode_body(row.event.body))
            for row in rows
            if row.event.body and row.code in _LIVE_CODES
        ]
        self._world.knowledge.judge(await store.documents(space, Lane(lane)), live)

    # --- privacy and damage ---

    def _check_private(self) -> None:
        for path in sorted(self._world.server.folder.iterdir()):
            has_words = CANARY.encode() in path.read_bytes()
            check("I6", not has_words, f"private words in the server's {path.name}")
        for device in self._world.present:
            shared = device.app.read(
                lambda conn: conn.execute(
                    "SELECT count(*) FROM event WHERE lane != 'self' AND instr(body, ?)",
                    (CANARY.encode(),),
                ).fetchone()[0]
            )
            check("I6", shared == 0, f"private words in a shared lane of {device.name}")

    async def _check_verified(self) -> None:
        world = self._world
        void = self._named_by_void_orders() | named_by_lost_orders(world)
        for device in world.present:
            vault = device.app.vault
            found = device.app.read(lambda conn, vault=vault: verification.verify_all(conn, vault))
            # Words that others let go by an order that is void, or lost, are missed here, and
            # rightly so: nothing tells such a row from one that an operator emptied.
            damage = [each for each in found if each.what != "stub" or each.event not in void]
            check("verify", not damage, f"{device.name}: {damage[:3]}")
        findings = await world.server.store.verify()
        flaws = [each for each in findings if emptied_row(world, each) not in void]
        check("verify", not flaws, f"server: {flaws[:3]}")
        check("verify", not await _heads_differ(world), "heads and lanes differ")


def _subjects_of(conn: Connection, events: Sequence[bytes]) -> set[bytes]:
    found = "SELECT subject FROM event WHERE id = ? AND subject IS NOT NULL"
    return {row[0] for event in events for row in conn.execute(found, (event,))}


async def _heads_differ(world: World) -> bool:
    space = world.present[0].app.identity.space
    heads = await world.server.store.heads([space])
    return {lane: head for (_, lane), head in heads.items()} != {
        lane: head for lane, (head, _) in server_lanes(world).items()
    }


def _check_chains(log: Sequence[Any]) -> None:
    """Every device's chain in a lane is whole; repeated rows, stubs and rows aside stand beside."""
    ends: dict[tuple[bytes, bytes], tuple[int, bytes]] = {}
    for row in log:
        key, dseq, prev, hash_, code = (row[4], row[5]), row[6], row[7], row[2], row[8]
        high, end = ends.get(key, (0, chain.GENESIS))
        if dseq == high + 1 and prev == end:
            ends[key] = (dseq, hash_)
        elif code is None:
            is_again = any(each[2] == hash_ for each in log if each[0] < row[0])
            check("I2", is_again, f"a chain is broken at dseq {dseq} with code {code}")


class _UndoError(Exception):
    """Leaves a transaction without a trace."""


def _documents_refolded(device: SimDevice) -> tuple[list[Any], list[Any]]:
    found: list[list[Any]] = []
    documents = "SELECT lane, subject, kind, parent, json FROM document ORDER BY lane, subject"

    def work(conn: Connection) -> None:
        found.append(conn.execute(documents).fetchall())
        read_models.refold_all(conn, device.app.vault.opener())
        found.append(conn.execute(documents).fetchall())
        raise _UndoError

    with suppress(_UndoError):
        device.app.file.write(work)
    return found[0], found[1]
