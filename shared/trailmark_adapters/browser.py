"""What the page's worker hands to Python when both run in a browser.

JavaScript registers it as a module of that name before any of our code is loaded; see
``client/browser/src/worker.js``. Nothing else imports what is not Python.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any, Final, Protocol, cast

MODULE: Final = "trailmark_browser"
"""Name under which JavaScript registers it."""


class JsBytes(Protocol):
    """A ``Uint8Array`` of JavaScript, as Python sees it."""

    def to_bytes(self) -> bytes:
        """Return a copy."""
        ...


class JsAnswer(Protocol):
    """An HTTP answer.

    Attributes:
        status: 0 where there was none.
        body: Its bytes, at most as many as were asked for.
    """

    status: int
    body: JsBytes


class JsSocket(Protocol):
    """A WebSocket whose frames wait in a queue."""

    def send(self, frame: JsBytes) -> None:
        """Hand a frame over."""
        ...

    async def receive(self) -> JsBytes | int:
        """Return the next frame, or the close code once the connection is over."""
        ...

    def close(self, code: int, reason: str) -> None:
        """End the connection; a second call does nothing."""
        ...


class Noble(Protocol):
    """The ciphers; nothing is returned where something does not open, fit or verify."""

    def seal(self, key: JsBytes, nonce: JsBytes, plaintext: JsBytes, bound: JsBytes) -> JsBytes:
        """XChaCha20-Poly1305."""
        ...

    def open(
        self, key: JsBytes, nonce: JsBytes, ciphertext: JsBytes, bound: JsBytes
    ) -> JsBytes | None:
        """XChaCha20-Poly1305."""
        ...

    def isSigned(self, public: JsBytes, message: JsBytes, signature: JsBytes) -> bool:  # noqa: N802
        """Ed25519."""
        ...

    def signingKey(self, seed: JsBytes) -> JsBytes:  # noqa: N802
        """Return the public half of an Ed25519 key."""
        ...

    def sign(self, message: JsBytes, seed: JsBytes) -> JsBytes:
        """Ed25519; 64 bytes."""
        ...

    def publicKey(self, private: JsBytes) -> JsBytes:  # noqa: N802
        """X25519."""
        ...

    def sealBox(  # noqa: N802
        self, public: JsBytes, private: JsBytes, nonce: JsBytes, plaintext: JsBytes
    ) -> JsBytes | None:
        """X25519, HSalsa20, XSalsa20-Poly1305: ``crypto_box`` of libsodium."""
        ...

    def openBox(  # noqa: N802
        self, public: JsBytes, private: JsBytes, nonce: JsBytes, ciphertext: JsBytes
    ) -> JsBytes | None:
        """As ``sealBox``, the other way."""
        ...

    def stretch(self, passphrase: JsBytes, salt: JsBytes, passes: int, kib: int) -> JsBytes:
        """Argon2id with one lane; 32 bytes."""
        ...


class Browser(Protocol):
    """All that is handed over.

    Attributes:
        noble: The ciphers.
        origin: Address of the server that the app came from: the only one that it can speak to.
    """

    noble: Noble
    origin: str

    def exchange(
        self,
        method: str,
        url: str,
        headers: Sequence[Sequence[str]],
        body: JsBytes | None,
        timeout_ms: int,
    ) -> JsAnswer:
        """Send a request and wait for its answer."""
        ...

    async def openSocket(self, url: str) -> JsSocket | None:  # noqa: N802
        """Open a WebSocket; nothing where it cannot be opened."""
        ...

    async def hold(self) -> None:
        """Let go of what is shown beside the store, and keep nothing new until ``release``."""
        ...

    def release(self) -> None:
        """Let what is shown beside the store be kept again."""
        ...

    def toJs(self, value: object) -> Any:  # noqa: ANN401, N802  (whatever it becomes there)
        """Return a value of Python as JavaScript has it: bytes become a ``Uint8Array``."""
        ...


def browser() -> Browser:
    """Return what the worker handed over."""
    return cast("Browser", import_module(MODULE))


@asynccontextmanager
async def nothing_kept_beside() -> AsyncGenerator[None]:
    """Let nothing of the store stand beside it while it changes.

    News may erase or revoke: a start in the middle of that must show nothing of it.
    """
    given = browser()
    await given.hold()
    try:
        yield
    finally:
        given.release()
