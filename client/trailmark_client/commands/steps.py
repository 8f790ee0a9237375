"""What a person does with the steps of a goal."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.places import AS_AGREED, Choice, place_of_child
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import brought_home
from trailmark_client.commands.written import Written, write_new
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.homes import goal_at_home, lane_of_child
from trailmark_client.queries.lanes import audience
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import type_of
from trailmark_shared.events.steps import StepAdded, StepReached
from trailmark_shared.ids import SELF, Lane, id_from_text
from trailmark_shared.projections.step import STATUS_BY_DATA, StepDocument
from trailmark_shared.words import gettext


def add_step(
    conn: Connection,
    recorder: Recorder,
    step: StepAdded,
    when: When,
    choice: Choice = AS_AGREED,
) -> Written:
    """Add a step to a goal.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        step: The step.
        when: Now, as the person's clock and zone say.
        choice: For whom; a private one stays private whatever will be agreed.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``: no lane knows the goal; for a choice, as ``place_of_child``.
    """
    place = place_of_child(conn, id_from_text(step.goal), "steps", when.day, choice)
    if choice.private:
        step = msgspec.structs.replace(step, private=True)
    return write_new(conn, recorder, place, step, when)


def change_step(
    conn: Connection,
    recorder: Recorder,
    step: bytes,
    data: EventData,
    when: When,
    reason: Reason | None = None,
) -> Written:
    """Change a step, where it is at home: reached, opened again, dropped, other words, day, rank.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        step: The step.
        data: The change, of a type that sets fields of a step.
        when: When it happened.
        reason: Why, where the type asks for it.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it stands like that already.
    """
    lane, document, came_back = _brought_home(conn, recorder, step, when)
    fields = type_of(data).sets
    wanted = {name: STATUS_BY_DATA.get(type(data), getattr(data, name, None)) for name in fields}
    if {name: getattr(document, name).value for name in fields} == wanted:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("this step stands like that already"))
    base = base_of_fields(conn, recorder, lane, step, fields)
    event = recorder.record(conn, lane, step, data, when=when, reason=reason, base=base)
    return Written(
        kind="step",
        subject=step,
        lane=lane,
        seen_by=audience(conn, lane, when.day),
        events=(*came_back, event.id),
    )


def _brought_home(
    conn: Connection, recorder: Recorder, step: bytes, when: When
) -> tuple[Lane, StepDocument, tuple[bytes, ...]]:
    """Return where a step is at home, with what brought its goal home first."""
    lanes = of_subject(conn, "step", step, StepDocument)
    goal = next((each.goal for each in lanes.values() if each.goal is not None), None)
    goal_lane, came_back = SELF, ()
    if goal is not None:
        known = goal_at_home(conn, id_from_text(goal))
        at_home, came_back = brought_home(conn, recorder, known, when)
        goal_lane = at_home.lane
    if came_back:
        lanes = of_subject(conn, "step", step, StepDocument)
    lane = lane_of_child(lanes, goal_lane)
    return lane, lanes[lane], came_back


def step_at_home(conn: Connection, step: bytes) -> StepDocument:
    """Return a step as the lane where it is at home knows it.

    Raises:
        DomainError: ``not_found``.
    """
    lanes = of_subject(conn, "step", step, StepDocument)
    goal = next((each.goal for each in lanes.values() if each.goal is not None), None)
    lane = SELF if goal is None else goal_at_home(conn, id_from_text(goal)).lane
    return lanes[lane_of_child(lanes, lane)]


def reach_step(conn: Connection, recorder: Recorder, step: bytes, when: When) -> Written:
    """Mark a step as reached, where it is at home, as ``change_step``."""
    return change_step(conn, recorder, step, StepReached(), when)
