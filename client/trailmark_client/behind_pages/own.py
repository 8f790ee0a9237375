"""The person's own devices and recovery code as the pages ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trailmark_adapters.randomness import below
from trailmark_client import backup, device_joining, erasing_everything, own_devices, recovery
from trailmark_client.app import App
from trailmark_client.server_answers import DeviceAnswer
from trailmark_client.web.own import (
    Accusation,
    Answered,
    Asker,
    BroughtBack,
    DeviceCode,
    FreshCode,
    OwnDevice,
    Recovery,
    SealedFor,
    Waiting,
)
from trailmark_shared import codes
from trailmark_shared.errors import DomainError, ErrorCode, EventDataError, RefusedError
from trailmark_shared.ids import DeviceId, id_from_text, text_from_id
from trailmark_shared.words import gettext

GROUPS_ASKED: Final = 2
"""How many groups of a fresh recovery code are asked for again."""


class OwnDevices:
    """What pages ask about the person's devices, in the thread that may wait for the server."""

    def __init__(self, app: App) -> None:
        self._app = app

    def devices(self) -> Sequence[OwnDevice]:
        """Ask for the person's devices; this one alone where no server is connected.

        Returns:
            Each of them, this one in front.

        Raises:
            RefusedError: ``unreachable`` and the like.
        """
        identity = self._app.identity
        if identity.server is None:
            device = text_from_id(identity.device)
            return [OwnDevice(id=device, name=identity.device_name, is_current=True)]
        members = own_devices.known_devices(self._app)
        holders = None if members is None else {text_from_id(each.id) for each in members}
        told = [_device(each, holders) for each in own_devices.devices(self._app)]
        named = {each.id for each in told}
        told += [
            OwnDevice(id=text_from_id(each.id), name=each.name, let_in_by="unknown", has_key=True)
            for each in members or ()
            if text_from_id(each.id) not in named
        ]
        return sorted(told, key=lambda each: not each.is_current)

    def accusations(self) -> Sequence[Accusation]:
        """Return which devices removed each other, so that the person is asked; no network."""
        return [
            Accusation(
                device=text_from_id(each.by.id),
                name=each.by.name,
                against=[one.name for one in each.against],
            )
            for each in own_devices.asked(self._app)
        ]

    def let_in_by(self, device: str) -> Sequence[OwnDevice]:
        """Ask which devices are here on the word of another one.

        Returns:
            Each of them, directly or through others.

        Raises:
            RefusedError: ``unreachable`` and the like.
        """
        return [_device(each, None) for each in own_devices.let_in_by(self._app, _id(device))]

    def rename(self, device: str, name: str) -> None:
        """Call a device otherwise.

        Raises:
            RefusedError: As ``own_devices.rename_device``; a device that is connected with no
                server is renamed here alone.
            EventDataError: The name cannot be one.
        """
        app, wanted = self._app, _id(device)
        if app.identity.server is not None:
            own_devices.rename_device(app, wanted, name)
            return
        app.write(
            lambda _conn: app.identity_file.update(
                lambda current: msgspec.structs.replace(current, device_name=name)
            )
        )

    def remove(self, devices: Sequence[str]) -> bool:
        """Sign devices out for ever, and seal from now on with a key that they do not have.

        Returns:
            Whether the keys were changed.

        Raises:
            RefusedError: As ``own_devices.remove_device``.
            DomainError: ``invalid_input``: this one is among them.
        """
        first, *more = (_id(each) for each in devices)
        return own_devices.remove_device(self._app, first, *more)

    def erase_everything(self) -> Answered:
        """Erase everything, here at once, on the server as soon as it can be reached.

        Returns:
            What became of it on the server.

        Raises:
            StorageError: It cannot be done now; the next start does it.
        """
        space = text_from_id(self._app.identity.space)
        erasing_everything.erase_everything(self._app)
        told = erasing_everything.ask_servers(self._app)
        answered: Answered = "none"
        for each in told:
            if each.space == space:
                answered = each.answered
        return answered

    def keep_copy(self, *, is_on: bool) -> None:
        """Send a sealed copy of private entries to the home server, or no more."""
        app = self._app
        app.write(
            lambda _conn: app.identity_file.update(
                lambda current: msgspec.structs.replace(current, private_copy=is_on)
            )
        )

    def code(self) -> DeviceCode | None:
        """Return the code that was made here last, as long as nothing came of it."""
        identity = self._app.identity
        code = identity.open_code
        if code is None or identity.server is None:
            return None
        return DeviceCode(
            text=codes.text_from_device_code(codes.DeviceCode(code.lookup, code.secret)),
            address=identity.server.url,
            expires_at=code.expires_at,
        )

    def invite(self) -> DeviceCode:
        """Make a code; the one before stops to work.

        Returns:
            The code.

        Raises:
            RefusedError: As ``device_joining.invite_device``.
        """
        device_joining.invite_device(self._app)
        made = self.code()
        assert made is not None, "a code that was just made stands in the identity"
        return made

    def asker(self) -> Asker | None:
        """Ask which device waits with this device's code.

        Returns:
            What to compare, ``None`` while nobody waits.

        Raises:
            RefusedError: As ``device_joining.who_asks``.
        """
        found = device_joining.who_asks(self._app)
        return None if found is None else _asker(found)

    def let_in(self, asker: Asker) -> None:
        """Let a device in whose words were equal.

        Raises:
            RefusedError: ``wrong_code``: it does not wait any more; and as
                ``device_joining.confirm_device``.
            DomainError: ``words_differ``: another device waits by now.
        """
        found = device_joining.who_asks(self._app)
        if found is None:
            raise RefusedError(ErrorCode.WRONG_CODE, gettext("nobody waits to be let in any more"))
        now = _asker(found)
        if (now.device, now.phrase) != (asker.device, asker.phrase):
            raise DomainError(
                ErrorCode.WORDS_DIFFER,
                gettext("another device waits by now; compare its words before you let it in"),
            )
        device_joining.confirm_device(self._app, found)

    def turn_away(self) -> None:
        """Turn the device that waits away; the code stops to work.

        Raises:
            RefusedError: As ``device_joining.refuse_device``.
        """
        device_joining.refuse_device(self._app)

    def waiting(self) -> Waiting | None:
        """Return what this device waits for."""
        waiting = self._app.identity.waiting
        if waiting is None:
            return None
        return Waiting(phrase=waiting.phrase, expires_at=waiting.expires_at)

    def ask_to_join(self, address: str, code: str) -> None:
        """Ask another device of the person's to let this one in.

        Raises:
            RefusedError: As ``device_joining.ask_to_join``.
        """
        device_joining.ask_to_join(self._app, address, code)

    def finish_joining(self) -> bool:
        """Look whether the person has said yes.

        Returns:
            Whether this is one of their devices now.

        Raises:
            RefusedError: As ``device_joining.finish_joining``.
        """
        return device_joining.finish_joining(self._app)

    def recovery(self) -> Recovery:
        """Ask how it stands with the recovery code.

        Returns:
            How it stands.

        Raises:
            RefusedError: ``not_connected``, ``unreachable`` and the like.
        """
        found = recovery.standing(self._app)
        return Recovery(
            made_at=found.made_at,
            used_at=found.used_at,
            opens_newest=found.has_keys,
            is_foreign=found.made_at is not None and not found.has_keys,
        )

    def fresh_code(self) -> FreshCode:
        """Return a fresh recovery code; it counts for nothing until ``keep_code``."""
        text = recovery.new_code(self._app)
        left = list(range(len(text.split("-"))))
        chance = self._app.randomness
        asked = [left.pop(below(chance, len(left))) for _ in range(GROUPS_ASKED)]
        return FreshCode(text=text, asked=sorted(asked))

    def keep_code(self, text: str) -> None:
        """Let a recovery code count; the one before stops to work at once.

        Raises:
            RefusedError: As ``recovery.keep_code``.
            DomainError: As ``recovery.keep_code``.
        """
        recovery.keep_code(self._app, text)

    def sealed_for(self) -> SealedFor:
        """Return which recovery code a backup would be sealed for; no network."""
        if backup.known_code(self._app) is not None:
            return "known"
        return "unseen" if backup.recovery_codes(self._app) else "none"

    def seal_for(self, code: str) -> None:
        """Seal backups for a recovery code from now on; no network.

        Raises:
            RefusedError: ``wrong_code``: mistyped.
            DomainError: ``wrong_code``: another code works now.
        """
        backup.keep_backup_code(self._app, code)

    def recover(self, address: str, code: str) -> BroughtBack:
        """Become a device of the person's with the recovery code.

        Returns:
            What comes back.

        Raises:
            RefusedError: As ``recovery.recover``.
        """
        brought = recovery.recover(self._app, address, code)
        if brought.is_older:
            return "older"
        return "everything" if brought.has_private else "shared"


def _device(told: DeviceAnswer, holders: set[str] | None) -> OwnDevice:
    return OwnDevice(
        id=told.id,
        name=told.name,
        added_at=told.added_at,
        let_in_by=told.let_in_by,
        confirmed_by=told.confirmed_by,
        last_seen=told.last_seen,
        is_current=told.current,
        has_key=None if holders is None else told.id in holders,
    )


def _asker(found: device_joining.Asking) -> Asker:
    return Asker(
        device=text_from_id(found.joining.device),
        name=found.joining.name,
        asked_at=found.asked_at,
        phrase=found.phrase,
    )


def _id(text: str) -> DeviceId:
    try:
        return DeviceId(id_from_text(text))
    except EventDataError:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such device")) from None
