"""Both sessions against each other: seeded worlds, and the stories that must never be lost again.

Cites docs/protocol.md, "The rules".
"""

from random import Random

import msgspec
import pytest

from tests.support.memory_client import MemoryClient
from tests.support.memory_server import MemoryServer
from tests.support.pairs import SessionPair, decoded
from tests.support.session_steps import SPACE
from tests.support.sync_world import SyncWorld
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF
from trailmark_shared.protocol import messages

ORDERS = pytest.mark.parametrize("depth_first", [False, True], ids=["breadth", "depth"])


def device(seed: int, count: int = 0) -> MemoryClient:
    client = MemoryClient(SPACE, Random(seed))
    for number in range(count):
        client.write(SELF, b"%d" % number)
    return client


def sync(client: MemoryClient, server: MemoryServer, *, depth_first: bool = False) -> SessionPair:
    pair = SessionPair(client, server, depth_first=depth_first)
    pair.sync()
    return pair


def kinds(pair: SessionPair) -> list[type[messages.Message]]:
    return [type(message) for _, message in decoded(pair)]


def assert_same_log(server: MemoryServer, *clients: MemoryClient) -> None:
    log = [row.lane_hash for row in server.lane(SELF).rows]
    for client in clients:
        assert log == [row.lane_hash for row in client.lane(SELF).rows]
        assert ([], []) == (client.lane(SELF).outbox, client.lane(SELF).held)


@pytest.mark.parametrize("first", range(1_000, 1_200, 50))
def test_devices_converge_whatever_happens(first: int) -> None:
    for seed in range(first, first + 50):
        SyncWorld(seed).run()


@pytest.mark.parametrize("seed", [23, 184, 883, 2930, 2943, 3664, 4598, 7032])
def test_seeds_that_once_found_a_fault(seed: int) -> None:
    SyncWorld(seed).run()


@ORDERS
class TestForks:
    """Rule 1: a copied data folder loses nothing and doubles nothing."""

    def test_twins_that_wrote_apart_both_keep_their_words(self, *, depth_first: bool) -> None:
        server, phone = MemoryServer(SPACE), device(1, 1)
        sync(phone, server)
        twin = phone.clone(Random(2))
        phone.write(SELF, b"phone")
        twin.write(SELF, b"twin")

        for client in (phone, twin, phone):
            sync(client, server, depth_first=depth_first)

        assert [b"0", b"phone", b"twin"] == [r.event.body for r in server.lane(SELF).rows]
        assert (0, 1) == (phone.epochs_started, twin.epochs_started)
        assert_same_log(server, phone, twin)

    def test_words_that_a_twin_displaced_are_written_again(self, *, depth_first: bool) -> None:
        """The twin's rows under the same numbering make the own last event look present."""
        server, phone = MemoryServer(SPACE), device(1, 1)
        sync(phone, server)
        twin = phone.clone(Random(2))
        twin.write(SELF, b"twin")
        phone.write(SELF, b"phone")
        sync(twin, server)
        pull = SessionPair(phone, server)
        phone.lane(SELF).outbox, waiting = [], phone.lane(SELF).outbox
        pull.sync()
        phone.lane(SELF).outbox = waiting
        phone.write(SELF, b"later")

        sync(phone, server, depth_first=depth_first)

        assert {b"0", b"twin", b"phone", b"later"} == {
            row.event.body for row in server.lane(SELF).rows
        } - {None}
        assert_same_log(server, phone)

    def test_a_restored_backup_takes_a_new_epoch_before_it_writes(
        self, *, depth_first: bool
    ) -> None:
        server, phone = MemoryServer(SPACE), device(1, 1)
        sync(phone, server)
        backup = phone.backup()
        phone.write(SELF, b"lost here, kept there")
        sync(phone, server)
        phone.restore(backup, identity=True)

        sync(phone, server, depth_first=depth_first)

        assert 1 == phone.epochs_started
        assert_same_log(server, phone)


