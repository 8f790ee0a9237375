"""Where a command runs: this device's store, its clock and zone, and the terminal.

Everything that a command needs from the machine is asked for here, once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from trailmark_client.app import home_folder, open_app
from trailmark_client.cli.afterwards import look_through_afterwards
from trailmark_client.cli.answers import Answer, Saved
from trailmark_client.cli.options import Common
from trailmark_client.cli.terminal import Terminal
from trailmark_client.cli.unlocking import store_key
from trailmark_client.commands.when import When, moment, parse_day, parse_past
from trailmark_client.queries.outbox import unsent
from trailmark_client.updating import is_long_update_due
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.words import gettext, listed, ngettext

if TYPE_CHECKING:
    from trailmark_adapters.sqlite import Connection
    from trailmark_client.app import App
    from trailmark_client.commands.places import Place
    from trailmark_client.commands.written import Written
    from trailmark_client.queries.lanes import OpenLane
    from trailmark_client.recorder import Recorder
    from trailmark_client.storage.rescue import Rescue

_Result = TypeVar("_Result")


class Here:
    """One command's view of this device.

    Attributes:
        app: The person's store, recorder and identity.
        terminal: Where to talk.
        now_ms: The device's clock when the command began, milliseconds UTC.
        zone: IANA name of the local zone.
    """

    def __init__(self, app: App, terminal: Terminal) -> None:
        self.app = app
        self.terminal = terminal
        self.now_ms = app.clock.now_ms()
        self.zone = app.clock.zone_name()

    @property
    def device(self) -> str:
        """Id of this device, as text."""
        return text_from_id(self.app.identity.device)

    def when(self, text: str | None = None) -> When:
        """Return the moment at which something happened, as ``text`` says, or now.

        Raises:
            DomainError: ``invalid_input``: the words say no moment, or a day still to come.
        """
        if text is None:
            return moment(self.now_ms, self.zone)
        return parse_past(text, now_ms=self.now_ms, zone=self.zone)

    def day(self, text: str | None) -> str | None:
        """Return the day from which, or up to which, something is shown; ``None`` for no bound.

        Raises:
            DomainError: ``invalid_input``: the words say no day.
        """
        return None if text is None else parse_day(text, now_ms=self.now_ms, zone=self.zone)

    def local_day(self, ms: int) -> str:
        """Return the person's local date at a moment, milliseconds UTC."""
        return moment(ms, self.zone).day

    def read(self, query: Callable[[Connection], _Result]) -> _Result:
        """Run a query over one unchanging state of the store."""
        return self.app.read(query)

    def tell_audience(self, place: Callable[[Connection], Place]) -> None:
        """Say, before anything is saved, who will see a new item; nothing where nobody will.

        Args:
            place: Where it will go.
        """
        meant = self.read(place)
        if meant.wished and not self.terminal.is_quiet:
            self.terminal.say(
                gettext("This goes along with its goal, to be shared; --private keeps it here.")
            )
        self._tell(meant.seen_by, gettext("This is for {names} to see; --private keeps it here."))

    def tell_readers(self, lanes: Callable[[Connection], Sequence[OpenLane]]) -> None:
        """Say, before anything is saved, who reads the lanes that something goes to."""
        names = [name for each in self.read(lanes) for name in each.names]
        self.tell_names(names)

    def tell_names(self, names: Sequence[str]) -> None:
        """Say, before anything is saved, who will see it."""
        self._tell(names, gettext("This is for {names} to see."))

    def _tell(self, names: Sequence[str], words: str) -> None:
        if names and not self.terminal.is_quiet:
            self.terminal.say(words.format(names=names_words(names)))

    def record(self, work: Callable[[Connection, Recorder], Written], *lines: str) -> Answer[Saved]:
        """Run a command in one transaction and say where what it recorded stands.

        Args:
            work: The command.
            lines: Words to say in front.
        """
        written = self.app.write(lambda conn: work(conn, self.app.recorder))
        return self.saved(written, *lines)

    def saved(self, written: Written, *lines: str) -> Answer[Saved]:
        """Return the answer for something that is on the disk, with ``lines`` in front.

        Words say "saved" nowhere else.
        """
        waiting = self.read(lambda conn: unsent(conn, self.app.identity))
        document = Saved(
            id=text_from_id(written.subject),
            kind=written.kind,
            lane=written.lane,
            seen_by=list(written.seen_by),
            events=[text_from_id(each) for each in written.events],
            saved=True,
            unsent=waiting,
        )
        first = gettext("Saved on this device. {who_sees_it}").format(
            who_sees_it=audience_words(written, is_copied=self.app.identity.private_copy)
        )
        return Answer(
            document,
            (*lines, first, *waiting_words(waiting), gettext("Id: {id}").format(id=document.id)),
        )


def names_words(names: Sequence[str]) -> str:
    """Return names as people list them, each once: ``A, B and C``."""
    return listed(list(dict.fromkeys(names)))


def audience_words(written: Written, *, is_copied: bool = False) -> str:
    """Return in words who will see what was written.

    Args:
        written: What it is and where it went.
        is_copied: A sealed copy of what is private goes to the home server.
    """
    if written.wished and written.kind not in {"goal", "excerpt"}:
        return gettext("It goes along with its goal once you let somebody in who may see it.")
    if written.wished:
        return gettext("It will be shared as soon as you let somebody in (trailmark connect).")
    if written.seen_by:
        return gettext("{names} will see this.").format(names=names_words(written.seen_by))
    if written.lane == SELF and is_copied:
        return gettext("Only you see it: a sealed copy is for your own devices.")
    if written.lane == SELF:
        return gettext("Only on this device: nobody else sees it.")
    return gettext("Nobody sees this at present.")


def waiting_words(count: int) -> tuple[str, ...]:
    """Return in words how much has not been sent, nothing where all is."""
    return (
        (
            ngettext(
                "{n} entry is saved on this device, not sent yet.",
                "{n} entries are saved on this device, not sent yet.",
                count,
            ).format(n=count),
        )
        if count
        else ()
    )


@contextmanager
def opened(common: Common) -> Generator[Here]:
    """Open this device for one command.

    Raises:
        DomainError: ``wrong_passphrase``.
        StorageError: The store cannot be used now; ``locked``.
        IntegrityError: The store or the identity is damaged.
    """
    terminal = Terminal(as_json=common.as_json)
    key = store_key(terminal)
    if is_long_update_due(home_folder(), key):
        terminal.warn(
            gettext("Everything on this device is brought up to date once; that may take a while.")
        )
    app = open_app(key=key)
    try:
        if app.rescue is not None:
            terminal.warn_of(ErrorCode.CORRUPT_LOG, rescue_words(app.rescue))
        yield Here(app, terminal)
        look_through_afterwards(app, terminal)
    finally:
        app.close()


def rescue_words(rescue: Rescue) -> str:
    """Return in words what became of a damaged database."""
    return gettext(
        "the database was damaged and is now {name}, beside a new one; {kept} "
        "entries that were not sent yet were saved from it, {unreadable} places "
        "could not be read; trailmark sync fetches the rest"
    ).format(name=rescue.moved_to.name, kept=rescue.kept, unreadable=rescue.unreadable)
