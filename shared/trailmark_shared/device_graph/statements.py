"""A statement about devices and keys: what it says, its exact bytes, its signature.

The bytes that are signed are the bytes that travel; nothing is encoded anew to be checked. A holder
is a device or a recovery code; its id is made of its kind and both its public keys, so nobody can
be wrapped for, or speak, under the id of another, and no device can be called a code.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Final, Literal, NewType, Protocol

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError, LimitExceededError
from trailmark_shared.ids import SpaceId
from trailmark_shared.sealing import BOX_KEY_BYTES, Cipher

StatementId = NewType("StatementId", bytes)
"""SHA-256 of what a statement says, without its signature."""

HolderId = NewType("HolderId", bytes)
"""Id of a device or recovery code, 16 bytes made of its public keys."""

SIGNATURE_BYTES: Final = 64

_MALFORMED: Final = "these bytes are no signed statement of this space"
_SIGN_LABEL: Final = b"trailmark-statement/1"
_HOLDER_LABEL: Final = b"trailmark-holder/2"
_SPACE_LABEL: Final = b"trailmark-space/2"
_IDS_CACHED: Final = 1024

_PublicKey = Annotated[bytes, Meta(min_length=BOX_KEY_BYTES, max_length=BOX_KEY_BYTES)]
_Id = Annotated[bytes, Meta(min_length=limits.ID_BYTES, max_length=limits.ID_BYTES)]
_Hash = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Key = Annotated[bytes, Meta(min_length=limits.KEY_ID_BYTES, max_length=limits.KEY_ID_BYTES)]
_Name = Annotated[str, Meta(max_length=limits.TITLE_CHARS_MAX)]
_Box = Annotated[bytes, Meta(max_length=limits.STATEMENT_BYTES_MAX)]
_Holders = Annotated[tuple[_Id, ...], Meta(max_length=limits.HOLDERS_NAMED_MAX)]
_Events = Annotated[tuple[_Id, ...], Meta(min_length=1, max_length=limits.BASE_IDS_MAX)]


class Signer(Protocol):
    """Ed25519 signing with a private key that stays where it is."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        ...


class Holder(msgspec.Struct, frozen=True, array_like=True):
    """A device or recovery code, by its public keys.

    Attributes:
        kind: Which of the two.
        sign_key: Ed25519, 32 bytes: proves what it says.
        box_key: X25519, 32 bytes: what vault keys are wrapped for.
    """

    kind: Literal["device", "code"]
    sign_key: _PublicKey
    box_key: _PublicKey

    @property
    def id(self) -> HolderId:
        """Its id: nobody else can have it."""
        return HolderId(self.hash[: limits.ID_BYTES])

    @property
    def hash(self) -> bytes:
        """Hash of kind and public keys, 32 bytes: what two devices are compared by."""
        return _holder_hash(self.kind, self.sign_key, self.box_key)


@lru_cache(_IDS_CACHED)
def _holder_hash(kind: str, sign_key: bytes, box_key: bytes) -> bytes:
    return sha256(_HOLDER_LABEL + kind.encode() + b"\x00" + sign_key + box_key).digest()


class Founded(msgspec.Struct, frozen=True, array_like=True, tag="founded"):
    """The space begins with its author.

    Attributes:
        keeper_hash: SHA-256 of ``recovery.recovery_keeper`` of the first vault key.
    """

    keeper_hash: _Hash


class Admitted(msgspec.Struct, frozen=True, array_like=True, tag="admitted"):
    """A device or recovery code is the person's from now on.

    Attributes:
        holder: Which.
        name: What the person calls it.
    """

    holder: Holder
    name: _Name


class Renamed(msgspec.Struct, frozen=True, array_like=True, tag="renamed"):
    """A holder is called otherwise.

    Attributes:
        holder: Which.
        name: What the person calls it.
    """

    holder: _Id
    name: _Name


class Removed(msgspec.Struct, frozen=True, array_like=True, tag="removed"):
    """Holders are not the person's any more; final for their ids.

    Attributes:
        holders: Which; it counts against those that were admitted in what its author had seen.
    """

    holders: _Holders


class Wrap(msgspec.Struct, frozen=True, array_like=True):
    """A vault key in a box for one holder.

    Attributes:
        key: Id of the vault key.
        holder: Who opens it.
        box: What ``boxes.box_for`` gives: every holder of the key can check it.
    """

    key: _Key
    holder: _Id
    box: _Box


_Wraps = Annotated[tuple[Wrap, ...], Meta(max_length=limits.WRAPS_MAX)]


class KeyMade(msgspec.Struct, frozen=True, array_like=True, tag="key_made"):
    """A vault key that may seal from now on.

    Attributes:
        key: Its id.
        without: Whom its author knows to be removed: nobody hands it to them, or to those whom
            they let in.
        proof: ``boxes.key_proof``: its author knows the key.
        wraps: Boxes for those who hold it from the beginning.
        seals: New entries may be sealed with it; not with one that a device brought along, for
            nobody can tell who else holds that.
    """

    key: _Key
    without: _Holders
    proof: _Hash
    wraps: _Wraps
    seals: bool


