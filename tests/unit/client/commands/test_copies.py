"""Frozen copies: as it reads now, with its own time; what changes later does not follow."""

from collections.abc import Callable

import pytest

from tests.support.languages import language_of
from tests.support.person import Person
from trailmark_client.commands import copies, goals, reflections, sharing, steps
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.commands.copies import Copied
from trailmark_client.commands.notes import note
from trailmark_client.commands.places import Choice
from trailmark_client.commands.when import parse_when
from trailmark_client.queries.cards import list_cards
from trailmark_client.queries.documents import documents, of_subject
from trailmark_client.queries.homes import goal_at_home
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalShared, GoalWithdrawn
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.planning import SupportReceived, SupportRequested
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.registry import Kind
from trailmark_shared.events.sharing import ExcerptLinked, ExcerptShared
from trailmark_shared.events.steps import StepAdded, StepReached
from trailmark_shared.ids import SELF, Lane, care_lane, circle_lane, text_from_id
from trailmark_shared.projections.card_kinds import SupportRequestDocument
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.sent import SentKind
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.words import speaking

WHY = Reason(code="new-insight")
CIRCLE = circle_lane(bytes(15) + b"\x01")
OTHER = care_lane(bytes(15) + b"\x02")
FEW = ("why", "lifecycle", "achievement")


def copy_goal(person: Person, goal: bytes, to: Lane = CIRCLE) -> Copied:
    return person.write(lambda c, r: copies.copy_goal(c, r, goal, to, FEW))


def copy_note(person: Person, subject: bytes, to: Lane = CIRCLE) -> Copied:
    return person.write(lambda c, r: copies.copy_note(c, r, subject, to))


def copy_step(person: Person, step: bytes, to: Lane = CIRCLE) -> Copied:
    return person.write(lambda c, r: copies.copy_step(c, r, step, to))


def copy_excerpt(person: Person, excerpt: bytes, to: Lane = CIRCLE) -> Copied:
    return person.write(lambda c, r: copies.copy_excerpt(c, r, excerpt, to))


def take_back(person: Person, kind: SentKind, subject: bytes) -> Copied:
    return person.write(lambda c, r: copies.take_copy_back(c, r, kind, subject, CIRCLE))


def a_win(person: Person, data: WinNoted | SetbackNoted | None = None, at: str = "now") -> bytes:
    when = parse_when(at, now_ms=person.clock.ms, zone="Europe/Berlin")
    said = data or WinNoted(text="Said no")
    return person.write(lambda c, r: note(c, r, said, when)).subject


def a_step(person: Person, goal: bytes, *, private: bool = False) -> bytes:
    added = StepAdded(goal=text_from_id(goal), text="Call Anna", due="2026-01-01")
    return person.write(
        lambda c, r: steps.add_step(c, r, added, r.now(), Choice(private=private))
    ).subject


def an_excerpt(person: Person, text: str = "it went well") -> bytes:
    reflection = ReflectionWritten(text=f"Today {text} again.")
    written = person.write(lambda c, r: reflections.reflect(c, r, reflection, r.now()))
    shared = person.write(
        lambda c, r: reflections.share_excerpt(c, r, written.subject, text, r.now())
    )
    return shared.subject


def refused(work: Callable[[], object]) -> ErrorCode:
    with pytest.raises(DomainError) as error:
        work()
    return error.value.code


