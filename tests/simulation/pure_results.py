"""Results of pure functions of keys and bytes, kept for all machines of one process.

Machines of a run check the same signatures and make the same boxes again and again. What a function
of its arguments alone gave once it gives again, whoever asks: a run is the same, and ends sooner.
"""

import hmac
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from unittest import mock

from nacl import bindings

from trailmark_client import speaking

_KEPT = 4096
"""How many results of each are kept; few of them are longer than a kilobyte."""

_GRAPHS_KEPT = 32
"""A device keeps so few that those of all machines would take turns."""

_PURE = (
    "crypto_aead_xchacha20poly1305_ietf_decrypt",
    "crypto_box",
    "crypto_core_ed25519_is_valid_point",
    "crypto_scalarmult_base",
    "crypto_sign_open",
    "crypto_sign_seed_keypair",
)


@contextmanager
def results_kept() -> Generator[None]:
    """Compute what depends on arguments alone once; errors are never kept."""
    with ExitStack() as patched:
        for name in _PURE:
            kept = lru_cache(_KEPT)(getattr(bindings, name))
            patched.enter_context(mock.patch.object(bindings, name, kept))
        for name in ("graph_of", "view_of"):
            kept = lru_cache(_GRAPHS_KEPT)(getattr(speaking, name).__wrapped__)
            patched.enter_context(mock.patch.object(speaking, name, kept))
        patched.enter_context(mock.patch.object(hmac, "digest", lru_cache(_KEPT)(hmac.digest)))
        yield