@ORDERS
class TestRestores:
    """Rule 3: a server that comes back from an old backup is healed by its devices."""

    def test_the_log_is_extended_as_it_was(self, *, depth_first: bool) -> None:
        server, phone = MemoryServer(SPACE, page_rows=1), device(1, 1)
        sync(phone, server)
        backup = server.backup()
        for number in range(9):
            phone.write(SELF, b"more %d" % number)
        sync(phone, server)
        before = [row.lane_hash for row in server.lane(SELF).rows]
        server.restore(backup)

        pair = sync(phone, server, depth_first=depth_first)

        assert before == [row.lane_hash for row in server.lane(SELF).rows]
        # ``back`` names rows 9, 8, 6 and 2: none is known, so all ten are read and offered again.
        assert 10 == kinds(pair).count(messages.Offer)
        assert_same_log(server, phone)

    def test_a_log_that_went_on_takes_the_rows_with_their_proven_fields(
        self, *, depth_first: bool
    ) -> None:
        server, phone, laptop = MemoryServer(SPACE), device(1, 2), device(2)
        backup = server.backup()
        sync(phone, server)
        proofs = {row.proof for row in server.lane(SELF).rows}
        server.restore(backup)
        server.now += 1_000
        laptop.write(SELF, b"laptop")
        sync(laptop, server)

        sync(phone, server, depth_first=depth_first)
        sync(laptop, server)

        assert proofs < {row.proof for row in server.lane(SELF).rows}
        assert_same_log(server, phone, laptop)

    def test_rows_that_continue_no_chain_are_marked_aside(self, *, depth_first: bool) -> None:
        server, phone = MemoryServer(SPACE), device(1, 1)
        sync(phone, server)
        twin = phone.clone(Random(3))
        backup = server.backup()
        phone.write(SELF, b"phone")
        sync(phone, server)
        server.restore(backup)
        twin.write(SELF, b"twin")
        sync(twin, server)

        sync(phone, server, depth_first=depth_first)

        assert [None, None, ErrorCode.ASIDE] == [row.code for row in server.lane(SELF).rows]
        assert_same_log(server, phone)

    def test_refused_offers_write_own_words_again_and_name_the_others(
        self, *, depth_first: bool
    ) -> None:
        server, phone, laptop = MemoryServer(SPACE), device(1, 1), device(2, 1)
        empty = server.backup()
        sync(laptop, server)
        sync(phone, server)
        theirs = laptop.lane(SELF).rows[0].event.id
        server.restore(empty)
        heads = phone.lane(SELF).heads
        for seq, head in heads.items():
            heads[seq] = msgspec.structs.replace(head, signature=bytes(64))

        sync(phone, server, depth_first=depth_first)

        assert [b"0"] == [row.event.body for row in server.lane(SELF).rows]
        assert [theirs] == phone.missing
        assert 1 == phone.epochs_started
        assert_same_log(server, phone)


def test_a_gap_that_is_filled_costs_no_epoch() -> None:
    """Rule 1: the server lost rows that the device still has in its outbox."""
    server, phone = MemoryServer(SPACE), device(1, 3)
    pair = SessionPair(phone, server)
    phone.batch_events = 1
    pair.connect()
    pair.step_server()
    pair.step_client()
    pair.to_server.popleft()
    pair.run()

    assert messages.Gap in kinds(pair)
    assert 0 == phone.epochs_started
    assert_same_log(server, phone)


def test_a_repeated_batch_is_one_batch() -> None:
    """Rule 1: idempotent push."""
    server, phone = MemoryServer(SPACE), device(1, 3)
    pair = SessionPair(phone, server)
    pair.connect()
    pair.step_server()
    pair.step_client()
    pair.to_server.append(pair.to_server[0])
    pair.run()

    assert 3 == len(server.lane(SELF).rows)
    assert_same_log(server, phone)


def test_a_session_with_nothing_to_do_is_idle() -> None:
    pair = SessionPair(device(1), MemoryServer(SPACE))
    pair.connect()
    pair.run()

    assert (True, True) == (pair.client_session.is_idle, pair.server_session.is_idle)


def test_own_words_are_confirmed_by_the_log() -> None:
    phone = device(1, 1)

    pair = sync(phone, MemoryServer(SPACE))

    assert [] == phone.lane(SELF).outbox
    assert [
        messages.Hello,
        messages.Welcome,
        messages.Push,
        messages.Pushed,
        messages.Events,
        messages.Ack,
        messages.Bye,
    ] == kinds(pair)
