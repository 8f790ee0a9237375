"""Strong removal: what is in force, whatever came first."""

from random import Random

from tests.support.graph_devices import GraphDevice, Secrets, found
from trailmark_shared.device_graph.graph import DeviceGraph
from trailmark_shared.device_graph.resolution import Firm, resolve
from trailmark_shared.device_graph.statements import Admitted, Removed, Renamed, Statement


class Three:
    """A phone that let in a laptop and a tablet; each has read all so far."""

    def __init__(self) -> None:
        random = Random(5)
        self.phone = found(random)
        self.laptop, self.tablet = (
            GraphDevice(name, random, self.phone.space, Secrets(random)) for name in ("l", "t")
        )
        for each in (self.laptop, self.tablet):
            self.phone.let_in(each)
        for each in (self.laptop, self.tablet):
            each.take([said.raw for said in self.phone.graph.statements])

    def all_read(self) -> DeviceGraph:
        statements = [
            said
            for each in (self.phone, self.laptop, self.tablet)
            for said in each.graph.statements
        ]
        return DeviceGraph(statements)


def test_nothing_comes_of_nothing() -> None:
    view = resolve(DeviceGraph())

    assert not view.members
    assert not view.let_in_by(Secrets(Random(1)).id)


def test_a_removal_cancels_what_it_had_not_seen() -> None:
    three = Three()
    seen = three.laptop.say(Renamed(three.laptop.id, "seen"))
    three.phone.graph.add(seen)
    friend = Secrets(three.phone.random)
    unseen = three.laptop.say(Admitted(friend.holder, "friend"))
    three.phone.remove([three.laptop.id])

    view = resolve(three.all_read())

    assert view.is_in_force(seen.id)
    assert not view.is_in_force(unseen.id)
    assert {three.laptop.id} == view.removed
    assert friend.id in view.left_out


def test_of_two_who_remove_each_other_the_senior_stays() -> None:
    three = Three()
    three.tablet.remove([three.phone.id])
    three.phone.remove([three.tablet.id])

    view = resolve(three.all_read())

    assert [three.phone.id, three.laptop.id] == list(view.members)
    assert view.asked
    assert view.asked == view.lost


def test_what_is_firm_goes_before_seniority() -> None:
    three = Three()
    three.tablet.remove([three.phone.id])
    three.phone.remove([three.tablet.id])

    heard, said = (
        resolve(three.all_read(), firm)
        for firm in (Firm(held=three.tablet.firm.held), three.tablet.firm)
    )

    for view in (heard, said):
        assert [three.laptop.id, three.tablet.id] == list(view.members)
    assert {three.phone.id, three.tablet.id} == {each.author_id for each in heard.disputed()}
    assert not said.asked
    assert [] == said.disputed()


def test_what_the_person_confirmed_is_as_certain_as_the_place_of_its_author() -> None:
    """Two that remove each other let one in, or do not; who was let in is asked to remove too."""
    three = Three()
    guest = GraphDevice("g", three.phone.random, three.phone.space, Secrets(three.phone.random))
    three.phone.let_in(guest)
    for each in (guest, three.tablet):
        each.take([said.raw for said in three.phone.graph.statements])
    three.laptop.remove([three.phone.id])
    three.phone.remove([three.laptop.id])
    three.tablet.remove([guest.id])
    guest.remove([three.tablet.id])
    firm = Firm(frozenset(guest.firm.held), confirmed=frozenset(guest.firm.held))
    graph = DeviceGraph([*three.all_read().statements, *guest.graph.statements])

    view = resolve(graph, firm)
    answered = resolve(graph, firm.and_void({_removal_by(three.laptop).id}))

    own, other = _removal_by(guest), _removal_by(three.tablet)
    assert view.is_in_force(own.id)
    assert own.id not in view.firm()
    assert {_removal_by(three.laptop).id, other.id} == view.asked
    assert own.id in answered.firm()
    assert set() == answered.asked


def _removal_by(device: GraphDevice) -> Statement:
    own = (said for said in device.graph.statements if said.author_id == device.id)
    return next(said for said in own if isinstance(said.says, Removed))


def test_a_circle_of_three_ends() -> None:
    three = Three()
    three.phone.remove([three.laptop.id])
    three.laptop.remove([three.tablet.id])
    three.tablet.remove([three.phone.id])

    view = resolve(three.all_read())

    assert [three.phone.id, three.tablet.id] == list(view.members)


def test_nobody_is_removed_before_they_come() -> None:
    three = Three()
    newcomer = GraphDevice("n", three.phone.random, three.phone.space, Secrets(three.phone.random))
    three.laptop.remove([newcomer.id])
    three.phone.let_in(newcomer)

    assert newcomer.id in resolve(three.all_read()).members


def test_names_and_who_let_in_whom() -> None:
    three = Three()
    friend = Secrets(three.phone.random)
    three.laptop.say(Admitted(friend.holder, "friend"))
    three.laptop.say(Renamed(friend.id, "the new one"))
    view = three.laptop.view

    assert "the new one" == view.names()[friend.id]
    assert {friend.id} == view.let_in_by(three.laptop.id)
    assert not view.codes_of(friend.id)
