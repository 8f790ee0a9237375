"""What the people of a run do: random commands of a person, comments of a therapist."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from random import Random

import msgspec

from tests.simulation.device import SimDevice
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import (
    agreements,
    answers,
    check_ins,
    conflicts,
    erasing,
    goals,
    proposals,
    reflections,
    sharing,
    steps,
    supporters,
)
from trailmark_client.commands.places import Choice
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.commands.written import Written
from trailmark_client.key_sharing import KeySharing
from trailmark_client.queries.documents import all_documents
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.queries.proposals import open_proposals
from trailmark_client.queries.sent import items_of
from trailmark_client.queries.supporters import Supporter, live_supporters, supporter_meant
from trailmark_client.recorder import Recorder
from trailmark_client.storage.event_log import Words, append_own
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.events.body import Reason
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import PLAIN, SELF, EventId, KeyId, Lane, id_from_text, text_from_id

CANARY = "kanarienvogel"
"""Stands in every text that only the person's devices may ever hold."""

_REASON = Reason(code="new-insight")

Command = Callable[[Connection, Recorder, Random], Written]


def _goal(conn: Connection, recorder: Recorder, random: Random) -> Written:
    draft = GoalDrafted(title=f"{CANARY} goal {random.randrange(1000)}")
    return goals.add_goal(conn, recorder, draft, recorder.now())


def _shared_goal(conn: Connection, recorder: Recorder, random: Random) -> Written:
    draft = GoalDrafted(title=f"goal {random.randrange(1000)}")
    added = goals.add_goal(conn, recorder, draft, recorder.now())
    shared = sharing.share_goal(conn, recorder, added.subject, recorder.now())
    return msgspec.structs.replace(shared, events=(*added.events, *shared.events))


def _some_goal(conn: Connection, random: Random, *, shared_only: bool = False) -> bytes:
    found = conn.execute(
        "SELECT DISTINCT subject FROM document WHERE kind = 'goal' AND lane != ? ORDER BY subject",
        ("self" if shared_only else "",),
    ).fetchall()
    if not found:
        raise DomainError(ErrorCode.NOT_FOUND, "nothing to do it with")
    return random.choice(found)[0]


def _is_private(conn: Connection, goal: bytes) -> bool:
    """Say whether a goal was written to stay private.

    One that another device shared meanwhile leaves private words behind in ``self``; what is said
    of it from then on is shared.
    """
    sql = "SELECT lane, json FROM document WHERE subject = ?"
    found = conn.execute(sql, (goal,)).fetchall()
    return all(lane == SELF for lane, _ in found) and any(
        CANARY.encode() in json for _, json in found
    )


def _reword(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random)
    canary = f"{CANARY} " if _is_private(conn, goal) else ""
    words = goals.Words(title=f"{canary}words {random.randrange(1000)}")
    return goals.reword_goal(conn, recorder, goal, words, _REASON)


def _reschedule(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random)
    due = f"2026-0{random.randrange(1, 10)}-1{random.randrange(10)}"
    return goals.reschedule_goal(conn, recorder, goal, due, _REASON)


def _move(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random)
    to = random.choice(("on-hold", "active", "completed"))
    return goals.move_goal(conn, recorder, goal, to, _REASON)


def _check_in(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random)
    is_private = _is_private(conn, goal) or random.random() < 0.2
    note = f"{CANARY} note" if is_private else "note"
    said = check_ins.CheckIn(
        value_tenths=random.randrange(101),
        measure="rating",
        note=note,
        choice=Choice(private=is_private),
    )
    return check_ins.check_in(conn, recorder, goal, said, recorder.now())


def _step(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random, shared_only=random.random() < 0.7)
    is_private = _is_private(conn, goal) or random.random() < 0.2
    text = f"{CANARY} step" if is_private else "step"
    step = StepAdded(goal=text_from_id(goal), text=text, order="m")
    return steps.add_step(conn, recorder, step, recorder.now(), Choice(private=is_private))


def _reach(conn: Connection, recorder: Recorder, random: Random) -> Written:
    found = conn.execute(
        "SELECT DISTINCT subject FROM document WHERE kind = 'step' ORDER BY subject"
    ).fetchall()
    if not found:
        raise DomainError(ErrorCode.NOT_FOUND, "no step yet")
    return steps.reach_step(conn, recorder, random.choice(found)[0], recorder.now())


