"""Wishes to share are carried out once, after somebody is let in."""

from tests.support.person import Person
from trailmark_client.commands import check_ins, reflections, sharing
from trailmark_client.commands.grants import Member
from trailmark_client.commands.wishes import carry_out_wishes
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.wishes import open_wishes
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.sharing import SharingWished
from trailmark_shared.ids import SELF, care_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
OTHER = care_lane(bytes(15) + b"\x0a")
SECOND = Member(id=text_from_id(bytes(15) + b"\x08"), name="Dr Second")


def wish(person: Person, goal: bytes) -> None:
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))


def check_in(person: Person, goal: bytes) -> bytes:
    said = check_ins.CheckIn(value_tenths=30)
    return person.write(lambda c, r: check_ins.check_in(c, r, goal, said, r.now())).subject


def test_a_wished_goal_is_shared_with_its_check_ins_since_the_wish(person: Person) -> None:
    goal = person.goal()
    before = check_in(person, goal)
    wish(person, goal)
    after = check_in(person, goal)

    [_grant, shared] = person.let_in()

    assert (shared.subject, shared.lane, shared.seen_by) == (goal, CARE, ("Dr Demo",))
    assert person.read(lambda conn: goal_at_home(conn, goal)).lane == CARE
    assert person.entries(before, CARE) == []
    assert person.types(after, CARE) == ["check_in_recorded"]
    assert person.types(goal)[-2:] == ["goal_moved", "sharing_wish_settled"]
    assert person.read(open_wishes) == []


def test_a_wished_excerpt_is_shared_as_it_read_then(person: Person) -> None:
    text = ReflectionWritten(text="It was hard, and I said so.")
    reflection = person.write(lambda c, r: reflections.reflect(c, r, text, r.now())).subject
    wished = person.write(
        lambda c, r: reflections.share_excerpt(c, r, reflection, "I said so", r.now())
    )
    assert wished.wished

    person.let_in()

    [shared] = person.entries(wished.subject, CARE)
    assert shared.body.type == "excerpt_shared"
    assert person.types(wished.subject) == [
        "sharing_wished",
        "excerpt_linked",
        "sharing_wish_settled",
    ]
    assert person.read(open_wishes) == []


def test_a_goal_that_came_to_be_shared_meanwhile_only_settles_the_wish(person: Person) -> None:
    goal = person.goal()
    wish(person, goal)
    person.write(lambda c, r: r.record(c, CARE, goal, GoalShared(title="Two walks a week")))

    [_, settled] = person.let_in()

    assert len(settled.events) == 1
    assert person.types(goal, CARE) == ["goal_shared"]
    assert person.types(goal)[-1] == "sharing_wish_settled"


def test_nothing_happens_while_nobody_is_let_in(person: Person) -> None:
    goal = person.goal()
    wish(person, goal)

    assert person.write(lambda c, r: carry_out_wishes(c, r, r.now())) == []
    assert person.types(goal, SELF)[-1] == "sharing_wished"


def test_nothing_happens_where_nothing_was_wished(person: Person) -> None:
    person.goal()

    assert len(person.let_in()) == 1


class TestSeveralTherapists:
    def test_somebody_new_gets_what_was_wished_where_its_kind_was_agreed_to(
        self, person: Person
    ) -> None:
        goal = person.goal()
        wish(person, goal)
        person.let_in(["steps"])
        assert [goal] == [each.subject for each in person.read(open_wishes)]

        [_, shared] = person.let_in(["goals"], lane=OTHER, member=SECOND)

        assert (goal, OTHER) == (shared.subject, shared.lane)
        assert [] == person.read(open_wishes)

    def test_between_several_the_person_says_with_whom(self, person: Person) -> None:
        goal = person.goal()
        person.let_in()
        person.let_in(lane=OTHER, member=SECOND)
        person.write(lambda c, r: r.record(c, SELF, goal, SharingWished(what="goal")))

        assert [] == person.write(lambda c, r: carry_out_wishes(c, r, r.now()))
        assert [goal] == [each.subject for each in person.read(open_wishes)]
