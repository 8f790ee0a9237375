"""Who is let in: what they can see in counts, and what became of those who were."""

import msgspec
import pytest

from tests.support import supporters as circle
from tests.support.person import AGREED, THERAPIST, Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import goals, steps
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.grants import Member
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.commands.supporters import take_back
from trailmark_client.commands.terms import NewTerms, change_terms
from trailmark_client.commands.withdrawing import withdraw_goal
from trailmark_client.queries.members import Member as ListedMember
from trailmark_client.queries.members import member_meant, members
from trailmark_client.queries.pending import Agreed, PendingGrant, keep_pending, pending_grants
from trailmark_client.queries.sharing import (
    GrantLine,
    Seen,
    list_grants,
    list_waiting,
    names_in_state,
    to_stop,
)
from trailmark_shared.domain.consent import CONSENT_VERSION, consent_sha256
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
DAY = "2025-10-09"
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def listed(person: Person, day: str | None = None) -> list[GrantLine]:
    return person.read(lambda conn: list_grants(conn, day or person.now().day))


def shared_goal(person: Person, title: str) -> bytes:
    draft = GoalDrafted(title=title)
    return person.write(lambda c, r: goals.add_shared_goal(c, r, draft, r.now())).subject


def add_step(person: Person, goal: bytes) -> None:
    step = StepAdded(goal=text_from_id(goal), text="shoes")
    person.write(lambda c, r: steps.add_step(c, r, step, r.now()))


def test_a_grant_says_whom_what_and_how_much(person: Person) -> None:
    grant = person.let_in()[0].subject
    goal, taken_back = shared_goal(person, "Walk"), shared_goal(person, "Swim")
    for each in (goal, taken_back):
        add_step(person, each)
        person.write(lambda c, r, g=each: check_in(c, r, g, CheckIn(value_tenths=10), r.now()))
    person.write(lambda c, r: withdraw_goal(c, r, taken_back, r.now()))
    person.goal("Mine")

    [line] = listed(person)

    assert ("Dr Demo", "therapist", CARE, text_from_id(grant)) == (
        line.name,
        line.role,
        line.lane,
        line.grant,
    )
    assert list(AGREED) == line.classes
    assert ("live", None, None) == (line.state, line.until, line.stopped_at)
    assert Seen(goals=1, taken_back=1, steps=1, check_ins=1, earliest=DAY) == line.sees


def test_what_was_stopped_stays_in_the_list(person: Person) -> None:
    grant = person.let_in()[0].subject
    shared_goal(person, "Walk")
    person.write(lambda c, r: stop_sharing(c, r, grant, r.now()))

    [line] = listed(person)

    assert ("stopping", person.clock.ms, Seen()) == (line.state, line.stopped_at, line.sees)


def test_it_is_stopped_once_the_log_has_it(person: Person) -> None:
    grant = person.let_in()[0].subject
    person.write(lambda c, r: stop_sharing(c, r, grant, r.now()))
    person.write(
        lambda c, _r: c.execute("UPDATE event SET seq = dseq WHERE lane = ?", (CARE,)).rowcount
    )

    assert ["stopped"] == [each.state for each in listed(person)]
    today = person.now().day
    assert {grant: "Dr Demo"} == person.read(lambda c: names_in_state(c, "stopped", today))
    assert {} == person.read(lambda c: names_in_state(c, "stopping", today))


def test_behind_its_last_day_a_grant_is_over(person: Person) -> None:
    grant = person.app.recorder.new_subject()
    data = AccessGranted(
        member=SECOND.id,
        name=SECOND.name,
        role="therapist",
        classes=("goals",),
        until="2025-10-09",
        consent=ConsentText(version=1, sha256="0" * 64),
    )
    person.write(lambda c, r: r.record(c, CARE, grant, data))
    goal = shared_goal(person, "Walk")

    [last_day], [afterwards] = listed(person, "2025-10-09"), listed(person, "2025-10-10")
    person.clock.advance(24 * 3600 * 1000)
    why, words = Reason(code="new-insight"), goals.Words(title="Run")
    written = person.write(lambda c, r: goals.reword_goal(c, r, goal, words, why))

    assert ("live", Seen(goals=1)) == (last_day.state, last_day.sees)
    assert ("over", Seen()) == (afterwards.state, afterwards.sees)
    assert SELF == written.lane


