"""Data of the control types: ids and wrapped keys, never a word of a person's life.

In the lane ``self`` they are the only plain bodies, and devices obey them only with a MAC under a
vault key that they hold.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import (
    EventData,
    HexHash,
    HexKeyId,
    Ids,
    IdText,
    LaneText,
    Title,
)
from trailmark_shared.sealing import BOX_KEY_BYTES

SEALED_BYTES_MAX: Final = 1024
"""Longest wrapped key, in bytes."""

LINKS_MAX: Final = 4
"""Most older keys that one key is proven to follow."""

SmallBytes = Annotated[bytes, Meta(min_length=1, max_length=SEALED_BYTES_MAX)]
"""Key material; base64 in JSON."""

PublicKey = Annotated[bytes, Meta(min_length=BOX_KEY_BYTES, max_length=BOX_KEY_BYTES)]
"""An X25519 public key; base64 in JSON."""


class SubjectErased(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Events of the subject were erased.

    Attributes:
        events: The events whose salt and body are gone.
    """

    events: Ids


class SpaceErased(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Everything of the person was erased; the subject is the space, and it is in no lane."""


class DeviceAdded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A device may write; the subject is the device.

    Attributes:
        device: Id of the device.
        name: What the person calls it.
        public_key: Key under which others wrap for it.
    """

    device: IdText
    name: Title
    public_key: PublicKey


class DeviceRenamed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A device is called otherwise; the subject is the device.

    Attributes:
        device: Id of the device.
        name: What the person calls it from now on.
    """

    device: IdText
    name: Title


class DeviceRemoved(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A device may no longer write, or a recovery code was replaced; the subject is that holder.

    Attributes:
        device: Id of the device, or the id under which keys were wrapped for the code.
        is_code: It is a recovery code.
    """

    device: IdText
    is_code: bool = False


class RecoveryCodeMade(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A recovery code holds the vault keys from now on; the subject is the code.

    Attributes:
        recovery: Id under which keys are wrapped for the code.
        public_key: Key under which they are.
    """

    recovery: IdText
    public_key: PublicKey


class Wrap(msgspec.Struct, frozen=True, kw_only=True):
    """A vault key in a box for one holder.

    Attributes:
        under: The device or recovery code that opens it.
        public_key: The key that it is sealed for; from now on the holder's.
        sealed: The wrapped key; base64 in JSON.
    """

    under: IdText
    public_key: PublicKey
    sealed: SmallBytes


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A proof that a holder of an older vault key lets this one follow it.

    Attributes:
        key: The older key.
        tag: The proof.
    """

    key: HexKeyId
    tag: HexHash


class LaneEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a lane up to which a device had read it, and obeyed the orders there.

    Attributes:
        lane: Which lane.
        seq: The row.
        hash: The lane hash after it.
    """

    lane: LaneText
    seq: Annotated[int, Meta(ge=1, le=limits.INTEGER_MAX)]
    hash: HexHash


class VaultKeyWrapped(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A vault key was wrapped for those who may open it.

    Attributes:
        key: The vault key.
        wraps: The key, once per holder.
        newest: New entries are to be sealed with it, and only those named here hold it.
        links: Older keys that it follows besides the one of the MAC.
        ends: With ``newest``: how far orders count that are proven with the keys that it follows.
        proof: With ``newest``: that its author knows the key, ``sealing.plant_tag``.
    """

    key: HexKeyId
    wraps: Annotated[tuple[Wrap, ...], Meta(min_length=1, max_length=limits.LIST_ITEMS_MAX)]
    newest: bool = False
    links: Annotated[tuple[Link, ...], Meta(max_length=LINKS_MAX)] = ()
    ends: Annotated[tuple[LaneEnd, ...], Meta(max_length=limits.LANES_PER_SPACE_MAX)] = ()
    proof: HexHash | None = None
