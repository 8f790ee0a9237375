"""A practice: one therapist, many people, years of what they share, brought into a real store.

Everybody lives the same story: goals with targets that move, steps, check-ins with a sentence,
wins, hard moments and parts of reflections. It goes to the store as devices' batches do, through
rule 1 with all checks, seals and folds; only the sockets are left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from trailmark_adapters.clock import local_time
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server.credentials import admit_device, credential_text
from trailmark_server.sessions import open_web_session
from trailmark_server.storage.accounts import AccountRows, Acquaintance, Therapist
from trailmark_server.storage.ports import EventStore
from trailmark_server.stores import open_stores, write_accounts
from trailmark_shared import chain, ids, limits
from trailmark_shared.domain.consent import (
    CONSENT_ACTIONS,
    CONSENT_CLASSES,
    CONSENT_VERSION,
    consent_sha256,
)
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Event, write_event
from trailmark_shared.events.goals import GoalShared, GoalTargetAdjusted
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.registry import type_of
from trailmark_shared.events.sharing import ExcerptShared
from trailmark_shared.events.steps import StepAdded, StepReached
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane, SpaceId, text_from_id
from trailmark_shared.protocol.effects import AppendBatch

THERAPIST: Final = Therapist(
    id=bytes([200]) * 16, name="Dr Okafor", email="okafor@example.org", created_at=0
)
TOKEN: Final = "bench-session"  # noqa: S105  (of a practice that nobody is in)
GOALS: Final = 8
SENTENCE: Final = (
    "walked to the corner shop twice this week, heart racing the first time, calmer the second; "
    "the slow breathing helped"
)
_ZONE: Final = "Europe/Berlin"
_DAY_MS: Final = 24 * 3600 * 1000
_DAYS: Final = 730
_A_TARGET: Final = 401
_A_STEP: Final = 53
_A_NOTE: Final = 15


class Written(msgspec.Struct, frozen=True):
    """One event of the story, for any space.

    Attributes:
        id: Its id.
        at: When it was recorded, milliseconds UTC.
        body: Its body.
    """

    id: EventId
    at: int
    body: bytes


class PracticePerson(msgspec.Struct, frozen=True):
    """One person of the practice.

    Attributes:
        space: Theirs.
        lane: The lane that they share.
    """

    space: SpaceId
    lane: Lane


class _SetClock:
    """The server's clock while the practice is filled."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms

    def zone_name(self) -> str:
        return _ZONE


class _Story:
    """Writes the events of one life, so many in all, up to a moment."""

    def __init__(self, count: int, until: int) -> None:
        self._count = count
        self._until = until
        self._step_ms = _DAYS * _DAY_MS // count
        self._begin = until - _DAYS * _DAY_MS
        self._number = 0
        self.events: list[Written] = []

    def _id(self) -> bytes:
        self._number += 1
        return self._number.to_bytes(16, "big")

    def write(
        self,
        subject: bytes,
        data: EventData,
        base: Sequence[bytes] = (),
        reason: Reason | None = None,
    ) -> EventId:
        """Write the next event; the time between two is always the same."""
        at = self._begin + len(self.events) * self._step_ms
        event = EventId(self._id())
        self.events.append(Written(event, at, body_of(subject, data, at, base, reason)))
        return event

    def tell(self) -> None:
        """Let the therapist in, begin the goals, and live."""
        self.write(self._id(), _grant())
        set_by = {goal_id(number): self._begin_goal(number) for number in range(GOALS)}
        number = 0
        while len(self.events) < self._count:
            self._live_on(number, goal_id(number % GOALS), set_by)
            number += 1
        del self.events[self._count :]

    def _begin_goal(self, number: int) -> EventId:
        data = GoalShared(
            title=f"Go out more, {number + 1}",
            why="I miss the river, and the people on the bench",
            area="Self-care",
            lifecycle="active",
            target=parse_target("reach 7"),
            baseline_tenths=20,
        )
        return self.write(goal_id(number), data)

    def _live_on(self, number: int, goal: bytes, set_by: dict[bytes, EventId]) -> None:
        if number % _A_TARGET == 0:
            target = parse_target(f"reach {7 + number // _A_TARGET % 3}")
            reason = Reason(code="too-easy", text="It happens by itself now.")
            adjusted = GoalTargetAdjusted(target=target)
            set_by[goal] = self.write(goal, adjusted, [set_by[goal]], reason)
        elif number % _A_STEP == 1:
            step = self._id()
            self.write(step, StepAdded(goal=text_from_id(goal), text="Ask Noor to come along"))
            self.write(step, StepReached())
        elif number % _A_NOTE == 2:  # noqa: PLR2004  (between the others)
            self.write(self._id(), _note(number, goal))
        else:
            self.write(self._id(), check_in_of(number, goal))


def body_of(
    subject: bytes,
    data: EventData,
    at: int,
    base: Sequence[bytes] = (),
    reason: Reason | None = None,
) -> bytes:
    """Return the body of an event: what it is about, what happened and when, milliseconds UTC."""
    local = local_time(at, _ZONE)
    known = type_of(data)
    return encode_body(
        Body(
            type=known.name,
            ver=known.ver,
            subject=subject,
            occurred_at=local.isoformat(timespec="seconds"),
            zone=_ZONE,
            day=local.date().isoformat(),
            recorded_at=at,
            reason=reason,
            base=tuple(base),
            data=data,
        )
    )


