"""``trailmark device …``: the list of the person's own devices, their names, removing one."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.wording import time_words
from trailmark_client.own_devices import Accusation, Known
from trailmark_client.queries.finding import by_prefix
from trailmark_shared.ids import DeviceId, id_from_text, text_from_id
from trailmark_shared.words import Texts, gettext, marked

_LET_IN_WORDS: Final = Texts(
    {
        "invitation": marked("with an invitation"),
        "recovery": marked("with the recovery code"),
    }
)


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the person.

    Attributes:
        id: Id of the device.
        name: What the person calls it.
        added_at: When it was let in first, milliseconds UTC, or null.
        let_in_by: How it was let in last: invitation, device or recovery; unknown where the server
            does not name it and it gets the keys all the same.
        confirmed_by: Id of the device on which the person said yes, or null.
        let_in_through: Ids of the devices on whose word it is here, the nearest first; removed
            ones too.
        last_seen: When it last spoke with the server, milliseconds UTC, or null.
        current: It is this one.
        has_key: It gets the vault keys; null while no other device was let in.
    """

    id: str
    name: str
    added_at: int | None
    let_in_by: str
    confirmed_by: str | None
    let_in_through: list[str]
    last_seen: int | None
    current: bool
    has_key: bool | None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A removal that another one speaks against: whose device is not theirs, the person says.

    Attributes:
        by: Id of the device that said it.
        against: Ids of those that it removed.
    """

    by: str
    against: list[str]


class Devices(msgspec.Struct, frozen=True, kw_only=True):
    """The person's devices.

    Attributes:
        devices: Each of them.
        asked: What the person is asked about them.
    """

    devices: list[DeviceLine]
    asked: list[Asked]


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """A device is called otherwise.

    Attributes:
        device: Id of the device.
        name: What it is called now.
    """

    device: str
    name: str


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """A device was signed out for ever.

    Attributes:
        device: Id of the device.
        let_in: Ids of the devices that are here on its word, directly or through others.
        also_removed: Those of them that were signed out with it.
        keys_changed: What is written from now on is sealed with a key that it does not have.
        synced: The person's other devices can fetch that key.
    """

    device: str
    let_in: list[str]
    also_removed: list[str]
    keys_changed: bool
    synced: bool


class KeysChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh vault key seals from now on.

    Attributes:
        keys_changed: Always true.
        synced: The person's other devices can fetch it.
    """

    keys_changed: bool
    synced: bool


def list_all(*, common: Common = PLAIN) -> Answer[Devices]:
    """Show your devices."""
    from trailmark_client import own_devices
    from trailmark_client.cli.disputes import dispute_words

    with opened(common) as here:
        identity, zone = here.app.identity, here.zone
        known = [] if identity.server is None else own_devices.devices(here.app)
        members = _members(here, {each.id for each in known})
        accusations = own_devices.asked(here.app)
        holders = None if members is None else {text_from_id(each.id) for each in members}
        found = [
            DeviceLine(
                id=each.id,
                name=each.name,
                added_at=each.added_at,
                let_in_by=each.let_in_by,
                confirmed_by=each.confirmed_by,
                let_in_through=list(each.let_in_through),
                last_seen=each.last_seen,
                current=each.current,
                has_key=None if holders is None else each.id in holders,
            )
            for each in known
        ] or [_this_one(here)]
        found += [_unknown_to_server(each) for each in members or () if _is_new(each, found)]
        names = {each.id: each.name for each in found}

    def draw(terminal: Terminal) -> None:
        rows = [
            (
                each.id[:10],
                each.name,
                _time(each.added_at, zone),
                _let_in_words(each, names),
                _time(each.last_seen, zone),
                gettext("this one") if each.current else "",
                gettext("gets no keys: let it in again") if each.has_key is False else "",
            )
            for each in found
        ]
        terminal.table(
            (
                gettext("id"),
                gettext("name"),
                gettext("since"),
                gettext("let in"),
                gettext("last seen by the server"),
                "",
                "",
            ),
            rows,
        )

        if accusations:
            terminal.warn(dispute_words(accusations))

    return Answer(Devices(devices=found, asked=[_asked(each) for each in accusations]), draw)


def _members(here: Here, named: set[str]) -> list[Known] | None:
    """Return who gets the keys, as far as anybody has said it yet.

    Args:
        here: This device.
        named: Those that the server names: one that was let in elsewhere may not be heard of here.
    """
    from trailmark_client import own_devices
    from trailmark_client.cli.syncing import exchange

    members = own_devices.known_devices(here.app)
    if members is None or named <= {text_from_id(each.id) for each in members}:
        return members
    exchange(here.app)
    return own_devices.known_devices(here.app)


def _asked(said: Accusation) -> Asked:
    against = [text_from_id(each.id) for each in said.against]
    return Asked(by=text_from_id(said.by.id), against=against)


def _this_one(here: Here) -> DeviceLine:
    return DeviceLine(
        id=here.device,
        name=here.app.identity.device_name,
        added_at=None,
        let_in_by="invitation",
        confirmed_by=None,
        let_in_through=[],
        last_seen=None,
        current=True,
        has_key=None,
    )


def _is_new(known: Known, found: list[DeviceLine]) -> bool:
    return text_from_id(known.id) not in {each.id for each in found}


def _unknown_to_server(known: Known) -> DeviceLine:
    """A device that gets keys and that the server does not name: maybe it was let in secretly."""
    return DeviceLine(
        id=text_from_id(known.id),
        name=known.name,
        added_at=None,
        let_in_by="unknown",
        confirmed_by=None,
        let_in_through=[],
        last_seen=None,
        current=False,
        has_key=True,
    )


