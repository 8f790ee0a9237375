"""The shapes of single values on the wire: what a decoder refuses before anybody looks at it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from trailmark_shared import limits
from trailmark_shared.ids import ALPHABET

U53 = Annotated[int, msgspec.Meta(ge=0, le=limits.INTEGER_MAX)]
I53 = Annotated[int, msgspec.Meta(ge=-limits.INTEGER_MAX, le=limits.INTEGER_MAX)]
Place = Annotated[int, msgspec.Meta(ge=1, le=limits.INTEGER_MAX)]
Id16 = Annotated[bytes, msgspec.Meta(min_length=limits.ID_BYTES, max_length=limits.ID_BYTES)]
Epoch8 = Annotated[
    bytes, msgspec.Meta(min_length=limits.EPOCH_BYTES, max_length=limits.EPOCH_BYTES)
]
Key8 = Annotated[
    bytes, msgspec.Meta(min_length=limits.KEY_ID_BYTES, max_length=limits.KEY_ID_BYTES)
]
Salt16 = Annotated[bytes, msgspec.Meta(min_length=limits.SALT_BYTES, max_length=limits.SALT_BYTES)]
Hash32 = Annotated[bytes, msgspec.Meta(min_length=limits.HASH_BYTES, max_length=limits.HASH_BYTES)]
Key32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Signature64 = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
LaneName = Annotated[
    str,
    msgspec.Meta(
        max_length=limits.LANE_NAME_CHARS_MAX,
        pattern=rf"\A(self|devices|(care|circle)/[0-7][{ALPHABET}]{{25}})\Z",
    ),
]
FrameSize = Annotated[int, msgspec.Meta(ge=1, le=limits.FRAME_BYTES_MAX)]
FrameBytes = Annotated[bytes, msgspec.Meta(max_length=limits.FRAME_BYTES_MAX)]
Code = Annotated[str, msgspec.Meta(max_length=40)]
ShortText = Annotated[str, msgspec.Meta(max_length=200)]

CredentialText = Annotated[str, msgspec.Meta(max_length=200, pattern=r"\A[!-~]+\Z")]
"""Visible ASCII: it goes into a header as it is, and anything else would never open a session."""

WireEvent = tuple[Id16, Key8 | None, Salt16 | None, bytes | None]
"""One event of a batch or run: ``[id, key, salt, payload]``.

``key`` is nil for a plain body. With ``salt``, ``payload`` is the body. Without, ``payload`` is the
commitment of a stub, or nil in a page for an event that this session pushed ("you hold it"); the
receiver finds key, salt and body by the event's id."""