def _reflect(conn: Connection, recorder: Recorder, random: Random) -> Written:
    text = f"{CANARY} {random.randrange(10**6)}. Shared words {random.randrange(1000)}."
    said = ReflectionWritten(text=text * random.choice((1, 1, 1, 40)))
    return reflections.reflect(conn, recorder, said, recorder.now())


def _some_reflection(conn: Connection, random: Random) -> bytes:
    found = conn.execute(
        "SELECT subject FROM document WHERE kind = 'reflection' ORDER BY subject"
    ).fetchall()
    if not found:
        raise DomainError(ErrorCode.NOT_FOUND, "no reflection yet")
    return random.choice(found)[0]


def _excerpt(conn: Connection, recorder: Recorder, random: Random) -> Written:
    chosen = _some_reflection(conn, random)
    if not open_lanes(conn, recorder.today()):
        raise DomainError(ErrorCode.NOT_FOUND, "nobody is let in")
    return reflections.share_excerpt(conn, recorder, chosen, "Shared words", recorder.now())


def _share(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random)
    if _is_private(conn, goal):
        raise DomainError(ErrorCode.NOT_FOUND, "it stays private")
    since = random.choice((None, 0))
    return sharing.share_goal(
        conn, recorder, goal, recorder.now(), sharing.Sharing(check_ins_since=since)
    )


def _settle(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random)
    document = goal_at_home(conn, goal).document
    field = random.choice(("title", "due", "lifecycle"))
    values = getattr(document, field).values
    if not values[1:]:
        raise DomainError(ErrorCode.NOTHING_CHANGED, "no conflict")
    event = random.choice(values).event
    return conflicts.keep_value(conn, recorder, goal, field, event, _REASON)


def _withdraw(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random, shared_only=True)
    return withdraw_goal(conn, recorder, goal, recorder.now())


def _some_proposal(conn: Connection, recorder: Recorder, random: Random) -> bytes:
    waiting = open_proposals(conn, recorder.today())
    if not waiting:
        raise DomainError(ErrorCode.NOT_FOUND, "nothing waits for an answer")
    return random.choice(waiting).id


def _accept(conn: Connection, recorder: Recorder, random: Random) -> Written:
    proposal = _some_proposal(conn, recorder, random)
    edits = proposals.Edits(private=random.random() < 0.2)
    return proposals.accept_proposal(conn, recorder, proposal, edits, recorder.now()).written


def _decline(conn: Connection, recorder: Recorder, random: Random) -> Written:
    proposal = _some_proposal(conn, recorder, random)
    return answers.decline_proposal(conn, recorder, proposal, recorder.now())


def _agree(conn: Connection, recorder: Recorder, random: Random) -> Written:
    goal = _some_goal(conn, random, shared_only=True)
    answer = random.choice(("agree", "disagree", "pending"))
    return agreements.record_agreement(conn, recorder, goal, answer, recorder.now())


def _let_supporter_in(conn: Connection, recorder: Recorder, random: Random) -> Written:
    new = supporters.NewSupporter(name=f"supporter {random.randrange(1000)}")
    return supporters.let_supporter_in(conn, recorder, new, recorder.now())


def _some_supporter(conn: Connection, recorder: Recorder, random: Random) -> Supporter:
    let_in = live_supporters(conn, recorder.today())
    if not let_in:
        raise DomainError(ErrorCode.NOT_FOUND, "nobody to send to")
    granted = let_in[random.choice(sorted(let_in))].granted
    assert granted is not None
    return supporter_meant(conn, granted.name, recorder.today())


def _send(conn: Connection, recorder: Recorder, random: Random) -> Written:
    to = _some_supporter(conn, recorder, random)
    if random.random() < 0.5:
        goal = _some_goal(conn, random)
        if _is_private(conn, goal):
            raise DomainError(ErrorCode.NOT_FOUND, "it stays private")
        wanted = supporters.Wanted(kind="goal", subject=goal)
    else:
        written = _some_reflection(conn, random)
        wanted = supporters.Wanted(kind="reflection", subject=written, excerpt="Shared words")
    sent = supporters.send(conn, recorder, to, wanted, recorder.now())
    return _of(to.lane, wanted.subject, sent.events)


def _take_back(conn: Connection, recorder: Recorder, random: Random) -> Written:
    to = _some_supporter(conn, recorder, random)
    items = [each for each in items_of(conn, to.lane) if each.taken_back_at is None]
    if not items:
        raise DomainError(ErrorCode.NOT_FOUND, "nothing to take back")
    item = random.choice(items)
    left = supporters.take_back(conn, recorder, to, item)
    return _of(to.lane, id_from_text(item.subject), left.events)