class KeysHanded(msgspec.Struct, frozen=True, array_like=True, tag="keys_handed"):
    """Vault keys for those who lack them.

    Attributes:
        wraps: The boxes.
    """

    wraps: _Wraps


class Erased(msgspec.Struct, frozen=True, array_like=True, tag="erased"):
    """An order to erase events of one subject.

    Attributes:
        lane: Where they stand.
        subject: What they are about.
        events: Which.
    """

    lane: Annotated[str, Meta(max_length=64)]
    subject: _Id
    events: _Events


class SpaceErased(msgspec.Struct, frozen=True, array_like=True, tag="space_erased"):
    """An order to erase everything of the person."""


Saying = Founded | Admitted | Renamed | Removed | KeyMade | KeysHanded | Erased | SpaceErased
"""What a statement can say."""


class _Said(msgspec.Struct, frozen=True, array_like=True):
    """What is signed."""

    space: _Id
    author: Holder
    seen: Annotated[tuple[_Hash, ...], Meta(max_length=limits.HEADS_MAX)]
    says: Saying


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement whose signature was checked.

    Attributes:
        id: Its id.
        raw: Signature and signed bytes, as they travel and are kept.
        author: Who says it.
        author_id: The id of that holder.
        seen: The last statements that its author had seen.
        says: What it says.
    """

    id: StatementId
    raw: bytes
    author: Holder
    author_id: HolderId
    seen: tuple[StatementId, ...]
    says: Saying


def space_of(author: Holder, founded: Founded) -> SpaceId:
    """Return the id of the space that a first statement founds: no other one fits it."""
    said = _SPACE_LABEL + author.id + author.sign_key + author.box_key + founded.keeper_hash
    return SpaceId(sha256(said).digest()[: limits.ID_BYTES])


def make_statement(
    signer: Signer,
    space: SpaceId,
    author: Holder,
    seen: tuple[StatementId, ...],
    says: Saying,
) -> Statement:
    """Return a signed statement.

    Args:
        signer: The author's signing key.
        space: Whose graph.
        author: Who says it.
        seen: The heads that it has seen, at most ``limits.HEADS_MAX``.
        says: What.

    Raises:
        LimitExceededError: ``STATEMENT_BYTES_MAX``.
    """
    signed = msgspec.msgpack.encode(_Said(space, author, tuple(sorted(seen)), says))
    raw = signer.sign(_SIGN_LABEL + signed) + signed
    _refuse_large(raw)
    return _statement(raw, _Said(space, author, tuple(sorted(seen)), says), signed)


def kept_statement(raw: bytes) -> Statement:
    """Return a statement that was read before: its signature is not checked once more."""
    signed = raw[SIGNATURE_BYTES:]
    return _statement(raw, msgspec.msgpack.decode(signed, type=_Said), signed)


def read_statement(cipher: Cipher, space: SpaceId, raw: bytes) -> Statement:
    """Return a statement from its bytes, its signature checked.

    Args:
        cipher: The cipher port.
        space: Whose graph it must be of.
        raw: As it travels.

    Raises:
        EventDataError: ``malformed_body``: these bytes are no statement of this space, or nobody
            with the author's keys signed them.
        LimitExceededError: ``STATEMENT_BYTES_MAX``.
    """
    _refuse_large(raw)
    signature, signed = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
    try:
        said = msgspec.msgpack.decode(signed, type=_Said)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise EventDataError(ErrorCode.MALFORMED_BODY, _MALFORMED) from None
    is_canonical = (
        msgspec.msgpack.encode(said) == signed and tuple(sorted(set(said.seen))) == said.seen
    )
    is_rooted = isinstance(said.says, Founded) != bool(said.seen)
    if not is_canonical or said.space != space or not is_rooted:
        raise EventDataError(ErrorCode.MALFORMED_BODY, _MALFORMED)
    if isinstance(said.says, Founded) and space_of(said.author, said.says) != space:
        raise EventDataError(ErrorCode.MALFORMED_BODY, _MALFORMED)
    if not cipher.is_signed(said.author.sign_key, _SIGN_LABEL + signed, signature):
        raise EventDataError(ErrorCode.MALFORMED_BODY, _MALFORMED)
    return _statement(raw, said, signed)


def _statement(raw: bytes, said: _Said, signed: bytes) -> Statement:
    return Statement(
        id=StatementId(sha256(_SIGN_LABEL + signed).digest()),
        raw=raw,
        author=said.author,
        author_id=said.author.id,
        seen=tuple(StatementId(each) for each in said.seen),
        says=said.says,
    )


def _refuse_large(raw: bytes) -> None:
    if len(raw) > limits.STATEMENT_BYTES_MAX:
        raise LimitExceededError("STATEMENT_BYTES_MAX", len(raw), limits.STATEMENT_BYTES_MAX)
