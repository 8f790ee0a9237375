"""How this device stands: what is saved, what is sent, what waits, what was set aside."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from trailmark_adapters.sqlite import SQLITE_VERSION, Connection
from trailmark_client.identity import Identity
from trailmark_client.queries.goals import GoalLine, list_goals
from trailmark_client.queries.lanes import audience
from trailmark_client.queries.outbox import unsent
from trailmark_client.queries.proposals import open_proposals
from trailmark_client.queries.wishes import open_wishes
from trailmark_client.storage import standing
from trailmark_client.storage.backing_up import backed_up_at
from trailmark_client.storage.carrying import uncarried_lanes
from trailmark_client.storage.doubts import doubts
from trailmark_client.storage.emptying import ErasedThere
from trailmark_client.storage.held import missing_rows
from trailmark_client.storage.standing import LaneCounts, StoredEvent
from trailmark_client.storage.state_hashes import state_hash
from trailmark_shared.ids import SELF, second_mark, text_from_id
from trailmark_shared.words import gettext, ngettext

_WORDS: Final = ("text", "title", "note", "helped", "why")
_READ: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class LaneStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How one lane stands on this device.

    Attributes:
        lane: The lane.
        seen_by: Names of those who see it.
        sends: What is written here goes to the home server.
        saved: Events that this device holds.
        sent: Events confirmed by the server's log.
        unsent: Own events that are saved on this device and not sent yet.
        seq: The last row of the server's log that this device holds.
        head: The last row that the server told of.
        verified_to: Rows up to here were checked against their hashes.
        held: Rows that wait to be taken back by a server that was restored.
        missing: Rows that a restored server did not take back.
        state_hash: One value for all that is shown, hex, or null while something is unconfirmed.
        words: "as of entry N: …", to compare with others who see this lane, where asked for.
        archived: It came with an import: it is neither sent nor asked for.
        carried: It goes to your other devices as part of the private copy.
    """

    lane: str
    seen_by: list[str]
    sends: bool
    saved: int
    sent: int
    unsent: int
    seq: int
    head: int
    verified_to: int
    held: int
    missing: int
    state_hash: str | None
    words: str | None = None
    archived: bool = False
    carried: bool = False


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that the server did not take.

    Attributes:
        event: Id of the event; ``set-aside retry`` takes it.
        lane: The lane.
        type: Its type, or null.
        code: Why it was not taken.
        day: The local date meant, or null.
        words: The person's words in it, still here.
    """

    event: str
    lane: str
    type: str | None
    code: str
    day: str | None
    words: list[str]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How this device stands.

    Attributes:
        device: Id of this device.
        space: Id of everything of this person.
        server: Address of the home server, or null.
        private_copy: A sealed copy of private entries goes to the home server.
        lanes: Every lane.
        unsent: Events saved on this device that are to be sent and are not yet.
        set_aside: Entries that the server did not take.
        locked: Entries whose key this device does not hold.
        wishes: Things that are to be shared as soon as somebody is let in.
        proposals: Proposals that wait for your answer.
        conflicts: Goals that were changed on two devices apart, by id.
        left_behind: Goals with something "written before you shared this", by id.
        backed_up_at: When a backup was made here last, milliseconds UTC, or null.
        warnings: What needs attention, in words.
        sqlite: Version of the SQLite library in use.
        mark: By what whoever runs the home server knows this person.
        erased_there: The home server erased its copy, and nothing is sent there any more; or null.
    """

    device: str
    space: str
    server: str | None
    private_copy: bool
    lanes: list[LaneStanding]
    unsent: int
    set_aside: list[SetAside]
    locked: int
    wishes: int
    proposals: int
    conflicts: list[str]
    left_behind: list[str]
    backed_up_at: int | None
    warnings: list[str]
    sqlite: str
    mark: str
    erased_there: ErasedThere | None = None


def device_standing(conn: Connection, identity: Identity, day: str) -> Standing:
    """Return how this device stands.

    Args:
        conn: The store.
        identity: Who this device is.
        day: The person's local date, on which grants count.
    """
    goals = list_goals(conn, day)
    alone = uncarried_lanes(conn)
    lanes = [_lane(conn, identity, each, day, alone) for each in standing.lane_counts(conn)]
    locked = standing.locked_count(conn)
    aside = set_aside(conn)
    return Standing(
        device=text_from_id(identity.device),
        space=text_from_id(identity.space),
        server=None if identity.server is None else identity.server.url,
        private_copy=identity.private_copy,
        lanes=lanes,
        unsent=unsent(conn, identity),
        set_aside=aside,
        locked=locked,
        wishes=len(open_wishes(conn)),
        proposals=len(open_proposals(conn, day)),
        conflicts=[each.id for each in goals if each.conflicts],
        left_behind=[each.id for each in goals if each.left_behind],
        backed_up_at=backed_up_at(conn),
        warnings=[
            *_lane_warnings(lanes),
            *_doubt_warnings(conn),
            *_other_warnings(goals, locked, len(aside)),
        ],
        sqlite=SQLITE_VERSION,
        mark=second_mark(identity.space),
    )


