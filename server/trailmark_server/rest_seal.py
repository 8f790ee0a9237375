"""Words at rest: sealed with the person's own key, so that erasing a person is erasing a key.

Bodies and the documents folded out of them alike: a copy of the log alone, in a backup or in a
thief's hands, holds nothing that a person wrote.
"""

from __future__ import annotations

from typing import Final, Protocol

from trailmark_adapters.randomness import Randomness
from trailmark_shared.ids import EventId, Lane, SpaceId
from trailmark_shared.sealing import NONCE_BYTES, Cipher

SPACE_KEY_BYTES: Final = 32
"""Length of a person's at-rest key, in bytes."""

_LABEL: Final = b"trailmark-rest/1"
_DOCUMENT_LABEL: Final = b"trailmark-rest-document/1"


class Opener(Protocol):
    """Gives a body from its stored form; ``RestSeal`` is one."""

    def open(self, event: EventId, stored: bytes) -> bytes:
        """Return the body."""
        ...


class RestSeal:
    """Seals and opens the words of one space as the store keeps them: nonce ‖ ciphertext.

    The associated data bind a body to its event and a document to its subject and lane, so that
    nothing stored fits into another row.

    Attributes:
        space: Whose bodies.
        erasures: How often the person had been erased when the key was fetched.
    """

    def __init__(
        self,
        cipher: Cipher,
        randomness: Randomness,
        space: SpaceId,
        key: bytes,
        erasures: int = 0,
    ) -> None:
        """Use ``key``, ``SPACE_KEY_BYTES`` long, for the words of ``space``."""
        self._cipher = cipher
        self._randomness = randomness
        self.space = space
        self.erasures = erasures
        self._label = _LABEL + space
        self._document_label = _DOCUMENT_LABEL + space
        self._key = key

    def seal(self, event: EventId, body: bytes) -> bytes:
        """Return the stored form of a body."""
        return self._sealed(body, self._label + event)

    def open(self, event: EventId, stored: bytes) -> bytes:
        """Return the body of its stored form.

        Raises:
            SealError: ``seal_broken``: another key, another event, or altered bytes.
        """
        return self._opened(stored, self._label + event)

    def seal_document(self, lane: Lane, subject: bytes, json: bytes) -> bytes:
        """Return the stored form of the document of a subject in a lane."""
        return self._sealed(json, self._document_label + subject + lane.encode())

    def open_document(self, lane: Lane, subject: bytes, stored: bytes) -> bytes:
        """Return the JSON of a stored document.

        Raises:
            SealError: ``seal_broken``: another key, another subject or lane, or altered bytes.
        """
        return self._opened(stored, self._document_label + subject + lane.encode())

    def _sealed(self, plain: bytes, associated: bytes) -> bytes:
        nonce = self._randomness.token(NONCE_BYTES)
        return nonce + self._cipher.seal(self._key, nonce, plain, associated)

    def _opened(self, stored: bytes, associated: bytes) -> bytes:
        nonce, ciphertext = stored[:NONCE_BYTES], stored[NONCE_BYTES:]
        return self._cipher.open(self._key, nonce, ciphertext, associated)
