"""Checks an export of a lane, line by line, on the machine of whoever holds it.

Each row is held by equations that stand for themselves: its commitment (salt and body), its hash
(what its device wrote), its place in that device's chain, and its lane hash (what the server
added). So a single change is named where it is, and does not hide behind what follows from it. The
signed head says that a server vouched for the whole; only the words, read from the person's own
device, say that it is the history which that person sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import msgspec

from trailmark_shared import chain
from trailmark_shared.errors import ErrorCode, EventDataError
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.envelope import CODES_WITH_BODY, Event, Row
from trailmark_shared.exports.format import (
    ExportedConsent,
    ExportHeader,
    exported_consent,
    header_from_line,
    row_from_line,
)
from trailmark_shared.ids import PLAIN, Lane, id_from_text, text_from_id
from trailmark_shared.phrases import ToldHead, head_words
from trailmark_shared.protocol.signing_keys import broken_link, signer_of_head
from trailmark_shared.sealing import Cipher

MISFITS_MAX: Final = 100
"""So many misfits, and so many entries without words, are told; what follows is counted."""

_READ: Final = (b'"access_granted"', b'"access_revoked"', b'"subject_erased"')
"""Bodies that hold none of these say nothing about other entries and are not decoded."""


class Misfit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not fit.

    Attributes:
        what: ``format``, ``seq``, ``body``, ``hash``, ``chain``, ``lane``, ``id``, ``entries``,
            ``head``, ``keys``, ``consent`` or ``words``.
        seq: The entry, or ``None`` for what belongs to the file as a whole.
        detail: What is wrong, in one sentence.
    """

    what: str
    seq: int | None
    detail: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole export came to.

    Attributes:
        entries: Rows that were read.
        verified_to: Every entry up to this one fits; 0 for none.
        misfits: What does not fit, the first ``MISFITS_MAX``, by entry.
        misfits_in_all: How many there are.
        aside: Rows that a server took back after a restore and that continue no chain.
        wordless: Entries whose words another entry says were erased, the first ``MISFITS_MAX``. No
            file can show that the person asked for it, nor that none of them gave or ended a grant.
        wordless_in_all: How many there are.
        words: Words as of the last entry, "" where there is none.
        words_match: The words that were given are those of their entry; ``None`` where none were.
    """

    entries: int
    verified_to: int
    misfits: tuple[Misfit, ...]
    misfits_in_all: int
    aside: int
    wordless: tuple[int, ...]
    wordless_in_all: int
    words: str
    words_match: bool | None


class _Told(msgspec.Struct):
    """What entries say about other entries and about grants.

    Attributes:
        erased: Ids whose words an entry took away.
        granted: Grant -> its terms, by the first entry that gives it.
        revoked: Grant -> the first entry that takes it back.
    """

    erased: set[bytes] = msgspec.field(default_factory=set[bytes])
    granted: dict[str, ExportedConsent] = msgspec.field(default_factory=dict[str, ExportedConsent])
    revoked: dict[str, int] = msgspec.field(default_factory=dict[str, int])

    def note(self, seq: int, body: Body) -> None:
        """Take one entry."""
        match body.data:
            case SubjectErased(events=named):
                self.erased.update(id_from_text(each) for each in named)
            case AccessGranted() as granted:
                grant = text_from_id(body.subject)
                self.granted.setdefault(grant, _terms(exported_consent(grant, granted, seq, None)))
            case AccessRevoked():
                self.revoked.setdefault(text_from_id(body.subject), seq)
            case _:
                pass


class LaneCheck:
    """Takes an export line by line: ``begin``, then ``take`` for every row, then ``end``."""

    def __init__(self, cipher: Cipher, told: ToldHead | None = None) -> None:
        """Begin before the first line.

        Args:
            cipher: Checks signatures.
            told: The words to compare, or ``None``.
        """
        self._cipher = cipher
        self._told = told
        self._told_hash: bytes | None = None
        self._header: ExportHeader | None = None
        self._lane = Lane("")
        self._seq = 0
        self._hash = chain.GENESIS
        self._aside = 0
        self._chains: dict[tuple[bytes, bytes], tuple[int, bytes]] = {}
        self._hashes: set[bytes] = set()
        self._ids: dict[bytes, tuple[bytes, bool]] = {}
        self._bare: dict[bytes, int] = {}
        self._said = _Told()
        self._misfits: list[Misfit] = []
        self._misfits_in_all = 0
        self._first: int | None = None

    def begin(self, line: bytes) -> ExportHeader:
        """Take the first line.

        Args:
            line: The header.

        Returns:
            The header.

        Raises:
            EventDataError: ``malformed_export``: this is no export.
        """
        header = header_from_line(line)
        place = broken_link(self._cipher, header.signing_keys)
        if place is not None:
            self._note("keys", None, f"key {place + 1} is not signed by the one before it")
        self._header = header
        self._lane = Lane(header.lane)
        return header

    def take(self, line: bytes) -> None:
        """Take the line of the next row."""
        assert self._header is not None, "the header comes first"
        seq = self._seq + 1
        try:
            row = row_from_line(self._header.space_id, self._lane, line)
        except EventDataError as error:
            self._note("format", seq, error.message)
            self._seq = seq
            return
        if row.seq != seq:
            self._note("seq", seq, f"here stands entry {row.seq}")
        for what, detail in self._faults(row):
            self._note(what, seq, detail)
        self._seq, self._hash = row.seq, row.lane_hash
        if self._told is not None and self._told.seq == row.seq:
            self._told_hash = row.lane_hash

    def end(self) -> Checked:
        """Check what only the whole file can tell, and return what it came to."""
        header = self._header
        assert header is not None, "the header comes first"
        wordless = self._wordless()
        if self._seq != header.entries:
            detail = f"the file ends with entry {self._seq} of {header.entries}"
            self._note("entries", None, detail)
        self._check_head(header)
        self._check_consents(header)
        matches = self._compare_words()
        misfits = sorted(self._misfits, key=lambda each: (each.seq is None, each.seq or 0))
        return Checked(
            entries=self._seq,
            verified_to=self._seq if self._first is None else self._first - 1,
            misfits=tuple(misfits[:MISFITS_MAX]),
            misfits_in_all=self._misfits_in_all,
            aside=self._aside,
            wordless=tuple(wordless[:MISFITS_MAX]),
            wordless_in_all=len(wordless),
            words=head_words(self._hash, self._seq) if self._seq else "",
            words_match=matches,
        )

    def _note(self, what: str, seq: int | None, detail: str) -> None:
        self._misfits_in_all += 1
        if seq is not None:
            self._first = seq if self._first is None else min(self._first, seq)
        if len(self._misfits) < MISFITS_MAX:
            self._misfits.append(Misfit(what=what, seq=seq, detail=detail))

    # --- one row -----------------------------------------------------------------------------

    def _faults(self, row: Row) -> Iterator[tuple[str, str]]:
        event = row.event
        yield from _body_faults(row)
        header = chain.header_bytes(
            event.id, event.space, event.lane, event.device, event.epoch, event.dseq, event.key
        )
        if chain.event_hash(event.prev, header, event.commit) != event.hash:
            yield "hash", "what its device wrote about it was changed"
        yield from self._chain_faults(row)
        hash_ = chain.lane_hash(
            self._hash, event.hash, row.seq, row.received_at, row.offset, row.actor, row.code
        )
        if hash_ != row.lane_hash:
            yield "lane", "what the server added was changed, or another entry stood before it"
        yield from self._id_faults(row)
        if (body := _read(event)) is not None:
            self._said.note(row.seq, body)

    def _chain_faults(self, row: Row) -> Iterator[tuple[str, str]]:
        """Follow the device's chain; rows that a server took back may repeat or stand aside."""
        event = row.event
        place = (event.device, event.epoch)
        dseq, hash_ = self._chains.get(place, (0, chain.GENESIS))
        is_next = event.dseq == dseq + 1 and event.prev == hash_
        if row.code == ErrorCode.ASIDE:
            self._aside += 1
            return
        if row.code is None and not is_next and event.hash not in self._hashes:
            yield "chain", f"it is number {event.dseq} of its device, number {dseq + 1} should come"
        if is_next or (row.code is None and event.dseq > dseq):
            self._chains[place] = (event.dseq, event.hash)
        self._hashes.add(event.hash)

    def _id_faults(self, row: Row) -> Iterator[tuple[str, str]]:
        """No two entries give one id words, nor different commitments; note those without words."""
        if row.code not in CODES_WITH_BODY:
            return
        event, has_body = row.event, row.event.body is not None
        commit, had_body = self._ids.get(event.id, (event.commit, False))
        if commit != event.commit or (has_body and had_body):
            yield "id", "an entry before it has the same id"
        self._ids[event.id] = (commit, has_body or had_body)
        if has_body:
            self._bare.pop(event.id, None)
        elif not had_body:
            self._bare.setdefault(event.id, row.seq)

    # --- the whole ---------------------------------------------------------------------------

    def _wordless(self) -> list[int]:
        """Name the entries whose words are gone for no reason; return those that have one."""
        found: list[int] = []
        for event, seq in self._bare.items():
            if event in self._said.erased:
                found.append(seq)
            else:
                self._note(
                    "body", seq, "its words are gone, and no entry says that they were erased"
                )
        return sorted(found)

    def _check_head(self, header: ExportHeader) -> None:
        head = header.head
        if head is None:
            if self._seq:
                self._note("head", None, "no signature of a server stands over these entries")
            return
        if (head.seq, head.hash) != (self._seq, self._hash):
            self._note("head", None, "the signed head is not that of the last entry")
        keys = header.signing_keys
        if signer_of_head(self._cipher, keys, header.space_id, self._lane, head) is None:
            self._note("head", None, "none of the server's keys signed the head")

    def _check_consents(self, header: ExportHeader) -> None:
        told = {each.grant: _terms(each) for each in header.consents}
        if told != self._said.granted or len(told) != len(header.consents):
            self._note("consent", None, "the grants on top are not those of the entries")
        let_in = {(each.member, each.name, each.role) for each in self._said.granted.values()}
        made_for = header.made_for
        if made_for is not None and (made_for.id, made_for.name, made_for.role) not in let_in:
            self._note("consent", None, "no grant lets in the member for whom the file was made")
        for each in header.consents:
            if each.revoked_seq != self._said.revoked.get(each.grant):
                self._note("consent", None, "a grant on top ends elsewhere than in the entries")
            if each.text is not None and sha256(each.text.encode()).hexdigest() != each.sha256:
                self._note("consent", None, "a consent text on top is not the one agreed to")

    def _compare_words(self) -> bool | None:
        """Say whether the given words are those of their entry, all before it fitting."""
        if self._told is None:
            return None
        seq = self._seq if self._told.seq is None else self._told.seq
        hash_ = self._hash if self._told.seq is None else self._told_hash
        if hash_ is None or not seq:
            detail = f"the words are as of entry {seq}; the file ends with entry {self._seq}"
            self._note("words", None, detail)
            return False
        if head_words(hash_, seq) != self._told.words:
            detail = f"the words are not those of entry {seq}: this is another history"
            self._note("words", None, detail)
            return False
        return self._first is None or self._first > seq


def _terms(consent: ExportedConsent) -> ExportedConsent:
    """Return what the entry of a grant itself says; its text has a hash and its end an entry."""
    return msgspec.structs.replace(consent, text=None, revoked_seq=None)


def _body_faults(row: Row) -> Iterator[tuple[str, str]]:
    event = row.event
    if (event.body is None) != (event.salt is None):
        yield "body", "its words or its salt are gone alone"
    elif event.body is None or event.salt is None:
        return
    elif row.code not in CODES_WITH_BODY:
        yield "body", "it has words although it was refused"
    elif chain.commitment(event.salt, event.body) != event.commit:
        yield "body", "its words are not the ones that were written"


def _read(event: Event) -> Body | None:
    """Return a body that may say something about other entries."""
    body = event.body
    if body is None or event.key != PLAIN or not any(each in body for each in _READ):
        return None
    try:
        return decode_body(body)
    except EventDataError:
        return None