class TestGoals:
    def test_what_is_asked_for_is_copied_and_the_goal_stays_at_home(self, person: Person) -> None:
        goal = person.goal("Walk", why="it calms me", due="2026-01-01", area="sleep")

        copied = copy_goal(person, goal)

        [entry] = person.entries(goal, CIRCLE)
        assert copied == Copied(kind="goal", subject=goal, events=(entry.id,))
        assert entry.body.data == GoalShared(
            title="Walk", why="it calms me", lifecycle="active", is_copy=True
        )
        assert SELF == person.read(lambda conn: goal_at_home(conn, goal)).lane

    def test_later_changes_do_not_follow_until_it_is_copied_again(self, person: Person) -> None:
        goal = person.goal("Walk", why="it calms me")
        copy_goal(person, goal)
        person.write(lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY))

        assert "Walk" == shown_goal(person, goal).title.value

        copy_goal(person, goal)

        assert ("Run", False) == (
            shown_goal(person, goal).title.value,
            shown_goal(person, goal).title.conflict,
        )

    def test_the_same_is_not_copied_twice(self, person: Person) -> None:
        goal = person.goal("Walk")
        copy_goal(person, goal)

        assert ErrorCode.NOTHING_CHANGED == refused(lambda: copy_goal(person, goal))

    def test_nothing_is_copied_to_where_it_is_at_home(self, person: Person) -> None:
        goal = person.goal("Walk")
        person.let_in(lane=OTHER)
        person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))

        assert ErrorCode.NOTHING_CHANGED == refused(lambda: copy_goal(person, goal, OTHER))
        assert "Walk" == copied_title(person, copy_goal(person, goal))

    def test_taking_back_names_every_copy_and_copying_again_shows_it_again(
        self, person: Person
    ) -> None:
        goal = person.goal("Walk")
        first = copy_goal(person, goal)
        person.write(lambda c, r: goals.reword_goal(c, r, goal, goals.Words(title="Run"), WHY))
        second = copy_goal(person, goal)

        take_back(person, "goal", goal)

        withdrawn = person.entries(goal, CIRCLE)[-1].body.data
        named = tuple(text_from_id(each) for each in (*first.events, *second.events))
        assert GoalWithdrawn(shares=named) == withdrawn
        assert SELF == person.read(lambda conn: goal_at_home(conn, goal)).lane
        copy_goal(person, goal)
        assert ("Run", None) == (
            shown_goal(person, goal).title.value,
            shown_goal(person, goal).shares[-1].withdrawn_at,
        )


class TestNotes:
    def test_a_win_keeps_the_time_at_which_it_happened(self, person: Person) -> None:
        win = a_win(person, at="yesterday 18:30")

        copy_note(person, win)

        [own] = person.entries(win)
        [entry] = person.entries(win, CIRCLE)
        assert WinNoted(text="Said no") == entry.body.data
        assert (own.body.occurred_at, own.body.day) == (entry.body.occurred_at, entry.body.day)
        assert own.body.recorded_at < entry.body.recorded_at

    def test_its_goal_is_named_only_where_the_goal_is_known(self, person: Person) -> None:
        goal = person.goal()
        win = a_win(person, WinNoted(text="Said no", goal=text_from_id(goal)))

        copy_note(person, win)
        assert WinNoted(text="Said no") == person.entries(win, CIRCLE)[0].body.data

        copy_goal(person, goal, OTHER)
        copy_note(person, win, OTHER)
        copied = person.entries(win, OTHER)[0].body.data
        assert WinNoted(text="Said no", goal=text_from_id(goal)) == copied

    def test_a_hard_moment_can_be_copied_into_a_care_lane(self, person: Person) -> None:
        setback = a_win(person, SetbackNoted(text="Awake", helped="Reading"))

        copied = copy_note(person, setback, OTHER)

        assert "setback" == copied.kind
        data = person.entries(setback, OTHER)[0].body.data
        assert SetbackNoted(text="Awake", helped="Reading") == data

    def test_a_win_is_taken_back_and_can_be_copied_again(self, person: Person) -> None:
        win = a_win(person)
        copy_note(person, win)
        assert ErrorCode.NOTHING_CHANGED == refused(lambda: copy_note(person, win))

        take_back(person, "win", win)
        assert shown_win(person, win).text is None
        assert ErrorCode.NOT_SHARED == refused(lambda: take_back(person, "win", win))

        copy_note(person, win)
        assert "Said no" == shown_win(person, win).text

    def test_what_is_not_here_cannot_be_copied(self, person: Person) -> None:
        assert ErrorCode.NOT_FOUND == refused(lambda: copy_note(person, bytes(16)))


