"""Data of the control types: ids and wrapped keys, never a word of a person's life.

In the lane ``self`` they are the only plain bodies, and devices obey them only with a MAC under a
vault key that they hold.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import EventData, HexKeyId, Ids, IdText, Title
from trailmark_shared.ids import ALPHABET

SEALED_BYTES_MAX: Final = 1024
"""Longest wrapped key or public key, in bytes."""

SmallBytes = Annotated[bytes, Meta(min_length=1, max_length=SEALED_BYTES_MAX)]
"""Key material; base64 in JSON."""

Holder = Annotated[str, Meta(pattern=rf"\A(?:[0-9a-f]{{16}}|[0-7][{ALPHABET}]{{25}})\Z")]
"""Who can open a wrapped key: a vault key (hex) or a device (id)."""


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
        public_key: Key under which others can wrap for it.
    """

    device: IdText
    name: Title
    public_key: SmallBytes | None = None


class DeviceRemoved(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A device may no longer write; the subject is the device."""

    device: IdText


class Wrap(msgspec.Struct, frozen=True, kw_only=True):
    """A vault key wrapped for one holder.

    Attributes:
        under: The vault key (16 hex characters) or the device (26 characters) it is wrapped for.
        sealed: The wrapped key; base64 in JSON.
    """

    under: Holder
    sealed: SmallBytes


class VaultKeyWrapped(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A vault key was wrapped for those who may open it.

    Attributes:
        key: The vault key.
        wraps: The key, once per holder.
    """

    key: HexKeyId
    wraps: Annotated[tuple[Wrap, ...], Meta(min_length=1, max_length=limits.LIST_ITEMS_MAX)]
