"""Control events: devices, keys and erasures as a lane knows them."""

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.control import (
    DeviceAdded,
    DeviceRemoved,
    DeviceRenamed,
    RecoveryCodeMade,
    SpaceErased,
    SubjectErased,
    VaultKeyWrapped,
    Wrap,
)
from trailmark_shared.events.goals import GoalActivated
from trailmark_shared.projections.control import fold_control

PUBLIC = bytes(range(32))


def test_a_removed_device_stays_removed() -> None:
    added = DeviceAdded(device=a_text(201), name="Tablet", public_key=PUBLIC)
    removed = an_entry(2, DeviceRemoved(device=a_text(201)))
    control = fold_control([an_entry(1, added), removed, an_entry(3, added)])

    assert (added, removed.effective_at) == (control.device, control.removed_at)


def test_a_device_has_its_latest_name() -> None:
    added = DeviceAdded(device=a_text(201), name="Tablet", public_key=PUBLIC)
    renamed = DeviceRenamed(device=a_text(201), name="Old tablet")
    control = fold_control([an_entry(1, added), an_entry(2, renamed)])

    assert control.device is not None
    assert ("Old tablet", PUBLIC) == (control.device.name, control.device.public_key)


def test_a_name_alone_is_no_device() -> None:
    renamed = DeviceRenamed(device=a_text(201), name="Old tablet")

    assert fold_control([an_entry(1, renamed)]).device is None


def test_a_recovery_code_is_known_by_its_key() -> None:
    made = RecoveryCodeMade(recovery=a_text(7), public_key=PUBLIC)

    assert made == fold_control([an_entry(1, made)]).recovery


def test_keys_keep_their_order() -> None:
    keys = [
        VaultKeyWrapped(
            key="0" * 16, wraps=(Wrap(under=a_text(number), public_key=PUBLIC, sealed=b"\0"),)
        )
        for number in (1, 2)
    ]
    control = fold_control([an_entry(number, key) for number, key in enumerate(keys, start=1)])

    assert tuple(keys) == control.vault_keys


def test_erasures_name_every_event_once() -> None:
    entries = [
        an_entry(1, SubjectErased(events=(a_text(3), a_text(2)))),
        an_entry(2, SubjectErased(events=(a_text(2),))),
    ]
    control = fold_control(entries)

    assert (a_text(2), a_text(3)) == control.erased_events
    assert control.erased_at == entries[1].effective_at


def test_an_erased_space_says_so() -> None:
    assert fold_control([an_entry(1, SpaceErased())]).space_erased


def test_what_is_no_control_event_changes_nothing() -> None:
    erased = an_entry(1, SubjectErased(events=(a_text(2),)))

    assert fold_control([erased, an_entry(2, GoalActivated())]).erased_events == (a_text(2),)
