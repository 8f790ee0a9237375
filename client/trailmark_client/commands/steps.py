"""What a person does with the steps of a goal."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.places import AS_AGREED, Choice, place_of_child
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import brought_home
from trailmark_client.commands.written import Written, write_new
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.homes import goal_at_home, lane_of_child
from trailmark_client.queries.lanes import audience
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.steps import StepAdded, StepReached
from trailmark_shared.ids import SELF, id_from_text
from trailmark_shared.projections.step import StepDocument


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


def reach_step(conn: Connection, recorder: Recorder, step: bytes, when: When) -> Written:
    """Mark a step as reached, where it is at home.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it is reached already.
    """
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
    if lanes[lane].status.value == "reached":
        raise DomainError(ErrorCode.NOTHING_CHANGED, "this step is reached already")
    base = recorder.base_of(conn, lane, step, "status")
    event = recorder.record(conn, lane, step, StepReached(), when=when, base=base)
    return Written(
        kind="step",
        subject=step,
        lane=lane,
        seen_by=audience(conn, lane, when.day),
        events=(*came_back, event.id),
    )
