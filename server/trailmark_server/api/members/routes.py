"""All routes of the members' API."""

from __future__ import annotations

from litestar import Router

from trailmark_server.api.members import (
    comments,
    goals,
    hand_overs,
    history,
    invitations,
    lane_export,
    people,
    session,
    timeline,
)
from trailmark_server.api.members.asking import DEPENDENCIES, answer_refusal
from trailmark_shared.errors import TrailmarkError


def members_router() -> Router:
    """Return the routes under ``/api/members``."""
    return Router(
        path="/api/members",
        route_handlers=[
            session.show_session,
            session.sign_out,
            session.list_looks,
            people.list_people,
            people.show_sharing,
            people.change_label,
            people.confirm_acquaintance,
            timeline.show_timeline,
            goals.list_goals,
            goals.show_goal,
            history.show_history,
            history.audit_goal,
            lane_export.take_lane,
            invitations.list_invitations,
            invitations.add_invitation,
            invitations.withdraw_invitation,
            hand_overs.show_hand_over,
            hand_overs.put_hand_over,
            hand_overs.withdraw_hand_over,
            comments.add_comment,
            comments.withdraw_comment,
        ],
        dependencies=dict(DEPENDENCIES),
        exception_handlers={TrailmarkError: answer_refusal},
        security=[{"session": []}],
        tags=["members"],
    )