def _erase(
    conn: Connection, recorder: Recorder, random: Random, sharing: KeySharing, ordered: set[bytes]
) -> Written:
    kinds = ("goal", "reflection", "check_in", "step", "excerpt")
    found = sorted({each.subject for each in all_documents(conn) if each.kind in kinds})
    if not found:
        raise DomainError(ErrorCode.NOT_FOUND, "nothing to erase")
    going = what_goes(conn, text_from_id(random.choice(found)))
    events = erasing.erase(conn, recorder, going, recorder.now(), sharing)
    ordered |= _named_in(conn, events)
    return _of(SELF, going.subject, events)


def _named_in(conn: Connection, erasures: Iterable[bytes]) -> set[bytes]:
    """Return the events that ``subject_erased`` among these events name."""
    sql = "SELECT body FROM event WHERE id = ? AND type = 'subject_erased' AND body IS NOT NULL"
    said = [row for each in erasures for row in conn.execute(sql, (each,)).fetchall()]
    found = [decode_body(body).data for (body,) in said]
    return {
        id_from_text(event)
        for data in found
        if isinstance(data, SubjectErased)
        for event in data.events
    }


def _of(lane: Lane, subject: bytes, events: tuple[bytes, ...]) -> Written:
    return Written(kind="", subject=subject, lane=lane, seen_by=(), events=events)


COMMANDS: Sequence[tuple[Command, int]] = (
    (_goal, 2),
    (_shared_goal, 6),
    (_reword, 6),
    (_reschedule, 4),
    (_move, 4),
    (_check_in, 8),
    (_step, 4),
    (_reach, 3),
    (_reflect, 5),
    (_excerpt, 2),
    (_withdraw, 2),
    (_share, 3),
    (_settle, 4),
    (_accept, 8),
    (_decline, 3),
    (_agree, 2),
    (_let_supporter_in, 1),
    (_send, 4),
    (_take_back, 1),
)


def act(device: SimDevice, random: Random) -> Written | None:
    """Let the person do something random on a device.

    Returns:
        What was saved, or ``None`` where there was nothing to do it with.
    """
    sharing = device.app.key_sharing
    choices = (*COMMANDS, (partial(_erase, sharing=sharing, ordered=device.ordered), 1))
    commands, weights = zip(*choices, strict=True)
    command: Command = random.choices(commands, weights)[0]
    try:
        return device.app.write(lambda conn: command(conn, device.app.recorder, random))
    except DomainError:
        return None


def revoke(device: SimDevice) -> tuple[Lane, bytes] | None:
    """Take back the oldest live grant that this device knows.

    Returns:
        Lane and id of the event; ``None`` where nobody is let in.
    """
    recorder = device.app.recorder

    def work(conn: Connection) -> tuple[Lane, bytes] | None:
        lanes = open_lanes(conn, recorder.today())
        if not lanes:
            return None
        lane = lanes[0].lane
        for (grant,) in conn.execute(
            "SELECT subject FROM document WHERE kind = 'grant' AND lane = ? ORDER BY subject",
            (lane,),
        ).fetchall():
            known = "SELECT 1 FROM event WHERE type = 'access_revoked' AND subject = ?"
            if conn.execute(known, (grant,)).fetchone() is None:
                event = recorder.record(conn, lane, grant, AccessRevoked())
                return lane, event.id
        return None

    return device.app.write(work)


def poison(device: SimDevice, random: Random) -> tuple[Lane, bytes] | None:
    """Write what the server must refuse, as another version with a fault of its own would.

    Returns:
        Lane and id, or ``None`` where there is no shared lane yet.
    """
    identity = device.app.identity

    def work(conn: Connection) -> tuple[Lane, bytes] | None:
        lanes = open_lanes(conn, device.app.recorder.today())
        if not lanes:
            return None
        body, key = random.choice(
            (
                (b"{not json", PLAIN),
                (b"[" * 40 + b"]" * 40, PLAIN),
                (b"x" * 300, KeyId(identity.newest_key.id)),
                (b'{"type":"comment_added"}', PLAIN),
            )
        )
        words = Words(
            id=EventId(random.randbytes(16)),
            key=key,
            salt=random.randbytes(16),
            body=body,
            type=None,
            subject=None,
            day=None,
        )
        return lanes[0].lane, append_own(conn, identity, lanes[0].lane, words).id

    return device.app.write(work)
