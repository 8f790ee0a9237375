"""Every bound of the system, with its unit in its name.

A bound that is crossed gives a named error (``errors.LimitExceededError`` or a protocol error) and
loses nothing. Relations between bounds are asserted at import, so that a careless change fails at
once. Each bound has a test that crosses it.
"""

from __future__ import annotations

from typing import Final

# --- identifiers -----------------------------------------------------------------------------

ID_BYTES: Final = 16
"""Length of every random id (event, subject, space, device), in bytes."""

EPOCH_BYTES: Final = 8
"""Length of a device's epoch, in bytes."""

KEY_ID_BYTES: Final = 8
"""Length of a vault key's id, in bytes; eight zero bytes mean a plain body."""

SALT_BYTES: Final = 16
"""Length of an event's salt, in bytes."""

HASH_BYTES: Final = 32
"""Length of every SHA-256 value, in bytes."""

INTEGER_MAX: Final = 2**53 - 1
"""Largest counter or time anywhere: exact in JavaScript and within SQLite's 63 bits."""

LANE_NAME_CHARS_MAX: Final = 33
"""Longest lane name: ``circle/`` and 26 characters."""

SIGNING_KEYS_MAX: Final = 64
"""Most keys that a server ever signed heads with: all of them stand in ``welcome``."""

EXPORT_LINE_BYTES_MAX: Final = 1024 * 1024
"""Longest line of an export of a lane; a body of the largest size fits into one."""

# --- bodies ----------------------------------------------------------------------------------

BODY_BYTES_MAX: Final = 64 * 1024
"""Largest body as stored (sealed or plain)."""

BODY_DEPTH_MAX: Final = 16
"""Deepest nesting of arrays and objects in a plain body; deeper JSON is not decoded at all."""

TEXT_CHARS_MAX: Final = 10_000
"""Longest free text of a person in one event (a reflection, a comment), in code points."""

TITLE_CHARS_MAX: Final = 300
"""Longest title, step text or name, in code points."""

LIST_ITEMS_MAX: Final = 64
"""Most entries of any list inside a body (tags, classes, links)."""

BASE_IDS_MAX: Final = 256
"""Most current values that one setter can name."""

SEAL_BLOCK_BYTES: Final = 256
"""Bodies are padded to a multiple of this before sealing, so that their length says little."""

# --- protocol --------------------------------------------------------------------------------

FRAME_BYTES_MAX: Final = 1024 * 1024
"""Largest frame in either direction."""

PAGE_EVENTS_MAX: Final = 500
"""Most events in one page or batch."""

PAGE_BYTES_MAX: Final = 512 * 1024
"""A page or batch is cut before its bodies pass this many bytes."""

PUSH_WINDOW: Final = 4
"""Batches a client may have in flight without an answer, per lane."""

PAGE_WINDOW: Final = 4
"""Pages a server may have in flight without an acknowledgement, per lane."""

LANES_PER_SESSION_MAX: Final = 256
"""Most lanes in one ``hello``; what a device reads of further ones begins at their first row."""

BACK_POINTS_MAX: Final = 56
"""Known rows at doubling distances that ``hello`` names: enough for 2**53 rows."""

REVOKED_GRANTS_MAX: Final = 1024
"""Most revoked grants named in one ``hello`` or ``revoked``."""

SESSION_OFFERS_MAX: Final = 4
"""Offers a client may have in flight without an answer, per lane."""

HELLO_TIMEOUT_MS: Final = 5_000
"""The first frame arrives within this time, or the session closes."""

SEND_TIMEOUT_MS: Final = 20_000
"""A peer that takes no bytes for this long is dropped; it resumes from its cursor."""

PING_INTERVAL_MS: Final = 20_000
"""Distance of keep-alive pings at the transport."""

POST_BYTES_MAX: Final = 4 * FRAME_BYTES_MAX
"""Largest body of ``POST /sync``, either way."""

# --- reconnecting ----------------------------------------------------------------------------

BACKOFF_MIN_MS: Final = 500
"""First ceiling of the full-jitter wait before connecting again."""

BACKOFF_MAX_MS: Final = 30_000
"""Last ceiling of that wait."""

HEALTHY_MS: Final = 30_000
"""A session that lived this long resets the wait."""

SPREAD_MS_MAX: Final = 30_000
"""``going_away`` never asks for a longer wait than this."""

# --- server ----------------------------------------------------------------------------------

COMMIT_GROUP_MAX: Final = 256
"""Most appends that one group commit takes."""

WRITE_QUEUE_MAX: Final = 4096
"""Appends that may wait for the writer; more are answered ``overloaded``."""

SIGNED_HEADS_KEPT_MAX: Final = 4096
"""Signatures of heads that a server remembers; an older one is made again when asked for."""

REST_SEALS_KEPT_MAX: Final = 4096
"""At-rest keys of persons that a server remembers; another one is fetched when needed."""

CLEAN_IN_MEMORY_BYTES_MAX: Final = 64 * 1024 * 1024
"""Largest database that is written anew in memory; a larger one takes a temporary file."""

CLEANING_PAUSE_MS: Final = 60 * 1000
"""Remnants of erased words leave the server's file within this time; no cleaning comes earlier."""

SESSIONS_PER_DEVICE_MAX: Final = 4
"""Live sessions of one device; the oldest one ends when another comes."""

SPACE_EVENTS_PER_SECOND: Final = 2_000
"""Sustained events that one device may push; above it the server answers ``throttle``."""

