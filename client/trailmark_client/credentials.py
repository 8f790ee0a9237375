"""The credential of this device as it changes: let in, let out, renewed, proven, refused.

Nobody but the server knows whether what it handed out opens a session. So the one before is kept
until the renewed one has opened one, and is taken up again where the server does not know the
renewed one. Servers keep both until then.
"""

from __future__ import annotations

from msgspec.structs import replace

from trailmark_client.identity import Identity


def signed_in(identity: Identity, credential: str, expires_at: int) -> Identity:
    """Return the identity of a device that a server let in.

    Args:
        identity: As it is.
        credential: What the server handed out.
        expires_at: When that ends unless renewed, milliseconds UTC.
    """
    return replace(
        identity,
        credential=credential,
        credential_expires_at=expires_at,
        credential_before=None,
    )


def signed_out(identity: Identity) -> Identity:
    """Return the identity of a device that nothing lets in any more."""
    return replace(identity, credential=None, credential_expires_at=None, credential_before=None)


def renewed(identity: Identity, used: str, credential: str, expires_at: int) -> Identity:
    """Return the identity with a renewed credential, beside the one that the session used.

    Args:
        identity: As it is.
        used: What opened the session that asked.
        credential: What the server handed out.
        expires_at: When that ends unless renewed, milliseconds UTC.
    """
    if identity.credential != used:
        # It was let in anew meanwhile, or another process asked as well and was first.
        return identity
    return replace(signed_in(identity, credential, expires_at), credential_before=used)


def proven(identity: Identity, used: str) -> Identity:
    """Return the identity once ``used`` has opened a session: no other one is needed."""
    return replace(identity, credential_before=None) if identity.credential == used else identity


def refused(identity: Identity, used: str | None) -> Identity:
    """Return the identity once a server said that it does not know ``used``."""
    if identity.credential != used or identity.credential_before is None:
        return identity
    return replace(identity, credential=identity.credential_before, credential_before=None)
