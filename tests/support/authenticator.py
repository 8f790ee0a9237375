"""An authenticator in software: makes passkeys and answers with them as a browser would.

Source: W3C Web Authentication Level 3, sections 6.1 (authenticator data) and 6.5.4 (attestation).
"""

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text_: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text_ + "=" * (-len(text_) % 4))


class Authenticator:
    """Holds one passkey; everything that it says can be bent by a test.

    Attributes:
        origin: The page that it believes to be asked by.
        flags: What it says of its owner.
        count: How often it was used; 0 for one that does not count.
        is_framed: The page stands within one of another site.
    """

    def __init__(self, origin: str, credential: bytes = b"a credential", seed: int = 7) -> None:
        self.origin = origin
        self.credential = credential
        self.flags = PRESENT | VERIFIED
        self.count = 0
        self.is_framed = False
        self.owner: bytes | None = None
        self._key = ec.derive_private_key(seed, ec.SECP256R1())

    def make(self, asked: str, **bent: Any) -> str:  # noqa: ANN401  (whatever JSON holds)
        """Answer a wish for a new passkey."""
        wish = json.loads(asked)
        self.owner = data(wish["user"]["id"])
        client = self._client("webauthn.create", wish["challenge"], bent)
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential
        told = self._told(bent.get("site", wish["rp"]["id"]), ATTESTED) + attested + self._public()
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": told})
        return self._answer(clientDataJSON=text(client), attestationObject=text(attestation))

    def use(self, asked: str, **bent: Any) -> str:  # noqa: ANN401  (whatever JSON holds)
        """Answer a question."""
        question = json.loads(asked)
        self.count += bool(self.count)
        client = self._client("webauthn.get", question["challenge"], bent)
        told = self._told(bent.get("site", question["rpId"]), 0)
        signed = told + sha256(client).digest()
        signature = self._key.sign(signed, ec.ECDSA(hashes.SHA256()))
        owner = bent.get("owner", self.owner)
        return self._answer(
            clientDataJSON=text(client),
            authenticatorData=text(told),
            signature=text(bent.get("signature", signature)),
            **({} if owner is None else {"userHandle": text(owner)}),
        )

    def _client(self, kind: str, challenge: str, bent: dict[str, Any]) -> bytes:
        told = {
            "type": bent.get("type", kind),
            "challenge": bent.get("challenge", challenge),
            "origin": bent.get("origin", self.origin),
            "crossOrigin": self.is_framed,
        }
        return json.dumps(told).encode()

    def _told(self, site: str, more: int) -> bytes:
        flags = bytes([self.flags | more])
        return sha256(site.encode()).digest() + flags + self.count.to_bytes(4, "big")

    def _public(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, **response: str) -> str:
        return json.dumps(
            {
                "id": text(self.credential),
                "rawId": text(self.credential),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
