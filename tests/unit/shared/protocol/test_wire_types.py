"""What a decoder refuses by its shape alone."""

from typing import Any

import msgspec
import pytest

from trailmark_shared import limits
from trailmark_shared.protocol import wire_types


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [
        (wire_types.U53, 0, -1),
        (wire_types.U53, limits.INTEGER_MAX, limits.INTEGER_MAX + 1),
        (wire_types.I53, -limits.INTEGER_MAX, -limits.INTEGER_MAX - 1),
        (wire_types.Place, 1, 0),
        (wire_types.Id16, bytes(16), bytes(15)),
        (wire_types.Epoch8, bytes(8), bytes(9)),
        (wire_types.Key8, bytes(8), bytes(7)),
        (wire_types.Salt16, bytes(16), bytes(17)),
        (wire_types.Hash32, bytes(32), bytes(31)),
        (wire_types.Key32, bytes(32), bytes(33)),
        (wire_types.Signature64, bytes(64), bytes(63)),
        (wire_types.LaneName, "self", "Self"),
        (wire_types.Code, "x" * 40, "x" * 41),
        (wire_types.ShortText, "x" * 200, "x" * 201),
        (wire_types.CredentialText, "tmd_x", ""),
        (wire_types.CredentialText, "x" * 200, "x" * 201),
        (wire_types.CredentialText, "!", "a\r\nX: y"),
        (wire_types.CredentialText, "~", "tmd_\u00fc"),
        (wire_types.CredentialText, "~", "tmd_x\n"),
    ],
)
def test_a_value_of_another_shape_is_refused(shape: Any, good: object, bad: object) -> None:  # noqa: ANN401
    assert good == msgspec.msgpack.decode(msgspec.msgpack.encode(good), type=shape)
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode(bad), type=shape)
