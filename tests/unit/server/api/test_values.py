"""Texts that stand for bytes."""

import pytest

from trailmark_server.api.values import base64_from_bytes, bytes_from_base64
from trailmark_shared.errors import DomainError


def test_bundles_come_back() -> None:
    assert b"sealed" == bytes_from_base64(base64_from_bytes(b"sealed"))


@pytest.mark.parametrize("text", ["a", "not base64!", "ü"])
def test_what_is_no_base64_is_named(text: str) -> None:
    with pytest.raises(DomainError):
        bytes_from_base64(text)