class TestSteps:
    def test_a_reached_step_is_copied_with_its_day(self, person: Person) -> None:
        step = a_step(person, person.goal())
        when = parse_when("yesterday", now_ms=person.clock.ms, zone="Europe/Berlin")
        person.write(lambda c, r: steps.reach_step(c, r, step, when))

        copied = copy_step(person, step)

        assert ["step_added", "step_reached"] == person.types(step, CIRCLE)
        assert 2 == len(copied.events)
        assert (when.day, "Call Anna", None) == (
            shown_step(person, step).reached_on,
            shown_step(person, step).text.value,
            shown_step(person, step).due.value,
        )

    def test_an_open_step_is_copied_as_it_is(self, person: Person) -> None:
        step = a_step(person, person.goal(), private=True)

        copy_step(person, step)

        assert ["step_added"] == person.types(step, CIRCLE)
        assert ErrorCode.NOTHING_CHANGED == refused(lambda: copy_step(person, step))

    def test_a_step_without_words_is_refused_in_the_language_of_the_person(
        self, person: Person
    ) -> None:
        step = bytes(16)
        person.write(lambda c, r: r.record(c, SELF, step, StepReached()))
        with (
            speaking(language_of({"step": "pas"})),
            pytest.raises(DomainError, match="no such pas on this device"),
        ):
            copy_step(person, step)

    def test_it_reads_as_where_its_goal_lives(self, person: Person) -> None:
        goal = person.goal()
        step = a_step(person, goal)
        person.let_in(lane=OTHER)
        person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
        person.write(lambda c, r: steps.reach_step(c, r, step, r.now()))

        copy_step(person, step)

        assert "reached" == shown_step(person, step).status.value

    def test_taken_back_and_copied_again_it_shows_no_conflict(self, person: Person) -> None:
        step = a_step(person, person.goal())
        person.write(lambda c, r: steps.reach_step(c, r, step, r.now()))
        copy_step(person, step)

        take_back(person, "step", step)
        assert shown_step(person, step).withdrawn_at is not None

        copy_step(person, step)
        shown = shown_step(person, step)
        assert (None, "reached", False, False) == (
            shown.withdrawn_at,
            shown.status.value,
            shown.status.conflict,
            shown.text.conflict,
        )

    def test_a_step_without_words_cannot_be_copied(self, person: Person) -> None:
        subject = person.app.recorder.new_subject()
        person.write(lambda c, r: r.record(c, SELF, subject, StepReached()))

        assert ErrorCode.NOT_FOUND == refused(lambda: copy_step(person, subject))
        assert ErrorCode.NOT_FOUND == refused(lambda: copy_step(person, bytes(16)))


class TestExcerpts:
    def test_a_copy_has_an_id_of_its_own_and_a_link_in_self(self, person: Person) -> None:
        person.let_in(lane=OTHER)
        excerpt = an_excerpt(person)

        copied = copy_excerpt(person, excerpt)

        assert copied.subject != excerpt
        [shared] = person.entries(copied.subject, CIRCLE)
        [linked] = person.entries(copied.subject)
        [source] = person.entries(excerpt)
        assert ExcerptShared(text="it went well") == shared.body.data
        assert isinstance(linked.body.data, ExcerptLinked)
        assert isinstance(source.body.data, ExcerptLinked)
        assert CIRCLE == linked.body.data.lane
        assert source.body.data.reflection == linked.body.data.reflection

    def test_taken_back_it_is_gone_there_and_stays_elsewhere(self, person: Person) -> None:
        person.let_in(lane=OTHER)
        excerpt = an_excerpt(person)
        copied = copy_excerpt(person, excerpt)

        take_back(person, "excerpt", copied.subject)

        assert ["excerpt_shared", "excerpt_withdrawn"] == person.types(copied.subject, CIRCLE)
        assert ["excerpt_shared"] == person.types(excerpt, OTHER)
        assert ErrorCode.NOT_SHARED == refused(lambda: take_back(person, "excerpt", copied.subject))

    def test_one_without_a_known_source_is_copied_without_a_link(self, person: Person) -> None:
        subject = person.app.recorder.new_subject()
        person.write(lambda c, r: r.record(c, OTHER, subject, ExcerptShared(text="words")))

        copied = copy_excerpt(person, subject)

        assert 1 == len(copied.events)
        assert [] == person.entries(copied.subject)

    def test_what_was_taken_back_has_no_words_to_copy(self, person: Person) -> None:
        subject = person.app.recorder.new_subject()
        person.write(lambda c, r: r.record(c, CIRCLE, subject, ExcerptShared(text="words")))
        take_back(person, "excerpt", subject)

        assert ErrorCode.NOT_FOUND == refused(lambda: copy_excerpt(person, subject))