def _let_in_words(line: DeviceLine, names: dict[str, str]) -> str:
    if line.let_in_by == "unknown":
        return gettext("the server does not name it, and it gets your keys")
    if line.added_at is None:
        return ""
    if line.let_in_by == "device":
        name = names.get(line.confirmed_by or "")
        if name is None:
            return gettext("on a device that was removed")
        return gettext("on {device}").format(device=name)
    return _LET_IN_WORDS.get(line.let_in_by, line.let_in_by)


def _time(ms: int | None, zone: str) -> str:
    return "" if ms is None else time_words(ms, zone)


def rename(
    device: Annotated[str, Parameter(help="Id of the device, or the beginning of it")],
    name: Annotated[str, Parameter(help="What to call it from now on")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Renamed]:
    """Give a device of yours another name."""
    from trailmark_client import own_devices

    with opened(common) as here:
        wanted = _chosen(here, device)
        own_devices.rename_device(here.app, wanted, name)
    document = Renamed(device=text_from_id(wanted), name=name)
    return Answer(document, (gettext("It is called {name} now.").format(name=name),))


def _chosen(here: Here, prefix: str) -> DeviceId:
    from trailmark_client import own_devices

    ids = {id_from_text(each.id) for each in own_devices.devices(here.app)}
    ids |= {bytes(each.id) for each in own_devices.known_devices(here.app) or ()}
    for said in own_devices.asked(here.app):
        ids |= {bytes(each.id) for each in (said.by, *said.against)}
    return DeviceId(by_prefix(sorted(ids), prefix, "device"))


def remove(
    device: Annotated[str, Parameter(help="Id of the device, or the beginning of it")],
    /,
    *,
    with_let_in: Annotated[
        bool, Parameter(negative="", help="Also all devices that are here on its word")
    ] = False,
    common: Common = PLAIN,
) -> Answer[Removed]:
    """Sign a device out for ever, such as one that was lost, and change the keys.

    Devices that it let in stay yours unless you say otherwise: whoever had it can have let in some.
    """
    from trailmark_client import own_devices
    from trailmark_client.cli.syncing import exchange
    from trailmark_client.home_api import connected

    with opened(common) as here:
        connected(here.app)
        # What it erased last counts as far as this device read it before it is removed.
        exchange(here.app)
        wanted = _chosen(here, device)
        let_in = _let_in_by(here, wanted)
        also = [each for each in let_in if with_let_in or _goes_too(here, each)]
        gone = [DeviceId(id_from_text(each.id)) for each in also]
        keys_changed = own_devices.remove_device(here.app, wanted, *gone)
        ended = exchange(here.app)
    lines = [gettext("That device is signed out.")]
    lines += [gettext("{name} is signed out too.").format(name=each.name) for each in also]
    lines += [
        gettext(
            "{name} is here on its word and stays. Is it not yours? trailmark device remove {id}"
        ).format(name=each.name, id=each.id[:10])
        for each in let_in
        if each not in also
    ]
    if keys_changed:
        lines.append(gettext("It cannot open what you write from now on. What it has, it keeps."))
    else:
        lines.append(
            gettext(
                "Your other devices do not know this one: let it in again from another one, then "
                "remove that device once more."
            )
        )
    lines.append(
        gettext("Did somebody get hold of it? trailmark recovery new replaces the recovery code.")
    )
    document = Removed(
        device=text_from_id(wanted),
        let_in=[each.id for each in let_in],
        also_removed=[each.id for each in also],
        keys_changed=keys_changed,
        synced=ended.is_done,
    )
    return Answer(document, lines)


class _LetIn(msgspec.Struct, frozen=True):
    """A device that is here on the word of another one, as server or devices know it."""

    id: str
    name: str
    added_at: int | None


def _let_in_by(here: Here, device: DeviceId) -> list[_LetIn]:
    from trailmark_client import own_devices

    told = own_devices.let_in_by(here.app, device)
    found = {each.id: _LetIn(each.id, each.name, each.added_at) for each in told}
    for each in own_devices.known_let_in_by(here.app, device):
        id_ = text_from_id(each.id)
        if id_ not in found and each.id != here.app.identity.device:
            found[id_] = _LetIn(id_, each.name, None)
    return list(found.values())


def _goes_too(here: Here, line: _LetIn) -> bool:
    """Ask of a device that was let in by the removed one whether it goes too."""
    if not here.terminal.may_ask:
        return False
    added = _time(line.added_at, here.zone)
    return here.terminal.agrees(
        gettext("{name} is here on its word, since {added}. Remove it too?").format(
            name=line.name, added=added
        )
    )


def rotate_keys(*, common: Common = PLAIN) -> Answer[KeysChanged]:
    """Seal with a fresh key from now on; your devices get it, and the recovery code too."""
    from trailmark_client import own_devices
    from trailmark_client.cli.syncing import exchange
    from trailmark_client.home_api import connected

    with opened(common) as here:
        connected(here.app)
        exchange(here.app)
        own_devices.change_key(here.app)
        ended = exchange(here.app)
    document = KeysChanged(keys_changed=True, synced=ended.is_done)
    words = (
        gettext("Your other devices fetch it.")
        if ended.is_done
        else gettext("trailmark sync hands it out.")
    )
    return Answer(document, (gettext("A fresh key seals what you write from now on."), words))
