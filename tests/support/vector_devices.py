"""Test vectors of a person's devices: how one is let in, recovery codes, the key ring."""

from base64 import b64encode

import msgspec

from tests.support import key_rings
from tests.support.key_rings import Code, Holder, Key
from tests.support.vector_inputs import (
    CLAIM,
    DEVICE,
    FRESH_KEY,
    KEY_ID,
    NAME,
    NONCE,
    PRIVATE_KEY,
    SEED,
    SPACE,
    VAULT_KEY,
    File,
)
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_client.bundles import Bundle, KeyHolder
from trailmark_client.identity import VaultKey
from trailmark_shared import codes, device_join, ids, recovery, sealing
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import control_mac_input, encode_body
from trailmark_shared.events.control import DeviceAdded
from trailmark_shared.ids import EventId
from trailmark_shared.key_ring import KeyRing
from trailmark_shared.phrases import comparison_phrase, device_phrase


def joining_file() -> File:
    """Return what two devices, and device and server, must compute alike when joining."""
    signing_key, member = NaclSigner(SEED).public_key, bytes(range(16, 32))
    event_id, body = EventId(bytes([1]) * 16), _control_body()
    mac_input = control_mac_input(event_id, SPACE, body)
    return {
        "about": "Words to compare, a device that is let in, MAC of a whole control body",
        "phrase": {
            "signing_key": signing_key.hex(),
            "space": SPACE.hex(),
            "device": DEVICE.hex(),
            "member": member.hex(),
            "phrase": comparison_phrase(signing_key, SPACE, DEVICE, member),
        },
        "device": _device_case(),
        "control": {
            "vault_key": VAULT_KEY.hex(),
            "space": SPACE.hex(),
            "event_id": event_id.hex(),
            "body": body.decode(),
            "mac_input": mac_input.hex(),
            "tag": sealing.control_tag(VAULT_KEY, mac_input).hex(),
        },
    }


def _device_case() -> File:
    """Return a second device that joins: its proof, the words on both, and its bundle."""
    cipher, code = NaclCipher(), codes.DeviceCode(bytes(range(8)), bytes(range(8, 24)))
    signing_key, inviting_key = NaclSigner(SEED).public_key, cipher.box_public_key(FRESH_KEY)
    joining = device_join.JoiningDevice(
        device=DEVICE,
        name=NAME,
        public_key=cipher.box_public_key(PRIVATE_KEY),
        claim_hash=sealing.fingerprint(CLAIM),
    )
    fresh, bundle = device_join.Freshness(NONCE, FRESH_KEY), _bundle()
    sealed = device_join.seal_bundle(cipher, code, joining, fresh, bundle)
    return {
        "lookup": code.lookup.hex(),
        "lookup_hash": sealing.fingerprint(code.lookup).hex(),
        "secret": code.secret.hex(),
        "device": joining.device.hex(),
        "name": joining.name,
        "private_key": PRIVATE_KEY.hex(),
        "public_key": joining.public_key.hex(),
        "claim": CLAIM.hex(),
        "claim_hash": joining.claim_hash.hex(),
        "proof": device_join.join_proof(code, joining).hex(),
        "inviting_key": inviting_key.hex(),
        "signing_key": signing_key.hex(),
        "space": SPACE.hex(),
        "phrase": device_phrase(signing_key, SPACE, inviting_key, joining.public_key),
        "bundle_key": sealing.derive_key(code.secret, device_join.BUNDLE_LABEL).hex(),
        "associated": (code.lookup + joining.device + joining.public_key).hex(),
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
        "lookup_hash": sealing.fingerprint(secrets.lookup).hex(),
        "authenticator": secrets.authenticator.hex(),
        "authenticator_hash": sealing.fingerprint(secrets.authenticator).hex(),
        "wrapping_key": secrets.wrapping_key.hex(),
        "private_key": secrets.private_key.hex(),
        "public_key": public_key.hex(),
        "holder": recovery.holder_of_recovery(public_key).hex(),
        "backup_key": secrets.backup_key.hex(),
        "nonce": NONCE.hex(),
        "plain": _bundle().decode(),
        "bundle": b64encode(sealed).decode(),
    }


