"""The cipher of sealed bodies in a browser: noble, audited JavaScript, behind the same port.

It keeps the golden vectors that libsodium keeps; a test runs them in a browser.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, NoReturn

from trailmark_adapters.browser import Browser, browser
from trailmark_shared.errors import ErrorCode, SealError
from trailmark_shared.words import gettext

_BOX_NONCE_BYTES: Final = 24
_KEY_BYTES: Final = 32


class NobleCipher:
    """Ciphers, boxes and Ed25519 verification by noble; keeps ``sealing.Cipher``."""

    def __init__(self, given: Browser) -> None:
        """Take the functions of JavaScript."""
        self._noble = given.noble
        self._js = given.toJs

    def seal(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """Return ciphertext and tag of ``plaintext``."""
        js = self._js
        return self._noble.seal(js(key), js(nonce), js(plaintext), js(associated)).to_bytes()

    def open(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            SealError: ``seal_broken``: another key, nonce or associated data, or altered bytes.
        """
        js = self._js
        opened = self._noble.open(js(key), js(nonce), js(ciphertext), js(associated))
        if opened is None:
            _broken(gettext("a sealed body does not open"))
        return opened.to_bytes()

    def is_signed(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Say whether ``signature`` is the Ed25519 signature of ``message`` by ``public_key``."""
        return self._noble.isSigned(self._js(public_key), self._js(message), self._js(signature))

    def box_public_key(self, private_key: bytes) -> bytes:
        """Return the X25519 public key of a private one."""
        return self._noble.publicKey(self._js(private_key)).to_bytes()

    def seal_box(self, public_key: bytes, fresh_key: bytes, plaintext: bytes) -> bytes:
        """Return a box that only the holder of ``public_key``'s private half opens.

        Raises:
            SealError: ``seal_broken``: ``public_key`` is no key that anybody could hold.
        """
        js, fresh_public = self._js, self.box_public_key(fresh_key)
        nonce = _box_nonce(fresh_public, public_key)
        sealed = self._noble.sealBox(js(public_key), js(fresh_key), js(nonce), js(plaintext))
        if sealed is None:
            _broken(gettext("this is no key to seal for"))
        return fresh_public + sealed.to_bytes()

    def open_box(self, private_key: bytes, box: bytes) -> bytes:
        """Return what a box holds.

        Raises:
            SealError: ``seal_broken``: sealed for somebody else, or altered.
        """
        js, fresh_public = self._js, box[:_KEY_BYTES]
        nonce = _box_nonce(fresh_public, self.box_public_key(private_key))
        opened = self._noble.openBox(
            js(fresh_public), js(private_key), js(nonce), js(box[_KEY_BYTES:])
        )
        if opened is None:
            _broken(gettext("a box does not open"))
        return opened.to_bytes()


class NobleSigner:
    """An Ed25519 signing key.

    Attributes:
        public_key: The public half, 32 bytes.
    """

    def __init__(self, given: Browser, seed: bytes) -> None:
        """Derive the key pair from ``seed``, 32 unguessable bytes."""
        self._noble = given.noble
        self._js = given.toJs
        self._seed = seed
        self.public_key = given.noble.signingKey(given.toJs(seed)).to_bytes()

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``, 64 bytes."""
        return self._noble.sign(self._js(message), self._js(self._seed)).to_bytes()


def stretched(passphrase: bytes, salt: bytes, passes: int, memory_bytes: int) -> bytes:
    """Return a key by Argon2id; see ``cipher.stretched``."""
    given = browser()
    kib = memory_bytes // 1024
    made = given.noble.stretch(given.toJs(passphrase), given.toJs(salt), passes, kib)
    return made.to_bytes()


def loaded_cipher() -> NobleCipher:
    """Return the cipher over what the worker handed over."""
    return NobleCipher(browser())


def loaded_key_pair(seed: bytes) -> NobleSigner:
    """Return a key pair over what the worker handed over."""
    return NobleSigner(browser(), seed)


def _box_nonce(fresh_public: bytes, public_key: bytes) -> bytes:
    return blake2b(fresh_public + public_key, digest_size=_BOX_NONCE_BYTES).digest()


def _broken(message: str) -> NoReturn:
    raise SealError(ErrorCode.SEAL_BROKEN, message) from None
