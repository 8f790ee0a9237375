"""Bounds of the members' pages: signing in, web sessions, requests."""

from __future__ import annotations

from typing import Final

SIGN_IN_LINK_TTL_MS: Final = 24 * 3600 * 1000
"""A one-time sign-in link works for this long."""

WEB_SESSION_IDLE_MS: Final = 2 * 3600 * 1000
"""A browser that did nothing for this long is signed out."""

WEB_SESSION_MAX_MS: Final = 12 * 3600 * 1000
"""A browser is signed out after this long, whatever it did."""

GRANTS_ENDED_AT_ONCE_MAX: Final = 500
"""Grants past their last day that a server lists in one transaction; more follow in the next."""

END_GRANTS_INTERVAL_MS: Final = 60 * 1000
"""Distance of the looks for grants whose last day has passed."""

SEEN_MS: Final = 60 * 1000
"""How fresh the stored time of a browser's or device's last sign of life is kept."""

LIVE_PAGES_MAX: Final = 32
"""Open pages that share one live stream; a browser with more opens another."""

API_PAGE: Final = 50
"""Rows in a page of the members' API, where the question names no number."""

API_PAGE_MAX: Final = 200
"""Most rows in such a page."""

WEB_SESSIONS_MAX: Final = 20
"""Browsers that one therapist may be signed in at; the oldest is signed out for a further one."""

PROOF_MS: Final = 10 * 60 * 1000
"""Who proved within this time who they are may change how they sign in."""

PASSWORD_CHARS_MIN: Final = 15
"""Shortest password, in code points."""

PASSWORD_CHARS_MAX: Final = 128
"""Longest password, in code points."""

PASSWORD_CHARS_JUDGED: Final = 64
"""Leading code points of a new password whose strength is estimated; that takes time."""

PASSWORD_REST_CHARS_MIN: Final = 8
"""Characters that a new password has besides the words of its owner's name and address."""

PASSWORD_GUESSES_LOG10_MIN: Final = 10
"""A new password takes at least ten to the power of this many guesses."""

PASSWORD_CHECKS_AT_ONCE: Final = 2
"""Passwords that are hashed at the same time; each takes 64 MiB."""

PASSWORD_CHECKS_WAITING_MAX: Final = 32
"""Passwords that are hashed or wait for it; further ones are answered ``overloaded``."""

ACCOUNT_TRIES_BURST: Final = 10
"""Wrong passwords that one account may get at once, from wherever they come."""

ACCOUNT_TRIES_REFILL_MS: Final = 60_000
"""After this long an account may get one more."""

ACCOUNTS_TRIED_MAX: Final = 10_000
"""Accounts, existing or not, that the server remembers for this; the oldest is forgotten first."""

KNOWN_BROWSER_MS: Final = 180 * 24 * 3600 * 1000
"""How long a browser is known at which somebody signed in; its tries are counted apart."""

CHALLENGES_BURST: Final = 30
"""Passkey challenges that one address may ask for at once."""

CHALLENGES_REFILL_MS: Final = 2_000
"""After this long an address may ask for one more."""

CHALLENGE_TTL_MS: Final = 5 * 60 * 1000
"""A passkey challenge works for this long."""

CHALLENGES_MAX: Final = 10_000
"""Challenges that wait for an answer; the oldest is forgotten first."""

PASSKEYS_MAX: Final = 20
"""Most passkeys of one therapist."""

PASSKEY_ANSWER_CHARS_MAX: Final = 16 * 1024
"""Longest answer of a passkey, as JSON."""

NOTICES_MAX: Final = 200
"""Security notices that a therapist finds; the oldest is forgotten first."""

REQUEST_BYTES_MAX: Final = 256 * 1024
"""Largest body of a request other than ``POST /sync``."""

REQUEST_HEADER_BYTES_MAX: Final = 64 * 1024
"""Most bytes of the address and headers of a request; a line that sends more is closed."""

REQUEST_HEADERS_MS: Final = 10_000
"""Request line and headers arrive within this time, or the connection is dropped."""

REQUEST_BODY_MS: Final = 120_000
"""The body arrives within this time behind the headers: ``POST_BYTES_MAX`` over a poor line."""

LAST_BODY_MS: Final = 1_000
"""The same once the server stops: whoever sends it may ask again, at the next one."""

WANTED_LANGUAGES_MAX: Final = 20
"""Languages of an ``Accept-Language`` that are looked for; those behind them are passed over."""
