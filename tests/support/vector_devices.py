"""Test vectors of a person's devices: how one is let in, recovery codes, statements."""

from base64 import b64encode
from typing import Literal

import msgspec

from tests.support.vector_inputs import (
    CLAIM,
    DEVICE,
    FRESH_KEY,
    NAME,
    NONCE,
    PRIVATE_KEY,
    SEED,
    SPACE,
    VAULT_KEY,
    File,
)
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_client.bundles import Bundle, code_secrets
from trailmark_client.identity import Secrets, founded_with
from trailmark_shared import codes, device_join, recovery, sealing
from trailmark_shared.device_graph.boxes import box_for, key_proof
from trailmark_shared.device_graph.graph import DeviceGraph
from trailmark_shared.device_graph.resolution import resolve
from trailmark_shared.device_graph.statements import (
    Admitted,
    Erased,
    KeyMade,
    Removed,
    Saying,
    Statement,
    StatementId,
    Wrap,
    make_statement,
    space_of,
)
from trailmark_shared.phrases import comparison_phrase, device_phrase


def joining_file() -> File:
    """Return what two devices, and device and server, must compute alike when joining."""
    signing_key, member = NaclSigner(SEED).public_key, bytes(range(16, 32))
    return {
        "about": "Words to compare, a device that is let in",
        "phrase": {
            "signing_key": signing_key.hex(),
            "space": SPACE.hex(),
            "device": DEVICE.hex(),
            "member": member.hex(),
            "phrase": comparison_phrase(signing_key, SPACE, DEVICE, member),
        },
        "device": _device_case(),
    }


def _device_case() -> File:
    """Return a second device that joins: its proof, the words on both, and its bundle."""
    cipher, code = NaclCipher(), codes.DeviceCode(bytes(range(8)), bytes(range(8, 24)))
    signing_key, inviting = NaclSigner(SEED).public_key, _secrets("device", b"i"[0]).holder
    secrets = Secrets(kind="device", sign_seed=SEED, private_key=PRIVATE_KEY)
    joining = device_join.JoiningDevice(
        device=secrets.holder.id,
        name=NAME,
        sign_key=secrets.holder.sign_key,
        public_key=secrets.holder.box_key,
        claim_hash=sealing.digest(CLAIM),
    )
    fresh, bundle = device_join.Freshness(NONCE, FRESH_KEY), _bundle()
    sealed = device_join.seal_bundle(cipher, code, joining, fresh, bundle)
    return {
        "lookup": code.lookup.hex(),
        "lookup_hash": sealing.digest(code.lookup).hex(),
        "secret": code.secret.hex(),
        "device": joining.device.hex(),
        "name": joining.name,
        "private_key": PRIVATE_KEY.hex(),
        "sign_key": joining.sign_key.hex(),
        "public_key": joining.public_key.hex(),
        "keys_hash": secrets.holder.hash.hex(),
        "claim": CLAIM.hex(),
        "claim_hash": joining.claim_hash.hex(),
        "proof": device_join.join_proof(code, joining).hex(),
        "inviting_keys_hash": inviting.hash.hex(),
        "signing_key": signing_key.hex(),
        "space": SPACE.hex(),
        "phrase": device_phrase(signing_key, SPACE, inviting.hash, secrets.holder.hash),
        "bundle_key": sealing.derive_key(code.secret, device_join.BUNDLE_LABEL).hex(),
        "associated": (code.lookup + joining.device + joining.sign_key + joining.public_key).hex(),
        "nonce": NONCE.hex(),
        "fresh_key": FRESH_KEY.hex(),
        "plain": bundle.decode(),
        "bundle": b64encode(sealed).decode(),
    }


