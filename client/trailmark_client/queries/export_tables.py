"""Everything that can be read on this device as tables: one for each kind, a row for each thing.

Rows come one by one, so that ten years of entries need not be in memory at once. A thing that
several lanes know has one row: that of the lane where it is at home. Moments are UTC (RFC 3339);
what the person said about time stands beside as they meant it: local date, clock time with offset,
zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trailmark_client.queries.documents import entries_of
from trailmark_client.queries.export_kinds import (
    CARDS,
    CHECK_INS,
    COMMENTS,
    MEASURES,
    NOTES,
    OCCURRENCES,
    REFLECTIONS,
    SCALES,
    STEPS,
    USES,
)
from trailmark_client.queries.export_records import BETWEEN, SAID, Row, Source, Table, utc
from trailmark_client.queries.export_words import EXCERPTS, PROPOSALS, SENT
from trailmark_client.queries.goals import show_goal
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.lanes import member_names
from trailmark_client.queries.readable import actor_name, plain_field, plain_value
from trailmark_client.queries.sharing import list_grants
from trailmark_shared.exports.csv_rows import Cell
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.projections.history import goal_history
from trailmark_shared.words import marked


def _goals(source: Source) -> Iterator[Row]:
    for at_home in goals_at_home(source.conn):
        view, document = show_goal(source.conn, at_home.id, source.day), at_home.document
        goal = view.goal
        yield (
            goal.id,
            goal.title,
            view.why,
            goal.area,
            view.limits,
            goal.status,
            goal.target,
            view.baseline,
            goal.due,
            document.priority.value,
            view.achievement,
            view.resting_until,
            goal.lane,
            BETWEEN.join(goal.seen_by),
            utc(min(each.created_at for each in at_home.copies.values())),
            utc(document.changed_at),
        )


_GOALS: Final = Table(
    name="goals",
    title=marked("Goals"),
    columns=(
        *(
            "id",
            "title",
            "why",
            "area",
            "limits",
            "status",
            "target",
            "baseline",
            "due",
            "priority",
        ),
        *("achievement", "resting_until", "lane", "seen_by", "created", "changed"),
    ),
    rows=_goals,
)


def _goal_history(source: Source) -> Iterator[Row]:
    for at_home in goals_at_home(source.conn):
        title = at_home.document.title.value
        for lane in sorted(at_home.copies):
            yield from _changes(source, lane, at_home.id, title)


def _changes(source: Source, lane: Lane, goal: bytes, title: str | None) -> Iterator[Row]:
    names, entries = member_names(source.conn), entries_of(source.conn, lane, goal)
    zones = {text_from_id(each.id): each.body.zone for each in entries}
    for change in goal_history(entries):
        reason = change.reason
        yield (
            text_from_id(goal),
            title,
            change.event,
            change.day,
            change.occurred_at,
            zones[change.event],
            utc(change.effective_at),
            utc(change.received_at),
            actor_name(change.actor, names),
            change.sentence,
            plain_field(change.field),
            _plain(change.field, change.before),
            _plain(change.field, change.after),
            None if reason is None else reason.code,
            None if reason is None else reason.text,
            lane,
        )


def _plain(field: str | None, value: object) -> Cell:
    plain = plain_value(field, value)
    return plain if isinstance(plain, str | int | float | None) else str(plain)


_GOAL_HISTORY: Final = Table(
    name="goal-history",
    title=marked("How each goal changed"),
    columns=(
        *("goal", "title", "event", *SAID, "received", "by", "what", "field", "from", "to"),
        *("reason", "reason_words", "lane"),
    ),
    rows=_goal_history,
)


def _sharing(source: Source) -> Iterator[Row]:
    for each in list_grants(source.conn, source.day):
        yield (
            each.grant,
            each.name,
            each.role,
            BETWEEN.join(each.classes),
            BETWEEN.join(each.actions),
            each.purpose,
            each.history,
            each.history_since,
            utc(each.since),
            each.until,
            each.state,
            utc(each.stopped_at),
            each.lane,
            each.consent_version,
            each.consent_sha256,
        )


_SHARING: Final = Table(
    name="sharing",
    title=marked("Who is let in, and who was"),
    columns=(
        *("grant", "name", "role", "classes", "actions", "purpose", "history", "history_since"),
        *("since", "until", "state", "stopped", "lane", "consent_version", "consent_sha256"),
    ),
    rows=_sharing,
)


def _access_log(source: Source) -> Iterator[Row]:
    for each in source.looks:
        yield utc(each.at), each.name, each.member, each.page


_ACCESS_LOG: Final = Table(
    name="access-log",
    title=marked("Who looked, and who was refused"),
    columns=("at", "name", "member", "page"),
    rows=_access_log,
)


TABLES: Final = (
    _GOALS,
    _GOAL_HISTORY,
    STEPS,
    CHECK_INS,
    OCCURRENCES,
    MEASURES,
    SCALES,
    REFLECTIONS,
    NOTES,
    CARDS,
    USES,
    EXCERPTS,
    COMMENTS,
    PROPOSALS,
    SENT,
    _SHARING,
    _ACCESS_LOG,
)
"""Every table, in the order in which they are written."""