def _lane(
    conn: Connection, identity: Identity, counts: LaneCounts, day: str, alone: Collection[str]
) -> LaneStanding:
    is_settled = counts.unsent == counts.held == 0
    is_connected = identity.server is not None
    return LaneStanding(
        lane=counts.lane,
        seen_by=list(audience(conn, counts.lane, day)),
        sends=is_connected
        and not counts.is_archived
        and (counts.lane != SELF or identity.private_copy),
        saved=counts.saved,
        sent=counts.sent,
        unsent=counts.unsent,
        seq=counts.seq,
        head=counts.head,
        verified_to=counts.verified_to,
        held=0 if counts.has_missing else counts.held,
        missing=len(missing_rows(conn, counts.lane)) if counts.has_missing else 0,
        state_hash=state_hash(conn, counts.lane).hex() if is_settled else None,
        archived=counts.is_archived,
        carried=counts.is_archived and identity.private_copy and counts.lane not in alone,
    )


def _lane_warnings(lanes: list[LaneStanding]) -> list[str]:
    warnings: list[str] = []
    for each in lanes:
        if each.held:
            warnings.append(
                ngettext(
                    "{lane}: the server was restored from an older state; {n} entry is kept here "
                    "until it has taken it back",
                    "{lane}: the server was restored from an older state; {n} entries are kept "
                    "here until it has taken them back",
                    each.held,
                ).format(lane=each.lane, n=each.held)
            )
        if each.missing:
            warnings.append(
                ngettext(
                    "{lane}: the server did not take back {n} entry after it was restored; it is "
                    "kept on this device, and this lane is not verified",
                    "{lane}: the server did not take back {n} entries after it was restored; they "
                    "are kept on this device, and this lane is not verified",
                    each.missing,
                ).format(lane=each.lane, n=each.missing)
            )
    return warnings


def _doubt_warnings(conn: Connection) -> list[str]:
    return [
        gettext(
            "{lane}: the server showed another history than the one on this device; nothing of it "
            "was taken, and this lane is not verified until it shows the right one again"
        ).format(lane=lane)
        for lane, doubt in sorted(doubts(conn).items())
        if doubt.is_open
    ]


def _other_warnings(goals: list[GoalLine], locked: int, aside: int) -> list[str]:
    warnings: list[str] = []
    if aside:
        warnings.append(
            ngettext(
                "the server did not take {n} of your entries; your words are still here: "
                "trailmark set-aside list",
                "the server did not take {n} of your entries; your words are still here: "
                "trailmark set-aside list",
                aside,
            ).format(n=aside)
        )
    if locked:
        warnings.append(
            ngettext(
                "{n} entry is locked: this device does not hold its key",
                "{n} entries are locked: this device does not hold their key",
                locked,
            ).format(n=locked)
        )
    if any(each.conflicts for each in goals):
        warnings.append(
            gettext("two devices changed the same thing apart; both are kept: trailmark goal list")
        )
    if any(each.left_behind for each in goals):
        warnings.append(
            gettext(
                "something was written before you shared its goal: share it too? "
                "trailmark goal list"
            )
        )
    return warnings


def set_aside(conn: Connection) -> list[SetAside]:
    """Return the entries that the server did not take, with the person's words."""
    return [_set_aside(each) for each in standing.refused_events(conn)]


def _set_aside(stored: StoredEvent) -> SetAside:
    body = _fields(stored.plain)
    data = _fields(body.get("data"))
    words = [msgspec.json.decode(data[name]) for name in _WORDS if name in data]
    return SetAside(
        event=text_from_id(stored.id),
        lane=stored.lane,
        type=_text(body, "type"),
        code=stored.code or "",
        day=_text(body, "day"),
        words=[each for each in words if isinstance(each, str)],
    )


def _fields(plain: bytes | msgspec.Raw | None) -> dict[str, msgspec.Raw]:
    """Return the fields of an object; none of what is no object: it may be refused for that."""
    if plain is None:
        return {}
    try:
        return _READ.decode(plain)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}


def _text(body: dict[str, msgspec.Raw], name: str) -> str | None:
    value: object = msgspec.json.decode(body[name]) if name in body else None
    return value if isinstance(value, str) else None
