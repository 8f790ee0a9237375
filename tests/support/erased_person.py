"""A person with something in every table of a server, to be erased."""

from tests.support.lane_devices import (
    CARE,
    CIRCLE,
    MEMBER,
    NOW,
    OTHER_SPACE,
    SPACE,
    LaneDevice,
    push,
)
from tests.support.store_worlds import StoreWorld
from trailmark_server.storage.accounts import (
    AccessEntry,
    Acquaintance,
    Device,
    DeviceInvitation,
    ErasureProof,
    Invitation,
    Recovery,
    Space,
    SpaceErasure,
    SupporterLink,
    SupporterSession,
    Therapist,
)
from trailmark_server.storage.rows import Tables
from trailmark_shared.ids import SELF, DeviceId, SpaceId

WORDS = "quillomar brindlewick"
PHONE = DeviceId(b"p" * 16)
ERASURE = SpaceErasure(space=SPACE, erased_at=NOW, erased_by="person")
PROOF = ErasureProof(space=SPACE, device=PHONE, event=b"e" * 16, bodies=b"\x90")


def fill_accounts(tables: Tables) -> None:
    """Put something of the person into every account table that can hold it."""
    rows = tables.accounts
    therapist = Therapist(id=MEMBER, name="Dr Demo", email="demo@example.org", created_at=1)
    rows.save_therapist(therapist)
    for space in (SPACE, OTHER_SPACE):
        mark, words = space[:1] * 32, WORDS if space == SPACE else "kept"
        rows.save_space(Space(space=space, created_at=1))
        rows.save_device(
            Device(
                space=space,
                device=PHONE,
                name=words,
                credential_hash=mark,
                created_at=1,
                issued_at=1,
                seen_at=1,
                expires_at=NOW,
            )
        )
        rows.save_device_invitation(
            DeviceInvitation(
                lookup_hash=mark, space=space, device=PHONE, keys_hash=mark, expires_at=NOW
            )
        )
        rows.save_recovery(_recovery(space))
        rows.save_acquaintance(
            Acquaintance(therapist=MEMBER, space=space, device=PHONE, label=words, joined_at=1)
        )
        rows.save_invitation(
            Invitation(
                lookup_hash=mark,
                code_hash=mark,
                therapist=MEMBER,
                label=words,
                confirmed=True,
                created_at=1,
                expires_at=NOW,
                used_space=space,
            )
        )
        rows.save_supporter_link(
            SupporterLink(
                hash=mark,
                space=space,
                lane=CIRCLE,
                member=MEMBER,
                made_at=1,
                registered_at=1,
                expires_at=NOW,
            )
        )
        rows.save_supporter_session(
            SupporterSession(hash=mark, link=mark, created_at=1, seen_at=1, expires_at=NOW)
        )
        rows.add_access_entry(
            AccessEntry(space=space, window=0, member=MEMBER, page="timeline", first_at=1)
        )


def _recovery(space: SpaceId) -> Recovery:
    mark = space[:1] * 32
    return Recovery(
        space=space,
        lookup_hash=mark,
        authenticator_hash=mark,
        holder=mark[:16],
        bundle=mark,
        made_at=1,
        made_by=PHONE,
    )


async def filled(world: StoreWorld) -> LaneDevice:
    """Let a person share and keep something, and another one too."""
    device, private = LaneDevice(), LaneDevice(SELF)
    await push(world.store, [device.grants(), device.shares(WORDS)])
    await push(world.store, [private.seals(), private.seals()])
    await push(world.store, [LaneDevice(space=OTHER_SPACE).grants()])
    await world.store.documents(SPACE, CARE)
    await world.tables().write(fill_accounts)
    return device
