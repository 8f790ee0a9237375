"""Changed terms are a new grant; the old one ends, and the lane does not close in between."""

from collections.abc import Sequence

import msgspec
import pytest

from tests.support.person import Person
from trailmark_client.commands.goals import add_shared_goal
from trailmark_client.commands.grants import Member
from trailmark_client.commands.notes import note
from trailmark_client.commands.stopping import stop_member
from trailmark_client.commands.terms import Changed, NewTerms, change_terms, text_shown_now
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.queries.members import member_meant, members
from trailmark_client.storage.cursors import revoked_grants
from trailmark_shared.domain.consent import CONSENT_VERSION, consent_sha256
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")
DAY_MS = 24 * 3600 * 1000


def until(day: str | None) -> NewTerms:
    return lambda terms: msgspec.structs.replace(terms, until=day)


def only(*classes: str) -> NewTerms:
    return lambda terms: msgspec.structs.replace(terms, classes=classes)


def change(person: Person, new: NewTerms, who: str = "Dr Demo") -> list[Changed]:
    return person.write(
        lambda c, r: change_terms(c, r, member_meant(members(c), who), new, r.now())
    )


def types_in(person: Person, lane: str) -> list[str]:
    rows = person.read(
        lambda conn: conn.execute(
            "SELECT type FROM event WHERE lane = ? ORDER BY dseq", (lane,)
        ).fetchall()
    )
    return [name for (name,) in rows]


def classes_there(person: Person) -> list[Sequence[str]]:
    today = person.now().day
    return [sorted(each.classes) for each in person.read(lambda conn: open_lanes(conn, today))]


def test_the_new_grant_comes_first_and_names_the_old_one(person: Person) -> None:
    old = person.let_in(["goals", "steps"])[0].subject

    [changed] = change(person, until("2026-06-30"))

    [granted] = person.entries(changed.grant, CARE)
    [_, over] = person.entries(old, CARE)
    assert ["access_granted", "access_granted", "access_revoked"] == types_in(person, CARE)
    assert isinstance(granted.body.data, AccessGranted)
    assert (text_from_id(old), "2026-06-30", ("goals", "steps")) == (
        granted.body.data.replaces,
        granted.body.data.until,
        granted.body.data.classes,
    )
    assert AccessRevoked(replaced_by=text_from_id(changed.grant)) == over.body.data
    assert [old] == person.read(revoked_grants)


def test_goals_stay_where_they_are(person: Person) -> None:
    person.let_in()
    draft = GoalDrafted(title="Walk")
    goal = person.write(lambda c, r: add_shared_goal(c, r, draft, r.now())).subject

    change(person, only("goals"))

    assert CARE == person.read(lambda conn: goal_at_home(conn, goal)).lane


def test_a_kind_that_is_taken_out_goes_there_no_more(person: Person) -> None:
    person.let_in(["goals", "wins_setbacks"])
    before = person.write(lambda c, r: note(c, r, WinNoted(text="out"), r.now()))

    change(person, only("goals"))

    after = person.write(lambda c, r: note(c, r, WinNoted(text="out"), r.now()))
    assert (CARE, SELF) == (before.lane, after.lane)
    assert [["goals"]] == classes_there(person)


def test_every_lane_that_they_read_changes(person: Person) -> None:
    person.let_in()
    person.let_in(lane=OTHER)

    changed = change(person, only())

    assert {CARE, OTHER} == {each.lane for each in changed}
    assert [[], []] == classes_there(person)


def test_who_reads_the_same_lane_is_named(person: Person) -> None:
    """What goes there by itself must be agreed to for everybody who reads it."""
    person.let_in(["goals", "steps"])
    person.let_in(["goals", "steps"], member=SECOND)

    [changed] = change(person, only("goals"))

    assert ("Dr Second",) == changed.also_seen_by
    assert [["goals"]] == classes_there(person)


def test_terms_that_are_the_same_are_no_change(person: Person) -> None:
    person.let_in(until="2026-06-30")

    with pytest.raises(DomainError) as refused:
        change(person, until("2026-06-30"))

    assert ErrorCode.NOTHING_CHANGED == refused.value.code
    assert ["access_granted"] == types_in(person, CARE)


@pytest.mark.parametrize("over", ["day", "stopped"])
def test_what_is_over_is_not_made_longer(person: Person, over: str) -> None:
    """A grant that ended never returns: letting in again is for an invitation to begin."""
    person.let_in(until=person.now().day)
    if over == "day":
        person.clock.advance(2 * DAY_MS)
    else:
        person.write(lambda c, r: stop_member(c, r, member_meant(members(c), "Dr Demo"), r.now()))

    with pytest.raises(DomainError) as refused:
        change(person, until("2026-06-30"))

    assert {"day": ErrorCode.NOT_FOUND, "stopped": ErrorCode.NOTHING_CHANGED}[over] == (
        refused.value.code
    )


def test_the_text_shown_now_is_that_of_this_version() -> None:
    assert (CONSENT_VERSION, consent_sha256()) == (
        text_shown_now().version,
        text_shown_now().sha256,
    )