def shown_goal(person: Person, goal: bytes) -> GoalDocument:
    return person.read(lambda conn: of_subject(conn, "goal", goal, GoalDocument))[CIRCLE]


def shown_win(person: Person, win: bytes) -> NoteDocument:
    return person.read(lambda conn: of_subject(conn, "win", win, NoteDocument))[CIRCLE]


def shown_step(person: Person, step: bytes) -> StepDocument:
    return person.read(lambda conn: of_subject(conn, "step", step, StepDocument))[CIRCLE]


def copied_title(person: Person, copied: Copied) -> str | None:
    held = person.read(lambda conn: documents(conn, "goal", GoalDocument))
    copy = next(each for each in held if (each.lane, each.subject) == (CIRCLE, copied.subject))
    return copy.document.title.value


class TestRequests:
    def ask(self, person: Person, goal: bytes | None = None) -> bytes:
        about = None if goal is None else text_from_id(goal)
        data = SupportRequested(text="Come along", who="Ana", goal=about)
        return person.write(lambda c, r: write_card(c, r, data, r.now())).subject

    def copy(self, person: Person, request: bytes) -> Copied:
        return person.write(lambda c, r: copies.copy_request(c, r, request, CIRCLE))

    def there(self, person: Person, request: bytes) -> SupportRequestDocument:
        kind: Kind = "support_request"
        return person.read(lambda c: of_subject(c, kind, request, SupportRequestDocument))[CIRCLE]

    def test_it_names_neither_others_nor_a_goal_that_they_do_not_see(self, person: Person) -> None:
        request = self.ask(person, person.goal("private"))

        copied = self.copy(person, request)

        assert ("support_request", request) == (copied.kind, copied.subject)
        assert SupportRequested(text="Come along") == self.there(person, request).said.value

    def test_it_is_sent_once_and_again_after_it_was_taken_back(self, person: Person) -> None:
        request = self.ask(person)
        self.copy(person, request)
        with pytest.raises(DomainError) as again:
            self.copy(person, request)
        take_back(person, "support_request", request)
        gone = self.there(person, request)
        self.copy(person, request)

        back = self.there(person, request)

        assert ErrorCode.NOTHING_CHANGED == again.value.code
        assert (None, True) == (gone.said.value, gone.withdrawn_at is not None)
        assert SupportRequested(text="Come along") == back.said.value

    def test_what_is_not_there_is_not_sent(self, person: Person) -> None:
        with pytest.raises(DomainError) as refused:
            self.copy(person, bytes(16))

        assert ErrorCode.NOT_FOUND == refused.value.code

    def test_what_was_sent_is_still_the_person_s_own(self, person: Person) -> None:
        """A copy that somebody has is no place where the person goes on with it."""
        request = self.ask(person)
        self.copy(person, request)

        written = person.write(lambda c, r: log_card(c, r, request, SupportReceived(), r.now()))

        [line] = person.read(lambda c: list_cards(c, "support_request", "2025-10-09"))
        assert (SELF, "received", "Ana") == (written.lane, line.status, line.said["who"])
