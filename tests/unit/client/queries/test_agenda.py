"""Ideas for the agenda: what is open, and hard moments since the last review."""

from tests.support.person import Person
from trailmark_client.commands.cards import log_card, write_card
from trailmark_client.commands.notes import note
from trailmark_client.commands.when import When
from trailmark_client.queries.agenda import agenda_ideas
from trailmark_shared.events.coping import BarrierIdentified, BarrierResolved
from trailmark_shared.events.joint import AgendaItemAdded, ReviewHeld, ReviewScheduled
from trailmark_shared.events.notes import SetbackNoted
from trailmark_shared.ids import SELF, text_from_id

DAY = "2025-10-09"
BEFORE = When("2025-10-01T18:00:00+02:00", "Europe/Berlin", "2025-10-01")


def words(person: Person) -> list[str]:
    return [each.words for each in person.read(lambda c: agenda_ideas(c, DAY))]


def test_what_is_out_of_the_way_is_no_idea(person: Person) -> None:
    for text in ("the crowd", "the rain"):
        data = BarrierIdentified(text=text)
        barrier = person.write(lambda c, r, d=data: write_card(c, r, d, r.now())).subject
    person.write(lambda c, r: log_card(c, r, barrier, BarrierResolved(), r.now()))

    assert ["the crowd"] == words(person)


def test_hard_moments_before_the_last_review_were_spoken_of(person: Person) -> None:
    person.write(lambda c, r: note(c, r, SetbackNoted(text="long ago"), BEFORE))
    both = words(person)
    review = person.write(
        lambda c, r: write_card(c, r, ReviewScheduled(on="2025-10-02"), r.now())
    ).subject
    person.write(lambda c, r: log_card(c, r, review, ReviewHeld(), r.now()))
    person.write(lambda c, r: note(c, r, SetbackNoted(text="today\nat noon"), r.now()))

    assert (["long ago"], ["today"]) == (both, words(person))


def test_a_review_whose_day_is_gone_hides_no_hard_moment(person: Person) -> None:
    """Its first event was erased, or refused."""
    person.write(lambda c, r: note(c, r, SetbackNoted(text="today"), r.now()))
    person.write(lambda c, r: r.record(c, SELF, bytes(16), ReviewHeld(), when=r.now()))

    assert ["today"] == words(person)


def test_what_is_on_the_agenda_is_no_idea(person: Person) -> None:
    data = BarrierIdentified(text="the crowd")
    barrier = person.write(lambda c, r: write_card(c, r, data, r.now())).subject
    item = AgendaItemAdded(text="the door", about=text_from_id(barrier))

    person.write(lambda c, r: write_card(c, r, item, r.now()))

    assert [] == words(person)
