"""What a server says of itself, and what it must not leave out."""

from collections.abc import Sequence

import msgspec
import pytest

from tests.support.key_chains import key_chain
from trailmark_adapters.nacl import NaclCipher
from trailmark_client.server_answers import (
    JoinAnswer,
    KeyAnswer,
    MemberAnswer,
    ServerAnswer,
    home_server,
)
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import text_from_id
from trailmark_shared.protocol.messages import SigningKey
from trailmark_shared.protocol.signing_keys import first_key

CIPHER = NaclCipher()
KEYS = key_chain(b"1" * 32, b"2" * 32, b"3" * 32)
ID = text_from_id(b"h" * 16)


def answer_of(key: str = "11" * 32, keys: Sequence[SigningKey] = ()) -> ServerAnswer:
    told = [
        KeyAnswer(
            key=each.key.hex(),
            since=each.since,
            signature=None if each.signature is None else each.signature.hex(),
        )
        for each in keys
    ]
    return ServerAnswer(id=ID, name="Home", signing_key=key, keys=told)


def test_a_server_is_kept_with_its_key() -> None:
    server = home_server(CIPHER, "https://home", answer_of())

    assert (server.url, server.id, server.name) == ("https://home", b"h" * 16, "Home")
    assert server.signing_key == b"\x11" * 32
    assert () == server.succession


def test_who_joins_first_pins_the_newest_key() -> None:
    server = home_server(CIPHER, "https://home", answer_of(KEYS[2].key.hex(), KEYS))

    assert (KEYS[2].key, ()) == (server.signing_key, server.succession)


def test_the_newest_key_is_reached_from_the_pinned_one() -> None:
    known = home_server(CIPHER, "https://home", answer_of(KEYS[0].key.hex()))

    server = home_server(CIPHER, "https://home", answer_of(KEYS[2].key.hex(), KEYS), known)

    assert (KEYS[2].key, tuple(KEYS)) == (server.signing_key, server.succession)


@pytest.mark.parametrize("keys", [[], KEYS[2:], [first_key(KEYS[2].key)]])
def test_a_key_that_does_not_follow_is_refused_by_name(keys: Sequence[SigningKey]) -> None:
    known = home_server(CIPHER, "https://home", answer_of(KEYS[0].key.hex()))

    with pytest.raises(RefusedError) as raised:
        home_server(CIPHER, "https://home", answer_of(KEYS[2].key.hex(), keys), known)

    assert raised.value.code is ErrorCode.UNKNOWN_SIGNING_KEY


@pytest.mark.parametrize("key", ["", "11", "no key", "11" * 33])
def test_a_server_without_a_key_is_none(key: str) -> None:
    with pytest.raises(RefusedError):
        home_server(CIPHER, "https://home", answer_of(key))


def test_a_server_that_signs_with_a_key_which_it_does_not_list_is_none() -> None:
    with pytest.raises(RefusedError):
        home_server(CIPHER, "https://home", answer_of(keys=KEYS))


JOINED = {
    "space": ID,
    "credential": "tmd_x",
    "credential_expires_at": 1,
    "server": {"id": ID, "name": "Home", "signing_key": "11" * 32, "motto": "new"},
    "member": {"id": ID, "name": "Dr Demo"},
    "confirmed": True,
    "phrase": "computed here instead",
}


def test_fields_of_a_newer_server_are_passed_over() -> None:
    assert msgspec.convert(JOINED, JoinAnswer).confirmed


@pytest.mark.parametrize(
    "lie",
    [
        {"credential": "tmd_x\r\nHost: elsewhere"},
        {"credential": "tmd_\u00fc"},
        {"credential": ""},
        {"credential_expires_at": -1},
        {"credential_expires_at": 10**30},
        {"member": {"id": "../space/erasure", "name": "Dr Demo"}},
        {"server": {"id": "home", "name": "Home", "signing_key": "11" * 32}},
    ],
)
def test_what_no_device_could_go_on_with_is_no_answer(lie: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(JOINED | lie, JoinAnswer)


@pytest.mark.parametrize("name", ["Dr\nFour words: a b c d", "\x1b[2J", "a\u202eb", "", "x" * 301])
def test_a_name_that_could_write_words_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"id": ID, "name": name}, MemberAnswer)