def _bundle() -> bytes:
    holder = KeyHolder(id=DEVICE, public_key=NaclCipher().box_public_key(FRESH_KEY))
    return msgspec.json.encode(
        Bundle(
            space=SPACE,
            server_url="https://trailmark.example",
            signing_key=NaclSigner(SEED).public_key,
            vault_keys=(VaultKey(id=KEY_ID, key=VAULT_KEY),),
            first_key=KEY_ID,
            trusted_key=KEY_ID,
            private_copy=True,
            holders=(holder,),
        )
    )


def _control_body() -> bytes:
    """Return the body of a ``device_added`` whose name needs care when it is written."""
    return encode_body(
        Body(
            type="device_added",
            ver=1,
            subject=DEVICE,
            occurred_at="2026-09-21T16:13:20+02:00",
            zone="Europe/Berlin",
            day="2026-09-21",
            recorded_at=1_790_000_000_000,
            data=DeviceAdded(
                device=ids.text_from_id(DEVICE),
                name='Gerät "🌙"\\/\t\x01\x7f',
                public_key=bytes(32),
            ),
        )
    )


def key_ring_file() -> File:
    """Return a lane in which keys change, and what each of several devices makes of it."""
    phone, laptop, tablet, code = *(Holder(letter) for letter in "plt"), Code("r")
    k0, k1, k2, stolen, met, own = (Key(letter) for letter in "012smo")
    lane = key_rings.Lane()
    lane.add(phone, k0)
    lane.add(laptop, k0)
    lane.add(tablet, k0)
    lane.make_recovery(code, k0)
    lane.plant(k1, k0, [phone, laptop, code])
    lane.remove(tablet, k1)
    # The tablet still knows the first key: nothing that it says with it is in force.
    lane.plant(stolen, k0, [tablet])
    lane.add(Holder("x"), k0)
    # The laptop changed keys at the same time, and its key came too late.
    lane.plant(k2, k0, [phone, laptop, code])
    lane.plant(met, k1, [phone, laptop, code], links=[k2])
    lane.pass_on(own, met, [phone, code])
    readers = {"phone": (phone, [k0, k1]), "laptop": (laptop, [k0, k2]), "tablet": (tablet, [k0])}
    return {
        "about": "Control events of self in lane order, and the key ring as each device reads it",
        "space": key_rings.SPACE.hex(),
        "first_key": k0.id.hex(),
        "events": [
            {
                "id": event.id.hex(),
                "body": event.plain.decode(),
            }
            for event in lane.events
        ],
        "readers": [
            {
                "name": name,
                "holder": holder.id.hex(),
                "private_key": holder.private_key.hex(),
                "keys": [{"id": key.id.hex(), "key": key.value.hex()} for key in keys],
                "ring": _ring_case(lane.ring(keys, holder)),
            }
            for name, (holder, keys) in readers.items()
        ],
    }


def _ring_case(ring: KeyRing) -> File:
    return {
        "chain": [key.hex() for key in ring.chain],
        "holders": {
            holder.hex(): public_key.hex()
            for holder, public_key in sorted(ring.holders(ring.newest).items())
        },
        "follows": {
            key.hex(): sorted(each.hex() for each in ring.follows[key])
            for key in sorted(ring.follows)
        },
        "keys": {key_id.hex(): key.hex() for key_id, key in sorted(ring.keys.items())},
        "removed": sorted(each.hex() for each in ring.removed),
        "disputed": sorted(each.hex() for each in ring.disputed),
        "recovery_codes": sorted(each.hex() for each in ring.recovery_codes),
        "proven": sorted(each.hex() for each in ring.proven),
        "in_force": sorted(each.hex() for each in ring.in_force),
    }
