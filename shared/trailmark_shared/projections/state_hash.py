"""One value that says whether two replicas show the same: the state hash of a lane."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from trailmark_shared.projections.fold import PROJECTION_VERSION, Document

_encode = msgspec.msgpack.Encoder().encode


def state_hash(documents: Iterable[Document], lane: str | None = None) -> bytes:
    """Return SHA-256 over the documents of one lane.

    MessagePack array ``[PROJECTION_VERSION, lane]``, then for each document, sorted by
    (kind, subject), the array ``[kind, subject, json]``. Compare only values of the same projection
    version, taken at the same seq, over confirmed rows.

    Args:
        documents: All documents of one lane, in any order.
        lane: The lane; may be left out where there is at least one document.

    Returns:
        32 bytes.
    """
    ordered = sorted(documents, key=lambda each: (each.kind, each.subject))
    name = lane if lane is not None or not ordered else ordered[0].lane
    digest = sha256(_encode((PROJECTION_VERSION, name)))
    for each in ordered:
        digest.update(_encode((each.kind, each.subject, each.json)))
    return digest.digest()
