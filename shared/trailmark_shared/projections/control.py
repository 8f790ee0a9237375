"""Control events: devices, vault keys and erasures as a lane knows them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_shared.events import control
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of


class ControlDocument(Facts, frozen=True, kw_only=True):
    """What the control events of one subject say.

    Whether a device obeys them is decided by their MAC, outside the fold.

    Attributes:
        device: Name and key of a device that was added; its latest name.
        removed_at: When the device was removed, milliseconds UTC.
        vault_keys: Keys wrapped under this subject, in lane order.
        erased_events: Events whose bodies were erased, sorted.
        erased_at: When the last erasure was recorded, milliseconds UTC.
        space_erased: The whole space was erased.
        recovery: A recovery code that was made: under which key others wrap for it.
    """

    device: control.DeviceAdded | None = None
    removed_at: int | None = None
    vault_keys: tuple[control.VaultKeyWrapped, ...] = ()
    erased_events: tuple[str, ...] = ()
    erased_at: int | None = None
    space_erased: bool = False
    recovery: control.RecoveryCodeMade | None = None


def fold_control(entries: Sequence[Entry]) -> ControlDocument:
    """Return what ``entries`` (all of one subject, in lane order) say. A removal is final."""
    device: control.DeviceAdded | None = None
    removed_at: int | None = None
    vault_keys: list[control.VaultKeyWrapped] = []
    erased: set[str] = set()
    erased_at: int | None = None
    space_erased = False
    recovery: control.RecoveryCodeMade | None = None
    for entry in entries:
        match entry.body.data:
            case control.DeviceAdded() as data:
                device = data
            case control.DeviceRenamed(name=name) if device is not None:
                device = msgspec.structs.replace(device, name=name)
            case control.RecoveryCodeMade() as data:
                recovery = data
            case control.DeviceRemoved():
                removed_at = entry.effective_at
            case control.VaultKeyWrapped() as data:
                vault_keys.append(data)
            case control.SubjectErased() as data:
                erased.update(data.events)
                erased_at = entry.effective_at
            case control.SpaceErased():
                space_erased, erased_at = True, entry.effective_at
            case _:
                pass
    return ControlDocument(
        **facts_of(entries),
        device=device,
        removed_at=removed_at,
        vault_keys=tuple(vault_keys),
        erased_events=tuple(sorted(erased)),
        erased_at=erased_at,
        space_erased=space_erased,
        recovery=recovery,
    )
