"""What a device has to say, and that it ends."""

from random import Random

import pytest

from tests.support.graph_devices import GraphDevice, Operator, Secrets, found
from tests.support.graph_judge import check
from tests.support.graph_story import Story
from trailmark_shared import limits
from trailmark_shared.device_graph import duties
from trailmark_shared.device_graph.resolution import Firm, resolve
from trailmark_shared.device_graph.statements import Removed, Renamed, StatementId
from trailmark_shared.errors import LimitExceededError


class Family:
    def __init__(self) -> None:
        self.random, self.operator = Random(6), Operator()
        self.phone = found(self.random)
        self.laptop, self.tablet, self.lost = (self.add(name) for name in "ltx")
        self.sync()

    def add(self, name: str) -> GraphDevice:
        device = GraphDevice(name, self.random, self.phone.space, Secrets(self.random))
        self.phone.let_in(device)
        return device

    def sync(self) -> None:
        self.operator.sync(self.phone, self.laptop, self.tablet)


def test_who_was_seen_out_stays_out() -> None:
    """The laptop removes a lost device; the phone, unaware, removes the laptop."""
    family = Family()
    family.laptop.remove([family.lost.id])
    family.operator.sync(family.laptop, family.tablet)
    family.phone.remove([family.laptop.id])
    family.operator.sync(family.phone, family.tablet)

    assert 1 == family.tablet.repeats
    assert {family.phone.id, family.tablet.id} == family.phone.view.members.keys()


def test_a_removal_that_named_a_device_too_is_not_believed() -> None:
    family = Family()
    family.laptop.remove([family.lost.id, family.tablet.id])
    family.operator.sync(family.laptop, family.tablet)
    family.phone.remove([family.laptop.id])
    family.operator.sync(family.phone, family.tablet)

    assert 0 == family.tablet.repeats
    assert family.lost.id in family.phone.view.members


def test_heads_are_those_of_each_author_first(monkeypatch: pytest.MonkeyPatch) -> None:
    family = Family()
    for name in "abc":
        family.laptop.say(Renamed(family.laptop.id, name))
    family.phone.say(Renamed(family.phone.id, "p"))
    for each in family.laptop.graph.statements:
        family.phone.graph.add(each)
    view = family.phone.view
    monkeypatch.setattr(limits, "HEADS_MAX", 1)

    assert 1 == len(duties.heads(view, family.phone.id))
    assert (view.graph.statements[-4].id,) == duties.heads(view, family.phone.id)


def test_an_author_gives_a_key_to_whom_it_had_taken_for_none() -> None:
    """The laptop is told that the phone goes by one who is removed; the phone is let in again."""
    family = Family()
    family.lost.take([each.raw for each in family.operator.log])
    family.lost.remove([family.tablet.id])
    family.operator.collect(family.lost)
    family.operator.deliver(family.laptop, family.operator.lacking(family.laptop))
    family.laptop.seal()
    family.phone.remove([family.lost.id])
    family.sync()
    family.laptop.seal()
    family.sync()

    assert family.laptop.sealed[1][0] in family.phone.keys


def test_what_is_told_to_a_newcomer_is_in_force() -> None:
    family = Family()
    family.phone.remove([family.lost.id])
    view = family.phone.view
    firm = family.phone.firm.and_confirmed({StatementId(b"n" * 32)})

    assert family.phone.firm == duties.firm_to_tell(view, firm)


def answered_with_orders(family: Family) -> None:
    """The tablet removes the phone and orders much; the laptop says that both go.

    What the tablet ordered had been seen by whom the laptop believes, so no removal cancels it: it
    is void by the answer alone.
    """
    family.tablet.remove([family.phone.id])
    for _ in range(3):
        family.tablet.order()
    family.operator.sync(family.tablet, family.lost)
    family.lost.say(Renamed(family.lost.id, "heard"))
    family.operator.collect(family.lost)
    family.phone.remove([family.tablet.id])
    family.operator.collect(family.phone)
    family.operator.deliver(family.laptop, family.operator.lacking(family.laptop))
    family.laptop.remove([family.tablet.id, family.phone.id])


def test_what_is_void_and_would_count_is_told_first(monkeypatch: pytest.MonkeyPatch) -> None:
    family = Family()
    answered_with_orders(family)
    laptop, graph = family.laptop, family.laptop.graph
    firm = laptop.firm.and_void({StatementId(n.to_bytes(32, "big")) for n in range(9)})
    monkeypatch.setattr(limits, "FIRM_TOLD_MAX", 7)

    told = duties.firm_to_tell(laptop.view, firm)

    view = resolve(graph, told)
    assert 7 == len(told.void)
    assert laptop.view.in_force == view.in_force
    assert () == tuple(duties.orders_to_obey(view, told, laptop.id))


