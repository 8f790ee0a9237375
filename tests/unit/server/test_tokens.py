"""Tokens: text that fits an address, and a hash in place of what opens something."""

from hashlib import sha256

from trailmark_server.tokens import TOKEN_BYTES, secret_hash, token_text


def test_a_token_is_43_characters_that_need_no_quoting() -> None:
    assert "_" * 42 + "8" == token_text(b"\xff" * TOKEN_BYTES)


def test_of_a_secret_its_sha256_is_kept_whatever_was_typed() -> None:
    assert sha256(b"code").digest() == secret_hash("code")
    assert 32 == len(secret_hash("\udcff"))
