"""What facts about a server mean: fine, worth a look, or broken; and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from trailmark_server.metrics import Standing
from trailmark_server.settings import Kept
from trailmark_server.therapists.passkeys import site_of
from trailmark_shared.dates import gap_words
from trailmark_shared.projections.fold import PROJECTION_VERSION
from trailmark_shared.words import gettext

State = Literal["ok", "look", "bad"]
"""``look``: nothing is broken yet. ``bad``: something is, or people are not protected."""

DAY_MS: Final = 24 * 3600 * 1000
CERTIFICATE_DAYS: Final = 14
"""A certificate that runs out sooner should have been renewed."""
BACKUP_DAYS: Final = 2
BACKUP_DAYS_BAD: Final = 7
KEYS_BACKUP_DAYS: Final = 30
"""Whoever was erased comes back out of an older backup of the keys."""
CLOCK_MS: Final = 5_000
GIB: Final = 1024**3
FREE_BYTES: Final = 2 * GIB
FREE_BYTES_BAD: Final = GIB // 4

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at.

    Attributes:
        name: What, as a code.
        state: How it is.
        words: What was seen.
        advice: What to do next, empty where nothing is to be done.
    """

    name: str
    state: State
    words: str
    advice: str = ""


def settings(kept: Kept, url: str) -> Check:
    """Judge what the folder remembers, and where people are told to go."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        return Check(
            name="settings",
            state="bad",
            words=gettext("people are told to go to {url}, without TLS").format(url=url),
            advice=gettext("serve with --public-url https://…: devices refuse anything else"),
        )
    if kept.sign_in == "passkey" and site_of(url) is None:
        return Check(
            name="settings",
            state="bad",
            words=gettext("only passkeys are taken, and none works at {url}").format(url=url),
            advice=gettext("serve with a --public-url with https and a name, or --sign-in any"),
        )
    return Check(name="settings", state="ok", words=gettext("people go to {url}").format(url=url))


def rights(open_to_others: Sequence[str], of_another: Sequence[str] = ()) -> Check:
    """Judge files by name: others on the machine may open them, or only another user may."""
    if of_another:
        return Check(
            name="rights",
            state="bad",
            words=gettext("these belong to another user than their folder: {names}").format(
                names=", ".join(of_another)
            ),
            advice=gettext(
                "chown them to its owner; the server and every command must run as that user"
            ),
        )
    if open_to_others:
        names = ", ".join(open_to_others)
        return Check(
            name="rights",
            state="bad",
            words=gettext("others on this machine may open: {names}").format(names=names),
            advice=gettext("chmod go-rwx what is named"),
        )
    return Check(name="rights", state="ok", words=gettext("only their owner may open the files"))


def certificate(ends_at: int | None, refused: str | None, now: int) -> Check:
    """Judge the certificate that is shown at the public address.

    Args:
        ends_at: When it ends, milliseconds UTC; ``None`` where it was not seen.
        refused: Why a browser would refuse it, or ``None``.
        now: The clock.

    Returns:
        How it is.
    """
    if refused is not None:
        return Check(
            name="certificate",
            state="bad",
            words=gettext("browsers refuse the certificate: {why}").format(why=refused),
            advice=gettext(
                "renew it, or let the proxy get one; a server with --tls-cert reads it when it "
                "starts, so restart that; devices stay away meanwhile"
            ),
        )
    if ends_at is None:
        return Check(
            name="certificate",
            state="look",
            words=gettext("nobody answers at the public address from here"),
            advice=gettext("if the server is running, check the proxy, the name and the firewall"),
        )
    days = (ends_at - now) // DAY_MS
    state: State = "ok" if days >= CERTIFICATE_DAYS else "look"
    return Check(
        name="certificate",
        state=state,
        words=gettext("the certificate is good for {n} days").format(n=days),
        advice=""
        if state == "ok"
        else gettext(
            "renew it: nothing did that by itself; a server with --tls-cert reads it when it "
            "starts, so restart that"
        ),
    )


def clock(off_ms: int | None, newest_row: int, now: int) -> Check:
    """Judge the clock.

    Args:
        off_ms: How far it is from the database's, ``None`` where there is no other.
        newest_row: When the newest row came, by the server's own clock.
        now: The clock.

    Returns:
        How it is.
    """
    advice = gettext("set the clock (NTP): last days of grants and codes follow it")
    if off_ms is not None and abs(off_ms) > CLOCK_MS:
        words = gettext("this clock and the database's are {gap} apart")
        gap = gap_words(abs(off_ms))
        return Check(name="clock", state="bad", words=words.format(gap=gap), advice=advice)
    if newest_row > now + CLOCK_MS:
        words = gettext(
            "the newest entry is dated in the future ({gap} from now): the clock was set back, or "
            "was ahead when that entry came"
        )
        advice += "; " + gettext("if it is right now, leave it: this line goes away on that day")
        gap = gap_words(newest_row - now)
        return Check(name="clock", state="bad", words=words.format(gap=gap), advice=advice)
    return Check(name="clock", state="ok", words=gettext("the clock goes on"))


def disk(free: int, total: int) -> Check:
    """Judge the room on the disk of the data folder, in bytes."""
    words = gettext("{free} of {total} GiB are free").format(
        free=round(free / GIB, 1), total=round(total / GIB, 1)
    )
    if free < FREE_BYTES_BAD:
        return Check(
            name="disk", state="bad", words=words, advice=gettext("make room: nothing can be saved")
        )
    if free < FREE_BYTES:
        return Check(name="disk", state="look", words=words, advice=gettext("make room soon"))
    return Check(name="disk", state="ok", words=words)


def apart(same: str | None, *, is_known: bool = True) -> Check:
    """Judge whether log and keys are apart.

    Args:
        same: What they have in common, ``None`` for nothing.
        is_known: It is known where their backups are, or they are in two databases.

    Returns:
        How it is.
    """
    if not is_known:
        return Check(
            name="apart",
            state="look",
            words=gettext("where backups of log and keys are put is not known"),
            advice=gettext("name the folders with --log-backups and --keys-backups"),
        )
    if same is None:
        return Check(name="apart", state="ok", words=gettext("log and keys are apart"))
    return Check(
        name="apart",
        state="look",
        words=gettext("log and keys have the same {what}").format(what=same),
        advice=gettext("whoever has both reads everything: give them different ones"),
    )


def backup(
    logs: Sequence[int], keys: Sequence[int] | None, now: int, *, has_newest_key: bool = True
) -> Check:
    """Judge the backups.

    Args:
        logs: When those of the log were made, as far as any are known.
        keys: When those of the keys were made; ``None`` where nobody knows where they are.
        now: The clock.
        has_newest_key: One of those of the keys holds the key that signs now.

    Returns:
        How it is.
    """
    past = [at for at in logs if at < now + DAY_MS]
    if not past:
        return Check(
            name="backup",
            state="bad",
            words=gettext("no backup is known"),
            advice=gettext("trailmark-server backup LOG_FOLDER KEYS_FOLDER, each night"),
        )
    held = past if keys is None else [at for at in keys if at < now + DAY_MS]
    if not held:
        return Check(
            name="backup",
            state="bad",
            words=gettext("no backup of the keys is known"),
            advice=gettext(
                "without one no backup of the log can be read: trailmark-server backup LOG_FOLDER "
                "KEYS_FOLDER, each night"
            ),
        )
    days = (now - min(max(past), max(held))) // DAY_MS
    words = gettext("the newest backup is {n} days old").format(n=days)
    if days >= BACKUP_DAYS:
        state: State = "bad" if days >= BACKUP_DAYS_BAD else "look"
        advice = gettext("see why the nightly one is missing; make one now")
        return Check(name="backup", state=state, words=words, advice=advice)
    if not has_newest_key:
        return Check(
            name="backup",
            state="look",
            words=gettext("no backup of the keys holds the key that signs now"),
            advice=gettext("make one now: devices refuse a server that is put back without it"),
        )
    return _of_another_day([*logs, *(keys or ())], keys or (), now) or Check(
        name="backup", state="ok", words=words
    )


def backups_unseen(folder: str, why: str) -> Check:
    """Say that a folder of backups cannot be looked into."""
    return Check(
        name="backup",
        state="look",
        words=gettext("{folder} cannot be looked into ({why})").format(folder=folder, why=why),
        advice=gettext("run doctor as the user who makes the backups, or name their folders"),
    )


def _of_another_day(all_of_them: Sequence[int], keys: Sequence[int], now: int) -> Check | None:
    """Return what is to be said of backups that are of a day to come, or of too old a day."""
    ahead = max(*all_of_them, now) - now
    if ahead >= DAY_MS:
        return Check(
            name="backup",
            state="look",
            words=gettext("a backup is dated {n} days in the future").format(n=ahead // DAY_MS),
            advice=gettext("a clock was wrong: remove it by hand, --log-days waits"),
        )
    if keys and (now - min(keys)) // DAY_MS >= KEYS_BACKUP_DAYS:
        return Check(
            name="backup",
            state="look",
            words=gettext("backups of the keys are kept for more than {n} days").format(
                n=KEYS_BACKUP_DAYS
            ),
            advice=gettext("keep them for days only (--keys-days): they bring back who was erased"),
        )
    return None


def projections(stands: Standing) -> Check:
    """Judge the read models."""
    if stands.failed_folds:
        return Check(
            name="projections",
            state="bad",
            words=gettext("{n} subjects could not be folded").format(n=stands.failed_folds),
            advice=gettext("a defect: report it; the entries themselves are safe"),
        )
    if stands.lanes_behind:
        return Check(
            name="projections",
            state="look",
            words=gettext("{n} of {all} lanes are not folded by this version yet").format(
                n=stands.lanes_behind, all=stands.lanes
            ),
            advice=gettext("they are when they are next read; trailmark-server rebuild does all"),
        )
    words = gettext("all read models are of version {n}").format(n=PROJECTION_VERSION)
    return Check(name="projections", state="ok", words=words)


def heads(looked_at: int, wrong: int, *, keys_follow: bool, lost_keys: int) -> Check:
    """Judge signing keys, and the heads of some lanes.

    Args:
        looked_at: Lanes.
        wrong: Those whose last row or signature does not hold.
        keys_follow: Whether each signing key is signed by the one before.
        lost_keys: Keys that signed once and are not in the keys store.

    Returns:
        How it is.
    """
    if lost_keys or not keys_follow:
        return Check(
            name="heads",
            state="bad",
            words=gettext("the keys store is an older copy, or damaged"),
            advice=gettext("stop, and put back its newest copy: devices refuse this one"),
        )
    if wrong:
        return Check(
            name="heads",
            state="bad",
            words=gettext("{n} of {all} lanes do not verify").format(n=wrong, all=looked_at),
            advice=gettext("trailmark-server verify names what is wrong"),
        )
    words = gettext("the heads of {n} lanes verify").format(n=looked_at)
    return Check(name="heads", state="ok", words=words)