def test_what_falls_anyway_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that were void fall by the removal of both, which had not seen them."""
    family = Family()
    answered_with_orders(family)
    laptop = family.laptop
    monkeypatch.setattr(limits, "FIRM_TOLD_MAX", 6)

    told = duties.firm_to_tell(laptop.view, laptop.firm)

    view = resolve(laptop.graph, told)
    assert (7, 6) == (len(laptop.firm.void), len(told.void))
    assert laptop.view.in_force == view.in_force
    fell = {
        each.says for each in laptop.graph.statements if each.id in laptop.firm.void - told.void
    }
    assert not any(isinstance(says, Removed) for says in fell)


def test_nobody_is_let_in_who_would_believe_what_is_void(monkeypatch: pytest.MonkeyPatch) -> None:
    family = Family()
    answered_with_orders(family)
    monkeypatch.setattr(limits, "FIRM_TOLD_MAX", 4)

    with pytest.raises(LimitExceededError) as refused:
        duties.firm_to_tell(family.laptop.view, family.laptop.firm)

    assert ("FIRM_TOLD_MAX", 5) == (refused.value.limit, refused.value.actual)


def test_the_persons_answer_is_firm() -> None:
    family = Family()
    family.tablet.remove([family.phone.id])
    family.phone.remove([family.tablet.id])
    family.operator.collect(family.tablet)
    family.operator.collect(family.phone)
    for each in family.operator.log:
        family.laptop.graph.add(each)
    asked = family.laptop.view.asked
    family.laptop.firm = duties.settled(
        family.laptop.graph, family.laptop.firm, [family.phone.id], family.laptop.id
    )

    assert asked
    assert not family.laptop.view.asked
    assert family.tablet.id in family.laptop.view.members
    assert family.phone.id not in family.laptop.view.members


@pytest.mark.parametrize("seed", [57, 119])
def test_a_story_of_devices_and_a_thief_ends_well(seed: int) -> None:
    story = Story(seed, has_thief=seed % 4 != 0)
    story.run(20 + seed % 40)

    check(story)


def test_a_removal_that_another_firm_one_speaks_against_is_not_said_again() -> None:
    family = Family()
    for one, other in ((family.phone, family.tablet), (family.tablet, family.phone)):
        one.remove([other.id])
        family.operator.collect(one)
    for each in family.operator.log:
        family.laptop.graph.add(each)
    removals = {each.id for each in family.operator.log if isinstance(each.says, Removed)}
    firm = Firm().and_held(removals)

    view = resolve(family.laptop.graph, firm)

    assert None is duties.removals_to_repeat(view, firm, family.laptop.id)


def test_an_answer_that_leaves_the_device_itself_outside_changes_nothing() -> None:
    family = Family()
    family.phone.remove([family.lost.id])
    firm = family.laptop.firm

    assert firm == duties.settled(
        family.laptop.graph, firm, [family.phone.id, family.laptop.id], family.laptop.id
    )


def test_a_device_that_stands_on_the_word_of_who_goes_stays_apart_and_is_not_asked_again() -> None:
    family = Family()
    family.tablet.remove([family.phone.id])
    newcomer = GraphDevice("n", family.random, family.phone.space, Secrets(family.random))
    family.tablet.let_in(newcomer)
    newcomer.firm = Firm()  # by a thief, who tells it nothing
    family.operator.sync(family.tablet, newcomer)
    family.phone.remove([family.tablet.id])
    family.operator.sync(family.phone, newcomer)
    asked = newcomer.view.asked
    newcomer.remove([family.tablet.id])
    family.sync()

    assert asked
    assert not newcomer.view.asked
    assert newcomer.id in newcomer.view.members
    assert family.phone.id not in newcomer.view.members
    assert newcomer.id not in family.phone.view.members


def test_the_answer_of_a_device_whose_sponsor_was_removed_ends_the_question() -> None:
    """Its removal of the thief, the thief's of another one, and that one's of its sponsor: a ring.

    Each falls to the next, so without an answer none of them can be in force with the others.
    """
    family = Family()
    thief, sponsor = family.tablet, family.lost
    family.operator.sync(family.phone, thief, sponsor)
    other, laptop = (
        GraphDevice(name, family.random, family.phone.space, Secrets(family.random))
        for name in ("o", "n")
    )
    thief.let_in(other)
    sponsor.let_in(laptop)
    family.operator.sync(thief, other)
    family.operator.deliver(laptop, [*family.operator.log, *sponsor.outbox])
    other.remove([sponsor.id])
    laptop.remove([thief.id])
    thief.remove([other.id])
    for each in (sponsor, other, laptop, thief):
        family.operator.collect(each)
    family.operator.sync(family.phone, laptop)
    asked = laptop.view.asked
    laptop.remove([thief.id])

    assert asked
    assert not laptop.view.asked
    assert {family.phone.id, sponsor.id, laptop.id} <= laptop.view.members.keys()
    assert thief.id not in laptop.view.members
