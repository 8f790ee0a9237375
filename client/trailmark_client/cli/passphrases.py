"""Commands for the passphrase of this device's store."""

from __future__ import annotations

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.unlocking import new_passphrase, present_passphrase
from trailmark_shared.words import gettext


class PassphraseStands(msgspec.Struct, frozen=True, kw_only=True):
    """How this device's store is locked.

    Attributes:
        locked: It has a passphrase.
        by_code: The recovery code opens it, too.
    """

    locked: bool
    by_code: bool


def status(*, common: Common = PLAIN) -> Answer[PassphraseStands]:
    """Show whether this device's store has a passphrase; it need not be known for that."""
    del common  # there is nothing to ask
    return _stands()


def set_one(*, common: Common = PLAIN) -> Answer[PassphraseStands]:
    """Seal everything on this device under a passphrase, which every start asks for from then on.

    It is asked for, twice and unseen; a pipe may bring one line instead. Close your pages and what
    else runs first. Nobody can tell you the passphrase again.
    """
    from trailmark_adapters.randomness import SystemRandomness
    from trailmark_client.app import home_folder
    from trailmark_client.passphrase import set_passphrase

    with opened(common) as here:
        has_code = here.app.identity.backup_code is not None
        terminal = here.terminal
    if not terminal.is_quiet:
        terminal.say(
            gettext("Nobody can tell you the passphrase again. Some words that only you know.")
        )
        if not has_code:
            terminal.say(
                gettext(
                    "This device knows no recovery code: if you forget the passphrase, what is "
                    "here alone is lost. trailmark recovery new, or trailmark backup, makes one."
                )
            )
    set_passphrase(home_folder(), new_passphrase(terminal), SystemRandomness())
    return _stands(gettext("Done. Everything on this device is sealed."))


def change(*, common: Common = PLAIN) -> Answer[PassphraseStands]:
    """Let another passphrase open this device's store."""
    from trailmark_client.app import home_folder, open_app
    from trailmark_client.passphrase import change_passphrase, unlocked

    terminal = Terminal(as_json=common.as_json)
    passphrase = present_passphrase(terminal)
    with open_app(key=unlocked(home_folder(), passphrase)) as app:
        change_passphrase(app, passphrase, new_passphrase(terminal))
    return _stands(gettext("Done. The old passphrase opens nothing any more."))


def remove(*, common: Common = PLAIN) -> Answer[PassphraseStands]:
    """Take the passphrase off: everything on this device lies open again for who can read files."""
    from trailmark_adapters.randomness import SystemRandomness
    from trailmark_client.app import home_folder
    from trailmark_client.passphrase import remove_passphrase

    passphrase = present_passphrase(Terminal(as_json=common.as_json))
    remove_passphrase(home_folder(), passphrase, SystemRandomness())
    return _stands(gettext("Done. This device asks for no passphrase any more."))


def forgot(*, common: Common = PLAIN) -> Answer[PassphraseStands]:
    """Set another passphrase with your recovery code; nothing is lost."""
    from trailmark_adapters.randomness import SystemRandomness
    from trailmark_client.app import home_folder, is_locked
    from trailmark_client.passphrase import forgotten

    terminal = Terminal(as_json=common.as_json)
    if not is_locked(home_folder()):
        return _stands()
    code = terminal.typed(gettext("Your recovery code:"))
    forgotten(home_folder(), code, new_passphrase(terminal), SystemRandomness())
    return _stands(gettext("Done. The new passphrase opens everything."))


def _stands(*lines: str) -> Answer[PassphraseStands]:
    from trailmark_client.app import home_folder, is_locked
    from trailmark_client.passphrase import opens_by_code

    home = home_folder()
    is_closed = is_locked(home)
    stands = PassphraseStands(locked=is_closed, by_code=is_closed and opens_by_code(home))
    if not stands.locked:
        words = gettext("There is no passphrase: whoever can read this device's files can read all")
    elif stands.by_code:
        words = gettext("There is a passphrase. Your recovery code opens everything, too.")
    else:
        words = gettext("There is a passphrase, and no other way in.")
    return Answer(stands, (*lines, words))
