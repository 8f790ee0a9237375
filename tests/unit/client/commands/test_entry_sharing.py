"""One entry is shared as it reads now: nothing more, nothing that its readers do not know."""

from collections.abc import Callable

import pytest

from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import measures, sharing
from trailmark_client.commands.cards import log_card, rewrite_card, write_card
from trailmark_client.commands.entry_sharing import class_of, share_entry
from trailmark_client.commands.undoing import undo
from trailmark_client.commands.written import Written
from trailmark_client.queries.cards import card_of
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.measures import list_occurrences
from trailmark_client.queries.taken_back import Undoing, what_to_undo, what_to_unshare
from trailmark_shared.domain.consent import CONSENT_CLASSES
from trailmark_shared.domain.shipped_instruments import GAD_7
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.coping import (
    BarrierIdentified,
    BarrierResolved,
    BarrierReturned,
    CopingAdded,
    CopingUsed,
)
from trailmark_shared.events.data import EventData
from trailmark_shared.events.joint import AgendaItemAdded, AgendaItemClosed
from trailmark_shared.events.measures import (
    AttainmentRated,
    OccurrenceCorrected,
    OccurrenceRecorded,
    ScaleSet,
)
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import SELF, care_lane, text_from_id
from trailmark_shared.projections.card_kinds import CARD_KINDS
from trailmark_shared.projections.measures import MeasureDocument, OccurrenceDocument, ScaleDocument

DAY = "2025-10-09"
WHY = Reason(code="correction")
CARE = care_lane(bytes(15) + b"\x09")


def card(person: Person, data: EventData) -> bytes:
    return person.write(lambda c, r: write_card(c, r, data, r.now())).subject


def share(person: Person, kind: Kind, entry: bytes, *names: str) -> Written:
    return person.write(lambda c, r: share_entry(c, r, kind, entry, r.now(), names))


def there(person: Person, kind: Kind, entry: bytes) -> EventData | None:
    type_ = CARD_KINDS[kind].document
    found = person.read(lambda c: of_subject(c, kind, entry, type_))
    return found[CARE].said.value if CARE in found else None


def refusal(person: Person, kind: Kind, entry: bytes) -> ErrorCode:
    with pytest.raises(DomainError) as refused:
        share(person, kind, entry)
    return ErrorCode(refused.value.code)


def test_a_card_is_shared_as_it_reads_and_brought_up_to_date(person: Person) -> None:
    person.let_in()
    barrier = card(person, BarrierIdentified(text="The crowd"))

    shared = share(person, "barrier", barrier)
    again = refusal(person, "barrier", barrier)
    later = BarrierIdentified(text="The crowd at night")
    person.write(lambda c, r: rewrite_card(c, r, barrier, later, r.now()))
    stays = there(person, "barrier", barrier)
    share(person, "barrier", barrier)

    assert (CARE, ("Dr Demo",), ErrorCode.NOTHING_CHANGED) == (shared.lane, shared.seen_by, again)
    assert (BarrierIdentified(text="The crowd"), later) == (
        stays,
        there(person, "barrier", barrier),
    )
    assert ["barrier_identified"] * 2 == person.types(barrier, CARE)


def test_where_it_stands_goes_along(person: Person) -> None:
    person.let_in()
    barrier = card(person, BarrierIdentified(text="The crowd"))
    person.write(lambda c, r: log_card(c, r, barrier, BarrierResolved(), r.now()))

    share(person, "barrier", barrier)
    person.write(lambda c, r: log_card(c, r, barrier, BarrierReturned(), r.now()))
    share(person, "barrier", barrier)

    assert ["barrier_identified", "barrier_resolved", "barrier_returned"] == person.types(
        barrier, CARE
    )


def test_how_often_something_helped_stays_here(person: Person) -> None:
    person.let_in()
    coping = card(person, CopingAdded(then="breathe"))
    person.write(lambda c, r: log_card(c, r, coping, CopingUsed(note="in the train"), r.now()))

    share(person, "coping", coping)

    assert ["coping_added"] == person.types(coping, CARE)


def test_what_its_readers_do_not_know_is_not_named(person: Person) -> None:
    person.let_in()
    goal, barrier = person.goal(), card(person, BarrierIdentified(text="The crowd"))
    of, stands = text_from_id(goal), text_from_id(barrier)
    coping = card(person, CopingAdded(then="breathe", goal=of, barrier=stands))

    share(person, "coping", coping)
    bare = there(person, "coping", coping)
    share(person, "barrier", barrier)
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    share(person, "coping", coping)

    assert CopingAdded(then="breathe") == bare
    assert CopingAdded(then="breathe", goal=of, barrier=stands) == there(person, "coping", coping)


