"""A lane as a server has it, the export of it, and whoever changes either."""

from collections.abc import Sequence

import msgspec

from tests.support.key_chains import key_chain
from tests.support.lane_devices import (
    ACTOR,
    GRANT,
    MEMBER,
    NOW,
    SPACE,
    LaneDevice,
    erasing,
    granted,
)
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_shared import chain
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.exports.check import Checked, LaneCheck
from trailmark_shared.exports.format import (
    FORMAT,
    ExportedConsent,
    ExportedMember,
    ExportHeader,
    exported_consent,
    exported_head,
    exported_key,
    line_from_header,
    line_from_row,
)
from trailmark_shared.exports.notice import notice_for_member
from trailmark_shared.exports.whole import Placed
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.phrases import ToldHead, head_words, told_head
from trailmark_shared.protocol.messages import SignedHead

SEEDS = (b"1" * 32, b"2" * 32)
KEYS = key_chain(*SEEDS)
CIPHER = NaclCipher()
READER = ExportedMember(id=text_from_id(MEMBER), name="Dr Demo", role="therapist")


def placed(rows: Sequence[Row]) -> list[Row]:
    """Return rows with the places and lane hashes that a server gives them, in this order."""
    hash_, found = chain.GENESIS, list[Row]()
    for seq, row in enumerate(rows, start=1):
        hash_ = chain.lane_hash(
            hash_, row.event.hash, seq, row.received_at, row.offset, row.actor, row.code
        )
        found.append(msgspec.structs.replace(row, seq=seq, lane_hash=hash_))
    return found


def row_of(event: Event, actor: str = "person", code: str | None = None) -> Row:
    """Return a row that has no place yet."""
    return Row(event=event, seq=0, received_at=NOW, offset=0, actor=actor, code=code, lane_hash=b"")


def written_again(event: Event, **changes: object) -> Event:
    """Return an event with other fields and the hashes that fit to them."""
    changed = msgspec.structs.replace(event, **changes)
    if changed.body is not None and changed.salt is not None:
        commit = chain.commitment(changed.salt, changed.body)
        changed = msgspec.structs.replace(changed, commit=commit)
    header = chain.header_bytes(
        changed.id,
        changed.space,
        changed.lane,
        changed.device,
        changed.epoch,
        changed.dseq,
        changed.key,
    )
    hash_ = chain.event_hash(changed.prev, header, changed.commit)
    return msgspec.structs.replace(changed, hash=hash_)


def a_lane() -> list[Row]:
    """Return a lane of two devices and a member: let in, shared, refused, erased, said."""
    phone, laptop, member = LaneDevice(), LaneDevice(seed=2), LaneDevice(seed=3)
    grant, goal = phone.grants(), phone.shares("Walk daily")
    refused, gone = phone.write(b"{"), phone.shares("gone")
    other = laptop.shares("Sleep")
    erased = laptop.says(erasing(gone))
    said = member.shares("stands for a comment")
    return placed(
        [
            row_of(grant),
            row_of(goal),
            row_of(without_body(refused), code="malformed_body"),
            row_of(other),
            row_of(without_body(gone)),
            row_of(erased),
            row_of(said, ACTOR),
            row_of(phone.shares("last")),
        ]
    )


def stored(row: Row) -> Placed:
    """Return a row of the log as a device stores it."""
    return Placed(
        event=row.event,
        plain=row.event.body,
        seq=row.seq,
        held=None,
        received_at=row.received_at,
        offset=row.offset,
        actor=row.actor,
        code=row.code,
        lane_hash=row.lane_hash,
    )


def signed(rows: Sequence[Row], seed: bytes = SEEDS[-1]) -> SignedHead | None:
    """Return the head of rows, signed by the key of ``seed``."""
    if not rows:
        return None
    last = rows[-1]
    message = chain.head_bytes(SPACE, Lane(last.event.lane), last.seq, last.lane_hash, NOW)
    signature = NaclSigner(seed).sign(message)
    return SignedHead(seq=last.seq, hash=last.lane_hash, time=NOW, signature=signature)


def consents(revoked_seq: int | None = None) -> tuple[ExportedConsent, ...]:
    """Return what the grant of ``a_lane`` is on top of its export."""
    return (exported_consent(text_from_id(GRANT), granted(), 1, revoked_seq),)


def header_for(rows: Sequence[Row], head: SignedHead | None) -> ExportHeader:
    """Return the first line of an export of ``rows``."""
    lane = rows[0].event.lane if rows else LaneDevice().lane
    return ExportHeader(
        format=FORMAT,
        notice=notice_for_member(READER),
        space=text_from_id(SPACE),
        lane=lane,
        made_at=NOW,
        made_for=READER,
        entries=len(rows),
        words=told_head(rows[-1].lane_hash, rows[-1].seq) if rows else "",
        signed_head=None if head is None else exported_head(head),
        keys=tuple(map(exported_key, KEYS)),
        consents=consents() if rows else (),
    )


def lines_of(rows: Sequence[Row], header: ExportHeader | None = None) -> list[bytes]:
    """Return an export of ``rows``: by default with the header that fits to them."""
    first = header or header_for(rows, signed(rows))
    return [line_from_header(first), *map(line_from_row, rows)]


def check(lines: Sequence[bytes], told: ToldHead | None = None) -> Checked:
    """Return what an export comes to."""
    checking = LaneCheck(CIPHER, told)
    checking.begin(lines[0])
    for line in lines[1:]:
        checking.take(line)
    return checking.end()


def words_at(rows: Sequence[Row], seq: int) -> ToldHead:
    """Return the words that a device shows as of an entry."""
    return ToldHead(seq, head_words(rows[seq - 1].lane_hash, seq))
