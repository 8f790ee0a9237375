"""The server's parts: an id that survives restores, and the origins of its own pages."""

from tests.support.stores import MemoryParts
from trailmark_server.heads import SigningKeys, next_key


def test_the_id_follows_the_signing_key() -> None:
    assert MemoryParts().services.server_id == MemoryParts().services.server_id
    assert 16 == len(MemoryParts().services.server_id)


def test_the_id_stays_when_the_key_is_followed_by_another_one() -> None:
    services = MemoryParts().services
    before, seed = services.server_id, bytes(32)
    made = next_key(SigningKeys(chain=services.signer.chain, seed=seed), b"2" * 32, 1)
    services.signer.use(SigningKeys(chain=(*services.signer.chain, made), seed=b"2" * 32))

    assert before == services.server_id


def test_own_origins_are_those_of_its_addresses() -> None:
    services = MemoryParts("https://trail.example.org:443").services

    assert frozenset({"https://trail.example.org"}) == services.own_origins


def test_now_is_the_clocks() -> None:
    parts = MemoryParts()
    parts.clock.advance(5)

    assert parts.clock.now_ms() == parts.services.now()
