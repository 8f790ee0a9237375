"""A person with one device: the real store, a clock set by hand, chance that repeats."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from tests.support.fakes import FakeClock, SeededRandomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App, open_app
from trailmark_client.commands.goals import add_goal
from trailmark_client.commands.grants import Agreement, Member, let_in
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import entries_of
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.consent import CONSENT_CLASSES
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.ids import SELF, Lane, care_lane, text_from_id
from trailmark_shared.projections.entries import Entry

Result = TypeVar("Result")

NOON = 1_760_004_000_000
"""9 October 2025, 12:00 in Berlin, milliseconds UTC."""

THERAPIST = Member(id=text_from_id(bytes(15) + b"\x07"), name="Dr Demo")

AGREED = CONSENT_CLASSES


class Person:
    """One device of one person.

    Attributes:
        clock: Its clock.
        app: The real app over it.
    """

    def __init__(self, home: Path, seed: int = 1) -> None:
        self.clock = FakeClock(NOON)
        self.app: App = open_app(home, clock=self.clock, randomness=SeededRandomness(seed))

    def write(self, work: Callable[[Connection, Recorder], Result]) -> Result:
        self.clock.advance(1000)
        return self.app.write(lambda conn: work(conn, self.app.recorder))

    def read(self, query: Callable[[Connection], Result]) -> Result:
        return self.app.read(query)

    def now(self) -> When:
        return self.app.recorder.now()

    def goal(self, title: str = "Two walks a week", **fields: object) -> bytes:
        """Write a goal down and return its id."""
        draft = GoalDrafted(title=title, **fields)  # pyright: ignore[reportArgumentType]
        return self.write(lambda c, r: add_goal(c, r, draft, r.now())).subject

    def let_in(
        self,
        classes: Sequence[str] = AGREED,
        lane: Lane | None = None,
        member: Member = THERAPIST,
        **terms: object,
    ) -> list[Written]:
        """Let a therapist in; ``terms`` are further fields of the agreement."""
        where = lane or care_lane(bytes(15) + b"\x09")
        agreed = Agreement(member=member, classes=classes, **terms)  # pyright: ignore[reportArgumentType]
        return self.write(lambda c, r: let_in(c, r, where, agreed, r.now()))

    def entries(self, subject: bytes, lane: str = SELF) -> list[Entry]:
        return self.read(lambda conn: entries_of(conn, lane, subject))

    def types(self, subject: bytes, lane: str = SELF) -> list[str]:
        """Return the types of a subject's events in a lane, in order."""
        return [each.body.type for each in self.entries(subject, lane)]