def test_answers_to_a_questionnaire_are_shared_and_amended(person: Person) -> None:
    person.let_in()
    first, second = [1, 0, 2, 1, 0, 0, 1, None], [1, 0, 2, 1, 0, 0, 2, None]
    measure = person.write(
        lambda c, r: measures.answer_measure(c, r, GAD_7, first, r.now())
    ).subject
    why = Reason(code="correction")

    share(person, "measure", measure)
    person.write(lambda c, r: measures.amend_measure(c, r, measure, GAD_7, second, why))
    share(person, "measure", measure)
    same = refusal(person, "measure", measure)

    copies = person.read(lambda c: of_subject(c, "measure", measure, MeasureDocument))
    assert copies[SELF].answers.value == copies[CARE].answers.value == tuple(second)
    assert (copies[SELF].day, copies[SELF].score.value) == (copies[CARE].day, 6)
    assert ErrorCode.NOTHING_CHANGED == same


def test_nothing_is_shared_without_agreement(person: Person) -> None:
    barrier = card(person, BarrierIdentified(text="The crowd"))
    alone = refusal(person, "barrier", barrier)
    person.let_in(classes=("goals",))

    assert (ErrorCode.NOT_SHARED, ErrorCode.NOT_AGREED) == (
        alone,
        refusal(person, "barrier", barrier),
    )
    assert "" == class_of("insight") == class_of("goal")


def test_what_is_shared_is_taken_back_and_stays_here(person: Person) -> None:
    person.let_in()
    barrier = card(person, BarrierIdentified(text="The crowd"))
    share(person, "barrier", barrier)
    day = person.now().day

    def back() -> Written:
        name = text_from_id(barrier)
        return person.write(lambda c, r: undo(c, r, what_to_unshare(c, name, day), r.now()))

    back()

    assert there(person, "barrier", barrier) is None
    assert person.read(lambda c: card_of(c, "barrier", barrier)).document.said.value is not None
    with pytest.raises(DomainError):
        back()
    share(person, "barrier", barrier)
    assert BarrierIdentified(text="The crowd") == there(person, "barrier", barrier)


@pytest.mark.parametrize("what", [what_to_undo, what_to_unshare])
def test_what_is_taken_back_before_it_left_never_leaves(
    person: Person, what: Callable[[Connection, str, str], Undoing]
) -> None:
    person.let_in()
    barrier = card(person, BarrierIdentified(text="The crowd"))
    share(person, "barrier", barrier)
    person.write(lambda c, _: c.execute("UPDATE event SET seq = pos WHERE lane = ?", (CARE,)))
    again = BarrierIdentified(text="Not for others")
    person.write(lambda c, r: rewrite_card(c, r, barrier, again, r.now()))
    share(person, "barrier", barrier)
    day = person.now().day

    person.write(lambda c, r: undo(c, r, what(c, text_from_id(barrier), day), r.now()))

    waits = "SELECT body FROM event WHERE lane = ? AND seq IS NULL"
    found = person.read(lambda c: c.execute(waits, (CARE,)).fetchall())
    assert [b"Not for others" in (body or b"") for (body,) in found] == [False] * 3
    assert ["barrier_identified", "entry_taken_back", "subject_erased"] == [
        each.body.type for each in person.entries(barrier, CARE)
    ]
    assert again == person.entries(barrier, SELF)[1].body.data


def test_what_is_planned_together_lives_where_it_is_shared(person: Person) -> None:
    item = card(person, AgendaItemAdded(text="The door"))
    person.let_in()

    share(person, "agenda_item", item)
    person.write(lambda c, r: log_card(c, r, item, AgendaItemClosed(note="ok"), r.now()))

    held = person.read(lambda c: card_of(c, "agenda_item", item))
    assert (CARE, "closed") == (held.lane, held.document.status.value)


def test_what_began_there_is_shared_already(person: Person) -> None:
    person.let_in()
    item = person.app.recorder.new_subject()
    person.write(lambda c, r: r.record(c, CARE, item, AgendaItemAdded(text="The door")))

    assert ErrorCode.NOT_SHARED == refusal(person, "agenda_item", item)


