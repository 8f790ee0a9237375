"""Signed statements: the bytes that travel are the bytes that were signed."""

from random import Random

import msgspec
import pytest

from tests.support.graph_devices import CIPHER, Secrets
from trailmark_adapters.nacl import NaclCipher
from trailmark_shared import limits
from trailmark_shared.device_graph.statements import (
    Erased,
    Founded,
    Holder,
    HolderId,
    KeysHanded,
    Renamed,
    Statement,
    StatementId,
    Wrap,
    kept_statement,
    make_statement,
    read_statement,
    space_of,
)
from trailmark_shared.errors import EventDataError, LimitExceededError
from trailmark_shared.ids import SpaceId

SECRETS = Secrets(Random(1))
FOUNDED = Founded(b"k" * 32)
SPACE = space_of(SECRETS.holder, FOUNDED)
SEEN = (StatementId(b"s" * 32),)


def said(says: object = Renamed(b"h" * 16, "phone")) -> Statement:
    assert isinstance(says, Renamed | Erased | KeysHanded)
    return make_statement(SECRETS.signer, SPACE, SECRETS.holder, SEEN, says)


def test_comes_back_as_it_was_said() -> None:
    statement = said(Erased("self", b"x" * 16, (b"e" * 16,)))

    assert statement == read_statement(CIPHER, SPACE, statement.raw)


@pytest.mark.parametrize("place", [0, 63, 64, 70, -1])
def test_altered_bytes_are_refused(place: int) -> None:
    raw = bytearray(said().raw)
    raw[place] ^= 1

    with pytest.raises(EventDataError):
        read_statement(CIPHER, SPACE, bytes(raw))


def test_bytes_of_nothing_are_refused() -> None:
    with pytest.raises(EventDataError):
        read_statement(CIPHER, SPACE, bytes(70))


def test_another_space_is_refused() -> None:
    with pytest.raises(EventDataError):
        read_statement(CIPHER, SpaceId(b"o" * 16), said().raw)


def test_only_the_first_device_founds_its_space() -> None:
    other = Secrets(Random(2))
    true = make_statement(SECRETS.signer, SPACE, SECRETS.holder, (), FOUNDED)
    forged = make_statement(other.signer, SPACE, other.holder, (), FOUNDED)

    assert true == read_statement(CIPHER, SPACE, true.raw)
    with pytest.raises(EventDataError):
        read_statement(CIPHER, SPACE, forged.raw)


def test_nothing_but_a_beginning_has_seen_nothing() -> None:
    rootless = make_statement(SECRETS.signer, SPACE, SECRETS.holder, (), Renamed(b"h" * 16, "x"))

    with pytest.raises(EventDataError):
        read_statement(CIPHER, SPACE, rootless.raw)


def test_too_long_a_statement_is_neither_made_nor_read() -> None:
    wraps = tuple(Wrap(b"k" * 8, b"h" * 16, bytes(600)) for _ in range(limits.WRAPS_MAX))

    with pytest.raises(LimitExceededError):
        said(KeysHanded(wraps))
    with pytest.raises(LimitExceededError):
        read_statement(CIPHER, SPACE, bytes(limits.STATEMENT_BYTES_MAX + 1))


def test_an_id_is_made_of_kind_and_both_keys() -> None:
    keys = SECRETS.holder.sign_key, SECRETS.holder.box_key
    ids = {
        Holder("device", *keys).id,
        Holder("code", *keys).id,
        Holder("device", keys[1], keys[0]).id,
        Holder("device", keys[0], bytes(32)).id,
    }

    assert 4 == len(ids)
    assert HolderId(SECRETS.holder.id) in ids


def test_real_signatures_are_told_from_forged_ones() -> None:
    """Ed25519 by PyNaCl; the paper keys of the other tests are worth nothing."""
    bindings = pytest.importorskip("nacl.bindings")
    public, private = bindings.crypto_sign_seed_keypair(b"s" * 32)
    holder = Holder("device", public, NaclCipher().box_public_key(b"b" * 32))

    class Real:
        def sign(self, message: bytes) -> bytes:
            return bindings.crypto_sign(message, private)[:64]

    founded = Founded(b"k" * 32)
    space = space_of(holder, founded)
    statement = make_statement(Real(), space, holder, (), founded)

    assert statement == read_statement(NaclCipher(), space, statement.raw)
    with pytest.raises(EventDataError):
        read_statement(NaclCipher(), space, bytes(64) + statement.raw[64:])


def test_one_encoding_only() -> None:
    raw = said().raw
    again = msgspec.msgpack.decode(raw[64:])
    again[2] = [again[2][0], again[2][0]]
    doubled = msgspec.msgpack.encode(again)

    with pytest.raises(EventDataError):
        read_statement(CIPHER, SPACE, raw[:64] + doubled)


def test_what_was_read_once_is_read_again_without_its_signature() -> None:
    statement = said()

    assert kept_statement(statement.raw) == statement
