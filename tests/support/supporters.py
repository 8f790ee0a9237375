"""A person's supporters on one device: let in, sent to, and what came back."""

import msgspec

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import supporters
from trailmark_client.commands.notes import note
from trailmark_client.commands.places import Choice
from trailmark_client.commands.supporters import NewSupporter, Sent, Wanted
from trailmark_client.identity import HomeServer
from trailmark_client.queries.sent import items_of
from trailmark_client.queries.supporters import Supporter, supporter_meant
from trailmark_client.recorder import Recorder
from trailmark_client.storage.read_models import refold
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.projections.sent import SentItem


def let_in(person: Person, name: str = "Sam", until: str | None = None) -> Supporter:
    """Let a supporter in."""
    new = NewSupporter(name=name, until=until)
    written = person.write(lambda c, r: supporters.let_supporter_in(c, r, new, r.now()))
    grant = text_from_id(written.subject)
    return person.read(lambda conn: supporter_meant(conn, grant, person.now().day))


def send(person: Person, to: Supporter, kind: str, subject: bytes, **wanted: object) -> Sent:
    """Send something to a supporter."""
    what = msgspec.convert({"kind": kind, "subject": subject, **wanted}, Wanted)
    return person.write(lambda c, r: supporters.send(c, r, to, what, r.now()))


def win(person: Person, text: str = "I said no", goal: bytes | None = None) -> bytes:
    """Note a win and return its id."""
    data = WinNoted(text=text, goal=None if goal is None else text_from_id(goal))
    return person.write(lambda c, r: note(c, r, data, r.now(), Choice(private=True))).subject


def items(person: Person, supporter: Supporter) -> list[SentItem]:
    """Return what a supporter sees."""
    return person.read(lambda conn: items_of(conn, supporter.lane))


def back(person: Person, supporter: Supporter, item: SentItem, text: str) -> bytes:
    """Let an encouragement arrive, and return its id."""
    subject = person.app.recorder.new_subject()
    said = EncouragementSent(text=text, about=item.subject)

    def work(conn: Connection, recorder: Recorder) -> None:
        event = recorder.record(conn, supporter.lane, subject, said, cause=id_from_text(item.event))
        actor = f"supporter/{supporter.member}"
        conn.execute("UPDATE event SET actor = ? WHERE id = ?", (actor, event.id))
        refold(conn, supporter.lane, [subject])

    person.write(work)
    return subject


def connect(person: Person, url: str) -> None:
    """Let a device know a home server."""
    server = HomeServer(url=url, id=bytes(16), name="Home", signing_key=bytes(32))
    person.app.identity_file.update(
        lambda current: msgspec.structs.replace(current, server=server, credential="tmd_x")
    )
