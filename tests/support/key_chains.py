"""Signing keys that follow each other, from seeds."""

from itertools import pairwise

from trailmark_adapters.nacl import NaclSigner
from trailmark_shared import chain
from trailmark_shared.protocol.messages import SigningKey
from trailmark_shared.protocol.signing_keys import first_key


def named_by(old: NaclSigner, new: NaclSigner, time: int) -> SigningKey:
    """Return the public half of ``new`` as ``old`` names it its successor."""
    statement = chain.succession_bytes(old.public_key, new.public_key, time)
    return SigningKey(key=new.public_key, since=time, signature=old.sign(statement))


def key_chain(*seeds: bytes) -> list[SigningKey]:
    """Return the succession of the keys of ``seeds``, at the times 1, 2 and so on."""
    signers = [NaclSigner(seed) for seed in seeds]
    named = [named_by(old, new, time) for time, (old, new) in enumerate(pairwise(signers), 1)]
    return [first_key(signers[0].public_key), *named]
