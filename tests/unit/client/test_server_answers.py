"""What a server says of itself, and what it must not leave out."""

import msgspec
import pytest

from trailmark_client.server_answers import (
    JoinAnswer,
    MemberAnswer,
    ServerAnswer,
    home_server,
)
from trailmark_shared.errors import RefusedError
from trailmark_shared.ids import text_from_id

ID = text_from_id(b"h" * 16)


def test_a_server_is_kept_with_its_key() -> None:
    server = home_server("https://home", ServerAnswer(id=ID, name="Home", signing_key="11" * 32))

    assert (server.url, server.id, server.name) == ("https://home", b"h" * 16, "Home")
    assert server.signing_key == b"\x11" * 32


@pytest.mark.parametrize("key", ["", "11", "no key", "11" * 33])
def test_a_server_without_a_key_is_none(key: str) -> None:
    with pytest.raises(RefusedError):
        home_server("https://home", ServerAnswer(id=ID, name="Home", signing_key=key))


def test_fields_of_a_newer_server_are_passed_over() -> None:
    answer = {
        "space": ID,
        "credential": "tmd_x",
        "credential_expires_at": 1,
        "server": {"id": ID, "name": "Home", "signing_key": "11" * 32, "motto": "new"},
        "member": {"id": ID, "name": "Dr Demo"},
        "confirmed": True,
        "phrase": "computed here instead",
    }

    assert msgspec.convert(answer, JoinAnswer).confirmed


@pytest.mark.parametrize("name", ["Dr\nFour words: a b c d", "\x1b[2J", "a\u202eb", "", "x" * 301])
def test_a_name_that_could_write_words_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"id": ID, "name": name}, MemberAnswer)
