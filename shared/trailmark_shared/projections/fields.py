"""Single-valued fields in documents: the value, and everything that is current beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec

from trailmark_shared.domain.conflicts import Setter, current_values
from trailmark_shared.events.body import UnknownData
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.events.sharing import SharingWished
from trailmark_shared.ids import text_from_id, uncached_text_from_id
from trailmark_shared.projections.entries import Entry

T = TypeVar("T")

Values = Mapping[str, Any]
"""Field name to the value that an event sets."""

Reader = Callable[[Entry, EventData], Values]
"""What one event sets; the typed document checks what comes out."""


_WISHES: Final = frozenset(each.name for each in EVENT_TYPES.values() if "wish" in each.sets)
"""The types of events that open or end a wish to share."""


class FieldValue(msgspec.Struct, Generic[T], frozen=True, kw_only=True, gc=False):
    """One current value.

    Attributes:
        value: The value.
        event: The event that set it.
        actor: Who wrote that.
        device: On which device.
        effective_at: When, milliseconds UTC.
        received_at: When the server had it, or ``None`` while unconfirmed.
    """

    value: T
    event: str
    actor: str
    device: str
    effective_at: int
    received_at: int | None


class Field(msgspec.Struct, Generic[T], frozen=True, kw_only=True, gc=False):
    """A single-valued field.

    Attributes:
        value: The value to show, or ``None`` where nothing sets it (or it was set to nothing).
        values: All current values, the one shown in front.
        conflict: Current values differ: the person is asked to pick.
    """

    value: T | None = None
    values: tuple[FieldValue[T], ...] = ()
    conflict: bool = False


class Wish(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An open wish to share.

    Attributes:
        event: The ``sharing_wished``.
        wished: What it says.
    """

    event: str
    wished: SharingWished


class Facts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What every document carries.

    Attributes:
        created_at: Earliest effective time among its events, milliseconds UTC.
        changed_at: Latest one.
        created_by: Actor of the first event in lane order.
        changed_by: Actor of the last one.
        first_seq: Seq of the first event, or ``None`` while unconfirmed.
        last_seq: Seq of the last event, or ``None`` while unconfirmed.
        wish: An open wish to share the subject.
    """

    created_at: int
    changed_at: int
    created_by: str
    changed_by: str
    first_seq: int | None
    last_seq: int | None
    wish: Wish | None = None


def facts_of(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the keyword arguments of ``Facts`` for entries in lane order (at least one)."""
    first, last = entries[0], entries[-1]
    created_at = changed_at = first.effective_at
    wish = None
    if first is not last:
        times = [each.effective_at for each in entries]
        created_at, changed_at = min(times), max(times)
        wish = _open_wish(entries)
    elif first.body.type in _WISHES:
        wish = _open_wish(entries)
    return {
        "created_at": created_at,
        "changed_at": changed_at,
        "created_by": first.actor,
        "changed_by": last.actor,
        "first_seq": first.seq,
        "last_seq": last.seq,
        "wish": wish,
    }


def _open_wish(entries: Sequence[Entry]) -> Wish | None:
    wishes = [each for each in entries if each.body.type in _WISHES]
    if not wishes:
        return None
    for each in current_values(setters_by_field(wishes, _wish_values)["wish"]):
        if each.value is not None:
            return Wish(event=text_from_id(each.event), wished=each.value)
    return None


def _wish_values(entry: Entry, data: EventData) -> Values:
    return set_values(entry, data, {"wish": data if isinstance(data, SharingWished) else None})


def set_values(entry: Entry, data: EventData, fixed: Values) -> Values:
    """Return the fields that one event sets, as the registry lists them.

    Args:
        entry: The event.
        data: Its data.
        fixed: Values that follow from the type or the lane; other fields are read from the
            attribute of ``data`` of the same name.

    Returns:
        Values by field; a field that the event leaves as it is (``UNSET``) is not among them.
    """
    values: dict[str, Any] = {}
    for name in EVENT_TYPES[entry.body.type].sets:
        value = fixed[name] if name in fixed else getattr(data, name, msgspec.UNSET)
        if value is not msgspec.UNSET:
            values[name] = value
    return values


def setters_by_field(entries: Sequence[Entry], read: Reader) -> dict[str, list[Setter[Any]]]:
    """Return all setters and carriers of each field, in the order of ``entries``."""
    found: dict[str, list[Setter[Any]]] = {}
    for entry in entries:
        body = entry.body
        if isinstance(body.data, UnknownData):
            continue
        event, base, device, at = entry.id, body.base, entry.device, entry.effective_at
        for name, value in read(entry, body.data).items():
            setter = Setter(event=event, base=base, effective_at=at, device=device, value=value)
            found.setdefault(name, []).append(setter)
        for name in EVENT_TYPES[body.type].carries:
            carrier = Setter(
                event=event, base=base, effective_at=at, device=device, value=None, is_carrier=True
            )
            found.setdefault(name, []).append(carrier)
    return found


def fields_of(entries: Sequence[Entry], read: Reader) -> dict[str, Any]:
    """Return the fields that ``entries`` set, by name.

    Args:
        entries: All entries of one subject, in lane order.
        read: What one event sets.

    Returns:
        ``Field`` by name, for the keyword arguments of a document.
    """
    if len(entries) == 1:
        return _fields_of_one(entries[0], read)
    by_id = {each.id: each for each in entries}
    return {
        name: _field(current, by_id)
        for name, setters in setters_by_field(entries, read).items()
        if (current := current_values(setters))
    }


def _fields_of_one(entry: Entry, read: Reader) -> dict[str, Any]:
    """Return the fields of a subject of which one thing was said: nothing can differ from it."""
    data = entry.body.data
    if isinstance(data, UnknownData):
        return {}
    event, device = uncached_text_from_id(entry.id), text_from_id(entry.device)
    actor, effective_at, received_at = entry.actor, entry.effective_at, entry.received_at
    fields: dict[str, Any] = {}
    for name, value in read(entry, data).items():
        set_by = FieldValue(
            value=value,
            event=event,
            actor=actor,
            device=device,
            effective_at=effective_at,
            received_at=received_at,
        )
        fields[name] = Field(value=value, values=(set_by,))
    return fields


def _field(current: Sequence[Setter[Any]], by_id: Mapping[bytes, Entry]) -> Field[Any]:
    shown, *others = current
    return Field(
        value=shown.value,
        values=tuple([_field_value(each, by_id[each.event]) for each in current]),
        conflict=any(each.value != shown.value for each in others) if others else False,
    )


def _field_value(setter: Setter[Any], entry: Entry) -> FieldValue[Any]:
    return FieldValue(
        value=setter.value,
        event=text_from_id(entry.id),
        actor=entry.actor,
        device=text_from_id(entry.device),
        effective_at=setter.effective_at,
        received_at=entry.received_at,
    )