THROTTLE_MS_MAX: Final = 60_000
"""Longest pause that ``throttle`` asks for; a device keeps no longer one."""

SPACE_EVENTS_BURST: Final = 20_000
"""Events a device may push at once before that rate applies: a long time offline."""

ACCESS_LOG_WINDOW_MS: Final = 15 * 60 * 1000
"""One access-log row per member, page and this much time."""

EXPORT_LOG_WINDOW_MS: Final = 60 * 1000
"""The same for exports: a copy that leaves is worth a row of its own."""

ACCESS_LOG_ENTRIES_MAX: Final = 1_000
"""Access-log rows that are told at once, the newest first."""

ACCESS_LOG_PAGES_MAX: Final = 200
"""Pages of the access log that a device asks for in a row; more than six busy years."""

LOOK_CHARS_MAX: Final = 40
"""Longest name of a look in the access log."""

ACCESS_LOG_KEPT_DAYS: Final = 6 * 366
"""Access-log rows are forgotten when they are older, unless the operator says otherwise."""

PRUNED_ROWS_MAX: Final = 1_000
"""Old rows that one transaction forgets, so that nobody waits for the housekeeping."""

PRUNE_INTERVAL_MS: Final = 24 * 3600 * 1000
"""How often old rows are looked for."""

# --- joining ---------------------------------------------------------------------------------

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

CREDENTIAL_TTL_MS: Final = 180 * 24 * 3600 * 1000
"""A credential that was not renewed for this long no longer opens a session."""

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

BUNDLE_BYTES_MAX: Final = 64 * 1024
"""Largest sealed bundle for a second device."""

DEVICES_PER_SPACE_MAX: Final = 32
"""Most devices of one person that are not revoked."""

DEVICE_CODES_PER_DEVICE_MAX: Final = 1
"""Device codes of one device that work at once, each for one device that waits to be let in."""

VAULT_KEYS_MAX: Final = 512
"""Most vault keys that a device makes or takes for opening; what follows the newest always is."""

# --- supporters ------------------------------------------------------------------------------

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

SUPPORTER_SESSIONS_MAX: Final = 8
"""Browsers that are let in by one supporter's link at once; the oldest is closed for the next."""

SUPPORTER_SESSION_IDLE_MS: Final = 30 * 60 * 1000
"""A supporter's browser that did nothing for this long is asked for the link again."""

SUPPORTER_SESSION_MAX_MS: Final = 4 * 3600 * 1000
"""A supporter's browser is asked for the link again after this long, whatever it did."""

SUPPORTER_PAGE_ITEMS_MAX: Final = 20
"""Most things on one page of a supporter; earlier ones are a step away."""

# --- proposals -------------------------------------------------------------------------------

OPEN_PROPOSALS_MAX: Final = 32
"""Proposals of one member that may wait for the person's answer in a lane."""

# --- erasing ---------------------------------------------------------------------------------

ERASURE_PROOFS_MAX: Final = 16
"""Vault keys under which one device proves that it erased everything; the newest ones."""

ERASURE_PROOF_BYTES_MAX: Final = 1024
"""Longest of these proofs."""

# --- web ------------------------------------------------------------------------------------

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
"""Request line and headers end within this many bytes, or the connection is closed."""

REQUEST_HEADERS_MS: Final = 10_000
"""Request line and headers arrive within this time, or the connection is dropped."""

REQUEST_BODY_MS: Final = 120_000
"""The body arrives within this time behind the headers: ``POST_BYTES_MAX`` over a poor line."""

assert PAGE_BYTES_MAX + BODY_BYTES_MAX < FRAME_BYTES_MAX, "a full page must fit into a frame"
assert BODY_BYTES_MAX >= 4 * TEXT_CHARS_MAX, "the longest text must fit into a body"
assert TITLE_CHARS_MAX <= TEXT_CHARS_MAX
assert BODY_BYTES_MAX % SEAL_BLOCK_BYTES == 0
assert BACKOFF_MIN_MS < BACKOFF_MAX_MS <= HEALTHY_MS
assert POST_BYTES_MAX >= FRAME_BYTES_MAX
assert CREDENTIAL_RENEW_MS < CREDENTIAL_TTL_MS
assert PROOF_MS < WEB_SESSION_IDLE_MS
assert PASSWORD_REST_CHARS_MIN < PASSWORD_CHARS_MIN < PASSWORD_CHARS_JUDGED < PASSWORD_CHARS_MAX
assert PASSWORD_CHECKS_AT_ONCE <= PASSWORD_CHECKS_WAITING_MAX
assert SEEN_MS < WEB_SESSION_IDLE_MS <= WEB_SESSION_MAX_MS
assert SEEN_MS < SUPPORTER_SESSION_IDLE_MS <= SUPPORTER_SESSION_MAX_MS < SUPPORTER_LINK_TTL_MS
assert ENCOURAGEMENT_CHARS_MAX <= TEXT_CHARS_MAX
assert 2 * SUPPORTERS_MAX < SUPPORTER_LINKS_MAX, "every supporter's link can be replaced"
assert 2 * BUNDLE_BYTES_MAX < REQUEST_BYTES_MAX, "a bundle in base64 must fit into a request"
assert 100 * VAULT_KEYS_MAX < BUNDLE_BYTES_MAX, "all vault keys must fit into a bundle"
assert DEVICES_PER_SPACE_MAX + 2 <= LIST_ITEMS_MAX, "one wrap for each device and recovery code"
