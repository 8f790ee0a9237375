"""A goal's page: all of it in view, and every button does what it says."""

from tests.support.own_pages import Window
from tests.support.person import Person
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.goals import Words, reword_goal
from trailmark_client.commands.measures import record_occurrence
from trailmark_client.commands.notes import note
from trailmark_client.queries.cards import list_cards
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalRescheduled, GoalReworded, GoalTargetAdjusted
from trailmark_shared.events.measures import OccurrenceRecorded
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import SELF, text_from_id

WHY = Reason(code="new-insight", text="It was the wind")


def view_of(window: Window, goal: bytes) -> GoalView:
    return window.person.read(lambda conn: show_goal(conn, goal, window.desk.today))


def address(goal: bytes) -> str:
    return f"/goals/{text_from_id(goal)}"


def apart(person: Person) -> bytes:
    """Return a goal whose words two devices changed without knowing of each other."""
    goal = person.goal("Walk")
    base = person.app.read(lambda conn: person.app.recorder.base_of(conn, SELF, goal, "title"))
    for title in ("Walk far", "Walk slowly"):
        data = GoalReworded(title=title)
        person.write(lambda c, r, data=data: r.record(c, SELF, goal, data, reason=WHY, base=base))
    return goal


def test_page_shows_words_steps_numbers_and_history(window: Window) -> None:
    goal = window.person.goal("Walk", why="For the air", target=parse_target("reach 7"))
    said = CheckIn(value_tenths=40)
    window.person.write(lambda c, r: check_in(c, r, goal, said, r.now()))
    window.person.write(lambda c, r: reword_goal(c, r, goal, Words(title="Walk far"), WHY))
    window.post(f"{address(goal)}/add", step="Put on shoes", due="2025-11-01")
    page = window.get(address(goal))

    for words in ("Walk far", "For the air", "Put on shoes", "Only you can see this goal."):
        assert words in page
    assert '<circle class="dot"' in page
    assert '<th scope="row">today</th><td>4</td>' in page
    assert "changed the wording from “Walk” to “Walk far”" in page
    assert "It was the wind" in page


def test_what_happened_is_shown_with_the_goal_that_counts_it(window: Window) -> None:
    goal = window.person.goal("Fewer attacks")
    first = OccurrenceRecorded(what="Panic", intensity_tenths=70, goal=text_from_id(goal))
    window.person.write(lambda c, r: record_occurrence(c, r, first, r.now()))
    for what in ("Panic", "Headache"):
        window.post("/measures/happened", what=what)
    page = window.get(address(goal))

    assert "It happened 2 times" in page
    assert "Panic</span> · 7 of 10" in page
    assert "Headache" not in page


def test_years_of_wins_do_not_stand_before_what_can_be_done(window: Window) -> None:
    goal = window.begun()
    for number in range(8):
        win = WinNoted(text=f"Win {number}.", goal=goal)
        window.person.write(lambda c, r, win=win: note(c, r, win, r.now()))
    in_view, _, before = window.get(f"/goals/{goal}").partition('id="more-notes"')

    assert "Win 7." in in_view
    assert "Win 2." in in_view
    assert "Win 1." not in in_view
    assert ["Win 1." in before, "Win 0." in before] == [True, True]


def test_goal_that_is_not_there_is_a_calm_page(window: Window) -> None:
    assert 404 == window.ask("GET", "/goals/zzzz").status


def test_what_stands_in_the_way_and_what_helps_is_kept_with_it(window: Window) -> None:
    goal = window.person.goal()
    window.post(f"{address(goal)}/add", barrier="The dark")
    window.post(f"{address(goal)}/add", **{"if": "If it rains", "then": "I dance"})
    named = text_from_id(goal)

    assert ["The dark"] == [
        each.words
        for each in window.person.read(lambda c: list_cards(c, "barrier", window.desk.today, named))
    ]
    assert "I dance" in window.get(address(goal))
    assert 422 == window.post(f"{address(goal)}/add", step=" ").status


def test_goal_rests_goes_on_and_is_reached(window: Window) -> None:
    goal = window.person.goal()
    stands: list[str] = []
    for to in ("rest", "resume", "achieve", "resume"):
        window.post(f"{address(goal)}/move", to=to)
        stands.append(view_of(window, goal).goal.status)

    assert ["on-hold", "active", "completed", "active"] == stands
    assert 422 == window.post(f"{address(goal)}/move", to="resume").status
    assert 422 == window.post(f"{address(goal)}/move", to="elsewhere").status


def test_both_values_stand_side_by_side_and_one_is_kept(window: Window) -> None:
    goal = apart(window.person)
    page = window.get(address(goal))
    (conflict,) = view_of(window, goal).conflicts
    kept = conflict.values[1]
    window.post(f"{address(goal)}/settle", field="title", event=kept.event)

    assert "Keep this" in page
    assert "Keep that" in page
    assert kept.value == view_of(window, goal).goal.title
    assert [] == view_of(window, goal).conflicts


def test_something_new_may_stand_in_place_of_both(window: Window) -> None:
    goal = apart(window.person)
    told = window.post(f"{address(goal)}/settle", field="title", value="Walk as I like")

    assert "Settled." in window.get(told.location or "")
    assert "Walk as I like" == view_of(window, goal).goal.title
    assert [] == view_of(window, goal).conflicts


def test_other_fields_are_settled_in_new_words_too(window: Window) -> None:
    goal = window.person.goal()
    for field, value in (
        ("why", "For me"),
        ("due", "2026-01-01"),
        ("target", "done"),
        ("area", "Body"),
    ):
        window.post(f"{address(goal)}/settle", field=field, value=value)
    view = view_of(window, goal)

    assert ("For me", "2026-01-01", "done", "Body") == (
        view.why,
        view.goal.due,
        view.goal.target,
        view.goal.area,
    )
    assert 422 == window.post(f"{address(goal)}/settle", field="title", value="").status


def test_sharing_waits_for_somebody_and_is_taken_back(window: Window) -> None:
    wished, shared = window.person.goal("One"), window.person.goal("Two")
    window.post(f"{address(wished)}/share")

    assert "Will be shared once you let somebody in" in window.get(address(wished))

    window.person.let_in()
    window.post(f"{address(shared)}/share")

    assert ["Dr Demo"] == view_of(window, shared).goal.seen_by
    assert "Dr Demo can see this goal." in window.get(address(shared))

    window.post(f"{address(shared)}/withdraw")

    assert [] == view_of(window, shared).goal.seen_by


def test_every_field_that_was_changed_apart_can_be_written_new(window: Window) -> None:
    person = window.person
    goal = person.goal("Walk", due="2026-01-01", target=parse_target("reach 7"))
    for field, changes in (
        ("due", [GoalRescheduled(due=day) for day in ("2026-02-01", "2026-03-01")]),
        ("target", [GoalTargetAdjusted(target=parse_target(f"reach {n}")) for n in (5, 6)]),
    ):
        base = person.app.read(lambda c, f=field: person.app.recorder.base_of(c, SELF, goal, f))
        for data in changes:
            person.write(
                lambda c, r, d=data, b=base: r.record(c, SELF, goal, d, reason=WHY, base=b)
            )
    page = window.get(address(goal))
    assert 2 == page.count("Write new")

    window.post(f"{address(goal)}/settle", field="due", value="2026-04-01")
    form = {"title": "Walk", "why": "", "due": "2026-04-01", "kind": "reach", "number": "8"}
    window.post(f"{address(goal)}/change", **form, reason="new-insight")

    view = view_of(window, goal)
    assert [] == view.conflicts
    assert ("2026-04-01", "reach 8") == (view.goal.due, view.goal.target)
