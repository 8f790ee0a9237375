"""The fixed inputs of the test vectors."""

from typing import Any, Final

from trailmark_shared.ids import DeviceId, Epoch, KeyId, SpaceId
from trailmark_shared.sealing import vault_key_id

File = dict[str, Any]
"""What a file of vectors holds, before it is JSON."""

SEED: Final = bytes(range(32))

SPACE: Final = SpaceId(bytes.fromhex("00112233445566778899aabbccddeeff"))
DEVICE: Final = DeviceId(bytes.fromhex("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf"))
EPOCH: Final = Epoch(bytes.fromhex("e0e1e2e3e4e5e6e7"))
KEY_ID: Final = KeyId(bytes.fromhex("1112131415161718"))
VAULT_KEY: Final = bytes(range(64, 96))
NONCE: Final = bytes(range(24))
OTHER_ID: Final = vault_key_id(bytes(range(96, 128)))
OTHER_KEY: Final = bytes(range(96, 128))
PRIVATE_KEY: Final = bytes(range(128, 160))
FRESH_KEY: Final = bytes(range(160, 192))
CLAIM: Final = bytes(range(192, 224))
NAME: Final = 'Gerät "🌙"'