class TestWhatHappened:
    def test_it_is_shared_by_itself_and_brought_up_to_date(self, person: Person) -> None:
        person.let_in()
        goal = person.goal("private")
        said = OccurrenceRecorded(
            what="Panic", intensity_tenths=70, goal=text_from_id(goal), note="bus"
        )
        happened = person.write(
            lambda c, r: measures.record_occurrence(c, r, said, r.now())
        ).subject
        share(person, "occurrence", happened)
        again = refusal(person, "occurrence", happened)
        right = OccurrenceCorrected(intensity_tenths=50, happened_on="2025-10-01")
        person.write(lambda c, r: measures.correct_occurrence(c, r, happened, right, WHY))
        before = copied(person, happened)
        share(person, "occurrence", happened)

        after = copied(person, happened)

        assert ErrorCode.NOTHING_CHANGED == again
        assert (70, "bus", None) == (
            before.intensity_tenths.value,
            before.note.value,
            before.goal,
        )
        assert (50, None, "2025-10-01") == (
            after.intensity_tenths.value,
            after.note.value,
            after.day.value,
        )
        assert 1 == len(person.read(list_occurrences))

    def test_a_first_copy_has_the_day_that_was_set_right(self, person: Person) -> None:
        person.let_in()
        happened = person.write(
            lambda c, r: measures.record_occurrence(c, r, OccurrenceRecorded(what="Panic"), r.now())
        ).subject
        right = OccurrenceCorrected(happened_on="2025-10-01")
        person.write(lambda c, r: measures.correct_occurrence(c, r, happened, right, WHY))

        share(person, "occurrence", happened)

        assert "2025-10-01" == copied(person, happened).day.value

    def test_it_is_taken_back(self, person: Person) -> None:
        person.let_in()
        happened = person.write(
            lambda c, r: measures.record_occurrence(c, r, OccurrenceRecorded(what="Panic"), r.now())
        ).subject
        share(person, "occurrence", happened)

        person.write(
            lambda c, r: undo(c, r, what_to_unshare(c, text_from_id(happened), DAY), r.now())
        )

        found = person.read(lambda c: of_subject(c, "occurrence", happened, OccurrenceDocument))
        assert {SELF} == set(found)


class TestLevels:
    LEVELS = ("none", "little", "some", "more", "much")

    def scale(self, person: Person, goal: bytes) -> bytes:
        data = ScaleSet(goal=text_from_id(goal), levels=self.LEVELS, weight=2)
        return person.write(lambda c, r: measures.set_scale(c, r, goal, data, r.now())).subject

    def rate(self, person: Person, goal: bytes, level: int) -> Written:
        data = AttainmentRated(level=level)
        return person.write(lambda c, r: measures.rate_attainment(c, r, goal, data, r.now()))

    def shown(self, person: Person, scale: bytes) -> ScaleDocument:
        return person.read(lambda c: of_subject(c, "scale", scale, ScaleDocument))[CARE]

    def test_they_are_shared_with_where_the_goal_stood(self, person: Person) -> None:
        person.let_in()
        goal = person.goal("Ride")
        person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
        scale = self.scale(person, goal)
        first = self.rate(person, goal, -1)
        share(person, "scale", scale)
        again = refusal(person, "scale", scale)
        self.rate(person, goal, 1)
        [event] = first.events
        person.write(lambda c, r: undo(c, r, what_to_undo(c, text_from_id(event), DAY), r.now()))
        share(person, "scale", scale)

        shown = self.shown(person, scale)

        assert ErrorCode.NOTHING_CHANGED == again
        assert (self.LEVELS, 2, text_from_id(goal)) == (
            shown.levels.value,
            shown.weight.value,
            shown.goal,
        )
        assert [(1, "more")] == [(each.level, each.words) for each in shown.ratings]

    def test_a_goal_that_is_not_shown_keeps_its_levels(self, person: Person) -> None:
        person.let_in()
        scale = self.scale(person, person.goal("private"))

        assert ErrorCode.NOT_SHARED == refusal(person, "scale", scale)


@pytest.mark.parametrize("kind", ["occurrence", "scale"])
def test_each_is_agreed_to_by_itself(kind: Kind) -> None:
    assert (f"{kind}s", True) == (class_of(kind), f"{kind}s" in CONSENT_CLASSES)


def copied(person: Person, happened: bytes) -> OccurrenceDocument:
    found = person.read(lambda c: of_subject(c, "occurrence", happened, OccurrenceDocument))
    return found[CARE]
