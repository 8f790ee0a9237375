"""What a worker hands to Python in a browser, made of Python: bytes that count as JavaScript's."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from nacl import bindings
from nacl.exceptions import CryptoError

from trailmark_adapters import browser
from trailmark_adapters.nacl import NaclCipher, NaclSigner, stretched
from trailmark_shared.errors import SealError


class JsBytes:
    """Bytes on the other side."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def to_bytes(self) -> bytes:
        return self.data


class FakeNoble:
    """The primitives by libsodium, behind the names of the other side."""

    def __init__(self) -> None:
        self._cipher = NaclCipher()

    def seal(self, key: Any, nonce: Any, plaintext: Any, bound: Any) -> JsBytes:  # noqa: ANN401
        return JsBytes(self._cipher.seal(key.data, nonce.data, plaintext.data, bound.data))

    def open(self, key: Any, nonce: Any, ciphertext: Any, bound: Any) -> JsBytes | None:  # noqa: ANN401
        try:
            return JsBytes(self._cipher.open(key.data, nonce.data, ciphertext.data, bound.data))
        except SealError:
            return None

    def isSigned(self, public: Any, message: Any, signature: Any) -> bool:  # noqa: ANN401, N802
        return self._cipher.is_signed(public.data, message.data, signature.data)

    def signingKey(self, seed: Any) -> JsBytes:  # noqa: ANN401, N802
        return JsBytes(NaclSigner(seed.data).public_key)

    def sign(self, message: Any, seed: Any) -> JsBytes:  # noqa: ANN401
        return JsBytes(NaclSigner(seed.data).sign(message.data))

    def publicKey(self, private: Any) -> JsBytes:  # noqa: ANN401, N802
        return JsBytes(self._cipher.box_public_key(private.data))

    def sealBox(  # noqa: N802
        self,
        public: Any,  # noqa: ANN401
        private: Any,  # noqa: ANN401
        nonce: Any,  # noqa: ANN401
        plaintext: Any,  # noqa: ANN401
    ) -> JsBytes | None:
        try:
            return JsBytes(
                bindings.crypto_box(plaintext.data, nonce.data, public.data, private.data)
            )
        except CryptoError:
            return None

    def openBox(  # noqa: N802
        self,
        public: Any,  # noqa: ANN401
        private: Any,  # noqa: ANN401
        nonce: Any,  # noqa: ANN401
        ciphertext: Any,  # noqa: ANN401
    ) -> JsBytes | None:
        try:
            return JsBytes(
                bindings.crypto_box_open(ciphertext.data, nonce.data, public.data, private.data)
            )
        except (CryptoError, ValueError):
            return None

    def stretch(self, passphrase: Any, salt: Any, passes: int, kib: int) -> JsBytes:  # noqa: ANN401
        return JsBytes(stretched(passphrase.data, salt.data, passes, kib * 1024))


class FakeSocket:
    """A socket whose other end is the test.

    Attributes:
        sent: Frames that were handed over.
        coming: What it gives, in order: frames, and the close code at the end.
        closed: The code that it was closed with, or ``None``.
    """

    def __init__(self, coming: Sequence[bytes | int]) -> None:
        self.sent: list[bytes] = []
        self.coming = list(coming)
        self.closed: int | None = None

    def send(self, frame: Any) -> None:  # noqa: ANN401
        self.sent.append(frame.data)

    async def receive(self) -> JsBytes | int:
        await asyncio.sleep(0)
        got = self.coming.pop(0)
        return got if isinstance(got, int) else JsBytes(got)

    def close(self, code: int, reason: str) -> None:
        assert reason == ""
        self.closed = code


class FakeAnswer:
    """An HTTP answer."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = JsBytes(body)


class FakeBrowser:
    """All that is handed over.

    Attributes:
        origin: Where the app came from.
        answer: What every request is answered.
        asked: The requests.
        socket: What is opened; ``None`` where it cannot be.
        opened: Addresses that were to be opened.
        held: What was asked about what is shown beside the store, in order.
    """

    def __init__(self, origin: str = "https://home.example") -> None:
        self.noble = FakeNoble()
        self.origin = origin
        self.answer = FakeAnswer(200, b"{}")
        self.asked: list[tuple[str, str, list[list[str]], bytes | None]] = []
        self.socket: FakeSocket | None = None
        self.opened: list[str] = []
        self.held: list[str] = []

    def exchange(
        self,
        method: str,
        url: str,
        headers: Any,  # noqa: ANN401
        body: Any,  # noqa: ANN401
        timeout_ms: int,
    ) -> FakeAnswer:
        assert timeout_ms > 0
        self.asked.append((method, url, headers, body and body.data))
        return self.answer

    async def openSocket(self, url: str) -> FakeSocket | None:  # noqa: N802
        await asyncio.sleep(0)
        self.opened.append(url)
        return self.socket

    async def hold(self) -> None:
        await asyncio.sleep(0)
        self.held.append("hold")

    def release(self) -> None:
        self.held.append("release")

    def toJs(self, value: object) -> Any:  # noqa: ANN401, N802
        return JsBytes(value) if isinstance(value, bytes) else value


@contextmanager
def in_browser(given: FakeBrowser) -> Generator[FakeBrowser]:
    """Let Python find what the worker would have handed over."""
    module: Any = ModuleType(browser.MODULE)
    for name in ("noble", "origin", "exchange", "openSocket", "hold", "release", "toJs"):
        setattr(module, name, getattr(given, name))
    sys.modules[browser.MODULE] = module
    try:
        yield given
    finally:
        del sys.modules[browser.MODULE]