def _grant() -> AccessGranted:
    return AccessGranted(
        member=text_from_id(THERAPIST.id),
        name=THERAPIST.name,
        role="therapist",
        classes=CONSENT_CLASSES,
        actions=CONSENT_ACTIONS,
        consent=ConsentText(version=CONSENT_VERSION, sha256=consent_sha256()),
    )


def _note(number: int, goal: bytes) -> EventData:
    kinds: Sequence[Callable[[], EventData]] = (
        lambda: WinNoted(text=f"Said no, kindly, number {number}", goal=text_from_id(goal)),
        lambda: SetbackNoted(text="Stayed in all day", helped="Calling Noor"),
        lambda: ExcerptShared(text=f"{SENTENCE}, {number}"),
    )
    return kinds[number // _A_NOTE % len(kinds)]()


def check_in_of(number: int, goal: bytes) -> CheckInRecorded:
    """Return a check-in under a goal; every third has a sentence."""
    note = SENTENCE if number % 3 == 0 else None
    value = (number * 7 // GOALS) % 11 * 10
    return CheckInRecorded(goal=text_from_id(goal), value_tenths=value, note=note)


def check_in_body(at: int, subject: bytes, number: int) -> bytes:
    """Return the body of one more check-in of anybody in the practice.

    Args:
        at: When, milliseconds UTC.
        subject: Its id.
        number: Which one it is, from 0.
    """
    return body_of(subject, check_in_of(number, goal_id(number % GOALS)), at)


def grant_body(at: int) -> bytes:
    """Return the body that lets the therapist into a lane, at a time in milliseconds UTC."""
    return body_of(b"grant".ljust(16, b"."), _grant(), at)


def goal_id(number: int) -> bytes:
    """Return the id of a goal, from 0; everybody has the same."""
    return b"goal" + number.to_bytes(12, "big")


def people(count: int) -> list[PracticePerson]:
    """Return the people of a practice."""
    return [
        PracticePerson(
            space=SpaceId((1000 + number).to_bytes(16, "big")),
            lane=ids.care_lane((1000 + number).to_bytes(16, "big")),
        )
        for number in range(count)
    ]


def fill(data: Path, count: int, events: int, now: int) -> None:
    """Make a server's data folder and fill it.

    Args:
        data: The folder.
        count: How many people.
        events: How many events each of them shares.
        now: When the last of them happens, milliseconds UTC.
    """
    data.mkdir(mode=0o700)
    story = _Story(events, now)
    story.tell()
    asyncio.run(_bring(data, people(count), story.events))
    write_accounts(data, lambda rows: _know(rows, people(count), now))


def sign_in(data: Path, now: int) -> None:
    """Open the therapist's web session, whose cookie is ``TOKEN``."""
    write_accounts(data, lambda rows: open_web_session(rows, THERAPIST, TOKEN, now))


async def _bring(data: Path, everybody: Sequence[PracticePerson], story: Sequence[Written]) -> None:
    clock = _SetClock(story[0].at)
    async with open_stores(data, clock, SystemRandomness()) as stores:
        await stores.events.clean()  # owed by every new file; a full one would make pages wait
        for person in everybody:
            await _bring_one(stores.events, clock, person, story)


async def _bring_one(
    store: EventStore, clock: _SetClock, person: PracticePerson, story: Sequence[Written]
) -> None:
    for events, at in _batches(person, story):
        clock.ms = at
        batch = AppendBatch(lane=person.lane, events=events, offset=0)
        answer = await store.append(person.space, "person", batch)
        assert answer.gap is None, answer
        assert not answer.refused, answer


def _batches(person: PracticePerson, story: Sequence[Written]) -> Iterator[tuple[list[Event], int]]:
    """Yield batches of one device, each with the time at which it arrives."""
    prev, device = chain.GENESIS, DeviceId(person.space)
    for first in range(0, len(story), limits.PAGE_EVENTS_MAX):
        some = story[first : first + limits.PAGE_EVENTS_MAX]
        events: list[Event] = []
        for dseq, each in enumerate(some, first + 1):
            event = write_event(
                event_id=each.id,
                space=person.space,
                lane=person.lane,
                device=device,
                epoch=Epoch(bytes(8)),
                dseq=dseq,
                key=ids.PLAIN,
                prev=prev,
                salt=each.id,
                body=each.body,
            )
            prev = event.hash
            events.append(event)
        yield events, some[-1].at


def _know(rows: AccountRows, everybody: Sequence[PracticePerson], now: int) -> None:
    rows.save_therapist(THERAPIST)
    for number, person in enumerate(everybody):
        device, token = DeviceId(person.space), credential_text(person.space * 2)
        admit_device(rows, person.space, device, "phone", token, now)
        rows.save_acquaintance(
            Acquaintance(
                therapist=THERAPIST.id,
                space=person.space,
                device=device,
                label=f"Person {number + 1}",
                joined_at=now - _DAYS * _DAY_MS,
                confirmed_at=now - _DAYS * _DAY_MS,
                meets_at=now - number * 3_600_000,
                meets_every_weeks=1,
                meets_zone=_ZONE,
            )
        )