def test_a_grant_says_what_was_agreed_to(person: Person) -> None:
    person.let_in(
        ["goals"], actions=["propose"], until="2026-01-31", history="since", since="2025-10-01"
    )

    [line] = listed(person)

    assert (["view", "propose"], "care", "since", "2025-10-01", "2026-01-31") == (
        line.actions,
        line.purpose,
        line.history,
        line.history_since,
        line.until,
    )
    assert (CONSENT_VERSION, consent_sha256()) == (line.consent_version, line.consent_sha256)


def test_changed_terms_go_on_from_when_they_were_let_in(person: Person) -> None:
    person.let_in(["goals", "steps"])
    began = person.clock.ms
    person.clock.advance(7 * 24 * 3600 * 1000)
    for classes in (("goals",), ()):
        person.write(lambda c, r, k=classes: change_terms(c, r, meant(c), without(k), r.now()))

    lines = listed(person)

    assert {"live": began, "replaced": began} == {each.state: each.since for each in lines}
    assert [[], ["goals"], ["goals", "steps"]] == [
        each.classes for each in sorted(lines, key=lambda each: len(each.classes))
    ]


def meant(conn: Connection) -> ListedMember:
    return member_meant(members(conn), "Dr Demo")


def without(classes: tuple[str, ...]) -> NewTerms:
    return lambda terms: msgspec.structs.replace(terms, classes=classes)


class TestWhoIsStopped:
    def waiting(self, person: Person, member: Member) -> PendingGrant:
        pending = PendingGrant(
            member=member.id,
            name=member.name,
            phrase="one two three four",
            code="0" * 64,
            agreed=Agreed(classes=("goals",), actions=("comment",), until="2026-01-01"),
        )
        person.write(lambda c, _r: keep_pending(c, [*pending_grants(c), pending]))
        return pending

    def test_who_waits_to_be_let_in_is_listed(self, person: Person) -> None:
        self.waiting(person, SECOND)

        [line] = person.read(list_waiting)

        assert ("Dr Second", True, ["goals"], ["view", "comment"], "2026-01-01") == (
            line.name,
            line.agreed,
            line.classes,
            line.actions,
            line.until,
        )

    def test_one_who_only_waits_can_be_stopped(self, person: Person) -> None:
        person.let_in()
        pending = self.waiting(person, SECOND)

        for who in ("dr second", SECOND.id):
            found = person.read(lambda conn, w=who: to_stop(conn, w))
            assert (None, pending, "Dr Second") == (found.member, found.waiting, found.name)

    def test_one_who_is_let_in_and_waits_again_is_stopped_in_both(self, person: Person) -> None:
        person.let_in()
        pending = self.waiting(person, THERAPIST)

        found = person.read(lambda conn: to_stop(conn, "Dr Demo"))

        assert found.member is not None
        assert (pending, "Dr Demo") == (found.waiting, found.name)

    def test_it_must_mean_one(self, person: Person) -> None:
        person.let_in()
        self.waiting(person, SECOND)

        with pytest.raises(DomainError) as refused:
            person.read(lambda conn: to_stop(conn, "Dr"))

        assert ErrorCode.AMBIGUOUS_ID == refused.value.code

    def test_whom_nobody_is_called_cannot(self, person: Person) -> None:
        with pytest.raises(DomainError) as refused:
            person.read(lambda conn: to_stop(conn, "nobody"))

        assert ErrorCode.NOT_FOUND == refused.value.code


def test_what_a_supporter_sees_is_counted_as_they_see_it(person: Person) -> None:
    sam, goal = circle.let_in(person), person.goal("Walk")
    circle.send(person, sam, "goal", goal)
    item = circle.send(person, sam, "win", circle.win(person)).item
    circle.back(person, sam, item, "Bravo")
    gone = circle.send(person, sam, "win", circle.win(person, "canary")).item
    person.write(lambda c, r: take_back(c, r, sam, gone))

    [line] = listed(person)

    assert ("supporter", Seen(goals=1, wins=1, comments=1)) == (line.role, line.sees)


def test_who_is_to_be_stopped_can_be_asked_for_by_role(person: Person) -> None:
    sam, therapist = circle.let_in(person, "Dr Sam"), person.let_in()[0].subject

    found = {
        role: person.read(lambda conn, role=role: to_stop(conn, "dr", role)).member
        for role in ("supporter", "therapist")
    }

    assert {"supporter": [sam.grant], "therapist": [therapist]} == {
        role: [each.subject for each in member.unrevoked]
        for role, member in found.items()
        if member is not None
    }