def recovery_file() -> File:
    """Return what a recovery code gives, and the bundle that the server keeps."""
    cipher, code = NaclCipher(), bytes(range(16))
    secrets = recovery.recovery_secrets(code)
    public_key = cipher.box_public_key(secrets.private_key)
    sealed = recovery.seal_recovery_bundle(cipher, secrets, NONCE, _bundle())
    return {
        "about": "A recovery code: everything that is derived from it, and its sealed bundle",
        "code": code.hex(),
        "text": codes.text_from_recovery_code(code),
        "lookup": secrets.lookup.hex(),
        "lookup_hash": sealing.digest(secrets.lookup).hex(),
        "authenticator": secrets.authenticator.hex(),
        "authenticator_hash": sealing.digest(secrets.authenticator).hex(),
        "wrapping_key": secrets.wrapping_key.hex(),
        "private_key": secrets.private_key.hex(),
        "public_key": public_key.hex(),
        "sign_seed": secrets.sign_seed.hex(),
        "holder": code_secrets(secrets).holder.id.hex(),
        "backup_key": secrets.backup_key.hex(),
        "nonce": NONCE.hex(),
        "plain": _bundle().decode(),
        "bundle": b64encode(sealed).decode(),
    }


def _bundle() -> bytes:
    return msgspec.json.encode(
        Bundle(
            space=SPACE,
            server_url="https://trailmark.example",
            signing_key=NaclSigner(SEED).public_key,
            private_copy=True,
            firm=(StatementId(bytes(32)),),
        )
    )


def device_graph_file() -> File:
    """Return the statements of three devices and a code, and what each is to make of them."""
    cipher = NaclCipher()
    phone, laptop, tablet = (_secrets("device", letter) for letter in b"plt")
    code = _secrets("code", b"r"[0])
    first, second = VAULT_KEY, bytes(reversed(VAULT_KEY))
    founded = founded_with(first)
    space = space_of(phone.holder, founded)
    said: list[Statement] = []

    def say(by: Secrets, says: Saying) -> None:
        seen = (said[-1].id,) if said else ()
        said.append(make_statement(by.signer, space, by.holder, seen, says))

    def made(key: bytes, without: tuple[bytes, ...], *holders: Secrets) -> KeyMade:
        wraps = [
            Wrap(sealing.vault_key_id(key), each.holder.id, box)
            for each in holders
            if (box := box_for(cipher, space, key, each.holder)) is not None
        ]
        proof = key_proof(space, key, phone.holder.id, without)
        return KeyMade(sealing.vault_key_id(key), without, proof, tuple(wraps), seals=True)

    say(phone, founded)
    say(phone, made(first, (), phone))
    say(phone, Admitted(laptop.holder, "Laptop"))
    say(laptop, Admitted(tablet.holder, "Tablet"))
    say(laptop, Admitted(code.holder, ""))
    say(laptop, Removed((tablet.holder.id,)))
    say(phone, made(second, (tablet.holder.id,), phone, laptop, code))
    say(laptop, Erased("self", bytes(16), (bytes([1]) * 16,)))
    view = resolve(DeviceGraph(said))
    return {
        "about": "Signed statements about devices and keys, and what they come to",
        "space": space.hex(),
        "vault_keys": [first.hex(), second.hex()],
        "holders": [
            {
                "kind": each.kind,
                "sign_seed": each.sign_seed.hex(),
                "private_key": each.private_key.hex(),
                "sign_key": each.holder.sign_key.hex(),
                "public_key": each.holder.box_key.hex(),
                "id": each.holder.id.hex(),
            }
            for each in (phone, laptop, tablet, code)
        ],
        "statements": [{"id": each.id.hex(), "raw": each.raw.hex()} for each in said],
        "members": [each.hex() for each in view.members],
        "removed": sorted(each.hex() for each in view.removed),
    }


def device_secrets(letter: int) -> Secrets:
    """Return the secrets of a device of the vectors, by a letter."""
    return _secrets("device", letter)


def numbered_secrets(number: int) -> Secrets:
    """Return the secrets of one device of many, by its number: both seeds are that in 32 bytes."""
    seed = number.to_bytes(32, "big")
    return Secrets(kind="device", sign_seed=seed, private_key=seed)


def _secrets(kind: Literal["device", "code"], letter: int) -> Secrets:
    return Secrets(kind=kind, sign_seed=bytes([letter]) * 32, private_key=bytes([letter + 1]) * 32)
