"""When each error code comes and what to do about it: the words of docs/errors.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.errors import ErrorCode as Code

_NOTHING: Final = "nothing; it is set aside visibly"
_AGAIN: Final = "wait; it is tried again by itself"
_UPGRADE: Final = "upgrade the program"

MEANINGS: Final[Mapping[Code, tuple[str, str]]] = {
    Code.MALFORMED_BODY: ("a body is not what its type and version say", _NOTHING),
    Code.MALFORMED_ID: ("a text is no id", "type 26 characters of 0-9 and a-z, or a unique prefix"),
    Code.TOO_DEEP: ("a body nests deeper than `BODY_DEPTH_MAX`", _NOTHING),
    Code.TOO_LARGE: ("a bound of `limits` was crossed; the message names it", "send less"),
    Code.WRONG_SPACE: ("an event names another space than its credential", _NOTHING),
    Code.PLAIN_IN_SELF: ("a readable body in `self` that is no control type", _NOTHING),
    Code.SEALED_IN_SHARED: ("a sealed body in a shared lane", _NOTHING),
    Code.LANE_CLOSED: ("a lane whose last grant was revoked takes nothing new", "let somebody in"),
    Code.LANE_UNOPENED: ("a shared lane does not begin with `access_granted`", _NOTHING),
    Code.TOO_MANY_STATEMENTS: (
        "this device said more of devices and keys than a server takes of one",
        "remove the device, and let it in again",
    ),
    Code.TOO_MANY_LANES: (
        "one more lane would pass `LANES_PER_SPACE_MAX`; those there are go on, closed ones count",
        "nobody new can be let in; who is let in stays",
    ),
    Code.DUPLICATE: ("the id is in the log already; counts as sent", "nothing"),
    Code.MALFORMED_EXPORT: (
        "a file is no export (of a lane, of everything), or a line of it cannot be read",
        "fetch the file again; upgrade if a newer program wrote it",
    ),
    Code.ALTERED_EXPORT: (
        "an export of everything is not as it was written",
        "use another copy of it; nothing was changed",
    ),
    Code.TRUNCATED_EXPORT: (
        "the end of an export of everything is not there",
        "use another copy of it; nothing was changed",
    ),
    Code.ERASED: ("the subject was erased; the body is not taken back", "nothing"),
    Code.ASIDE: ("an offered row that does not continue its device's chain", "nothing"),
    Code.MALFORMED_FRAME: ("bytes that are no message of the protocol", "mend the program"),
    Code.UNEXPECTED_MESSAGE: ("a message out of turn", "mend the program"),
    Code.PROTOCOL_VERSION: ("no version that both sides speak", _UPGRADE),
    Code.HELLO_TIMEOUT: ("no `hello` within `HELLO_TIMEOUT_MS`", _AGAIN),
    Code.FORGED_OFFER: ("offered rows do not meet a head that this server signed", "see `verify`"),
    Code.BROKEN_PAGE: ("a batch or page does not meet its last hash or signature", _AGAIN),
    Code.ALTERED_HISTORY: (
        "the server shows another log than the one that this device holds; nothing of it was taken",
        "keep this device, run `verify`, and ask whoever runs the server",
    ),
    Code.RATE_LIMITED: ("too many tries, sessions or events in a short time", _AGAIN),
    Code.OVERLOADED: ("the server has more to do than it can", _AGAIN),
    Code.GOING_AWAY: ("this instance stops", _AGAIN),
    Code.INTERNAL: ("something broke; the log has an id, never a person's words", _AGAIN),
    Code.NOT_SIGNED_IN: ("no credential, or one that is not known", "join again"),
    Code.NOT_AUTHORISED: ("this credential does not open that", "ask whoever may"),
    Code.SPACE_ERASED: (
        "everything of this space was erased on the server; it takes nothing any more",
        "run `sync`: it says whether a device of yours asked for it",
    ),
    Code.SIGNED_OUT: ("this device was signed out, or its credential ran out", "join again"),
    Code.WRONG_CODE: ("a code is wrong, used or expired", "ask for a new one"),
    Code.WORDS_DIFFER: (
        "the words that were typed are not those that this device shows; nobody was let in",
        "look again at both; if they do differ, say no",
    ),
    Code.SIGN_IN_REFUSED: (
        "email and password, or a passkey, were not taken",
        "try again, or ask for a new link",
    ),
    Code.PROOF_NEEDED: (
        "this changes how somebody signs in, and they proved too long ago who they are",
        "prove it once more",
    ),
    Code.OTHER_HOME_SERVER: (
        "the space lives on another server",
        "use that one's address; to begin elsewhere: `trailmark export`, then `trailmark import`",
    ),
    Code.UNKNOWN_SIGNING_KEY: (
        "the server signs with a key that does not follow from the pinned one",
        "ask whoever runs the server to put back its newest `keys.db`; go on recording",
    ),
    Code.UNREACHABLE: ("no server answers; everything is saved on this device", _AGAIN),
    Code.INSECURE_ADDRESS: ("plain `http` to another machine", "use `https`"),
    Code.DISK_FULL: ("the disk is full; nothing was saved", "make room"),
    Code.STORAGE_UNAVAILABLE: ("the store cannot be opened or is locked for too long", _AGAIN),
    Code.LOCKED: ("the store has a passphrase and nobody was asked for it", "say the passphrase"),
    Code.WRONG_PASSPHRASE: (
        "another passphrase opens the store; nothing was changed",
        "try again, or `trailmark passphrase forgot` with the recovery code",
    ),
    Code.NEWER_SCHEMA: ("the data was written by a newer program; it is untouched", _UPGRADE),
    Code.CHANGED_MIGRATION: ("a migration differs from the one that was run", "reinstall"),
    Code.CORRUPT_LOG: ("stored history does not verify", "run `verify`; keep the file"),
    Code.CORRUPT_BACKUP: ("a file is no whole backup", "use another backup; nothing was changed"),
    Code.CORRUPT_IDENTITY: (
        "the identity file cannot be read, or an older Trailmark with other keys wrote it",
        "restore it, or join again; of an older one: `trailmark import FOLDER`",
    ),
    Code.SEAL_BROKEN: ("a sealed body does not open", "nothing; it is shown as locked"),
    Code.MISSING_KEY: (
        "the other devices do not know this one, or removed it: its word would count for nothing",
        "sync, or let it in again from another device",
    ),
    Code.NOT_FOUND: ("there is nothing by that name", "look it up"),
    Code.AMBIGUOUS_ID: ("a prefix fits several ids", "type more characters"),
    Code.INVALID_INPUT: ("an input cannot be read", "see the message"),
    Code.REASON_REQUIRED: ("a change of meaning needs a reason", "give one"),
    Code.ILLEGAL_MOVE: ("a status does not follow from the present one", "see the message"),
    Code.NOTHING_CHANGED: ("the new value is the present one", "nothing"),
    Code.NOT_SHARED: ("it is not shared, so nothing can be withdrawn", "nothing"),
    Code.NOT_AGREED: (
        "the person did not agree to share this kind of thing with them",
        "`trailmark sharing widen`, if that is wanted",
    ),
    Code.NOT_CONNECTED: ("this device has no home server yet", "connect"),
    Code.ALREADY_CONNECTED: ("this device belongs to a space on a server already", "nothing"),
    Code.NEVER_ERASED: ("who was let in, and what was erased, stays provable", "nothing"),
    Code.ANSWER_UNTOLD: (
        "the output took no more words: its disk is full, say",
        "make room there; what was to be recorded is saved",
    ),
    Code.EXCERPT_NOT_FOUND: ("the characters do not stand in the reflection", "copy them exactly"),
}
"""Every code to when it comes and what to do."""
