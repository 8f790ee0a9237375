"""Bounds of letting in: invitations, devices, supporters, proposals, erasing."""

from __future__ import annotations

from typing import Final

# --- joining --------------------------------------------------------------------------------------

INVITATION_TTL_MS: Final = 10 * 60 * 1000
"""An invitation or device code works for this long."""

HAND_OVER_TTL_MS: Final = 30 * 24 * 3600 * 1000
"""A hand-over that the person has not answered goes by itself after this long."""

OPEN_INVITATIONS_MAX: Final = 20
"""Invitations of one therapist that may be open at once."""

CODE_TRIES_MAX: Final = 5
"""Wrong tries before an invitation is closed."""

PENDING_GRANTS_MAX: Final = 16
"""Invitations that a device may have redeemed and not completed."""

CREDENTIAL_BYTES: Final = 32
"""Length of a device's credential, in bytes."""

CREDENTIAL_TTL_MS: Final = 400 * 24 * 3600 * 1000
"""A credential that was not renewed for this long no longer opens a session: with the age at which
it is renewed, a device may be away for a year."""

CREDENTIAL_RENEW_MS: Final = 30 * 24 * 3600 * 1000
"""A credential is renewed in band once it is this old."""

TRIES_BURST: Final = 10
"""Wrong codes and links that one address may try at once; right ones do not count."""

TRIES_REFILL_MS: Final = 6_000
"""After this long an address may try once more."""

TRIES_ADDRESSES_MAX: Final = 10_000
"""Addresses that the server remembers for this; the oldest is forgotten first."""

COUNTED_IPV6_BITS: Final = 64
"""Leading bits of an IPv6 address that tries are counted by: what one line is given as a whole."""

PROXY_HOPS_MAX: Final = 16
"""Addresses of ``X-Forwarded-For`` that are looked at, from the right."""

BUNDLE_BYTES_MAX: Final = 120 * 1024
"""Largest sealed bundle for a second device."""

DEVICES_PER_SPACE_MAX: Final = 32
"""Most devices of one person that are not revoked."""

RECOVERED_BEYOND_MAX: Final = 8
"""So many more a recovery code lets in: whoever fills the places leaves the way back open."""

# --- supporters -----------------------------------------------------------------------------------

SUPPORTERS_MAX: Final = 32
"""Most supporters of one person who are let in at once."""

SUPPORTER_ITEMS_PER_DAY_MAX: Final = 30
"""Most things that a person sends to one supporter in a day."""

ENCOURAGEMENT_CHARS_MAX: Final = 500
"""Longest encouragement of a supporter, in code points."""

SUPPORTER_LINK_TTL_MS: Final = 90 * 24 * 3600 * 1000
"""A supporter's link works for this long after the server learnt of it."""

SUPPORTER_LINKS_MAX: Final = 256
"""Most supporters' links of one space that the server remembers, ended ones included."""

SUPPORTER_LINK_REPLACES_MAX: Final = 8
"""Most links that a device names as those which a new one replaces."""

SUPPORTER_SESSIONS_MAX: Final = 8
"""Browsers that are let in by one supporter's link at once; the oldest is closed for the next."""

SUPPORTER_SESSION_IDLE_MS: Final = 30 * 60 * 1000
"""A supporter's browser that did nothing for this long is asked for the link again."""

SUPPORTER_SESSION_MAX_MS: Final = 4 * 3600 * 1000
"""A supporter's browser is asked for the link again after this long, whatever it did."""

SUPPORTER_PAGE_ITEMS_MAX: Final = 20
"""Most things on one page of a supporter; earlier ones are a step away."""

# --- proposals ------------------------------------------------------------------------------------

OPEN_PROPOSALS_MAX: Final = 32
"""Proposals of one member that may wait for the person's answer in a lane."""

# --- erasing --------------------------------------------------------------------------------------

ERASURE_STATEMENTS_MAX: Final = 256
"""Signed statements with which one device proves that it erased everything; the last ones."""

ERASURE_PROOF_BYTES_MAX: Final = 96 * 1024
"""Most bytes of these together."""
