"""The journal: private always, a part shared by choice, seen before it leaves."""

import re

import pytest

from tests.support.own_pages import Window
from trailmark_client.queries.journal import JournalEntry, list_journal
from trailmark_client.queries.seen import see_lane
from trailmark_client.web.journal import SHOWN
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.ids import SELF, care_lane

CARE = care_lane(bytes(15) + b"\x09")
TEXT = "Could not sleep.\n\nIt was the talk with my sister."
WAS = re.compile(r'name="was" value="(\w+)"')
PART = "It was the talk with my sister."


def written(window: Window, **more: str) -> str:
    """Write an entry and return its address."""
    window.post("/journal", text=TEXT, **more)
    (entry,) = entries(window)
    return f"/journal/{entry.id}"


def entries(window: Window) -> list[JournalEntry]:
    return window.person.read(list_journal)


def seen(window: Window) -> list[str]:
    return [each.text for each in window.person.read(lambda c: see_lane(c, CARE, "UTC")).excerpts]


def test_entry_is_kept_with_what_was_named(window: Window) -> None:
    address = written(window, feelings="sad, angry, sad", tags="sleep", mood="4")
    (entry,) = entries(window)

    assert (TEXT, ["sad", "angry"], ["sleep"], 4) == (
        entry.text,
        entry.feelings,
        entry.tags,
        entry.mood,
    )
    assert "Could not sleep." in window.get("/journal")
    assert "mood 4 of 10" in window.get(address)


def test_years_of_entries_are_read_leaf_by_leaf(window: Window) -> None:
    for number in range(2 * SHOWN + 1):
        window.post("/journal", text=f"Day {number}.")
    leaves = [window.get(f"/journal?page={number}") for number in (1, 2, 3)]

    assert [1, 1, 1] == [leaves[number].count(f"Day {60 - 30 * number}.") for number in (0, 1, 2)]
    assert "Day 0." in leaves[2]
    assert 'href="/journal?page=2"' in leaves[0]
    assert 'href="/journal?page=3"' in leaves[1]
    assert 'href="/journal?page=1"' in leaves[1]
    assert "page=4" not in leaves[2]
    assert ["<textarea" in each for each in leaves] == [True, False, False]


@pytest.mark.parametrize("page", ["0", "-1", "many", "9" * 5000, "4"])
def test_a_leaf_that_there_is_not_is_the_nearest_one(window: Window, page: str) -> None:
    window.post("/journal", text=TEXT)

    assert "Could not sleep." in window.get(f"/journal?page={page}")


def test_what_is_typed_is_there_again(window: Window) -> None:
    window.post("/drafts/journal", text="Half a sen")

    assert "Half a sen</textarea>" in window.get("/journal")


def test_empty_page_and_odd_mood_record_nothing(window: Window) -> None:
    assert 422 == window.post("/journal", text=" \n ").status
    told = window.post("/journal", text=TEXT, mood="11")

    assert 422 == told.status
    assert "Could not sleep." in told.html
    assert [] == entries(window)


def test_entry_reads_otherwise_from_now_on(window: Window) -> None:
    address = written(window, feelings="sad")
    window.post(address, text="Slept after all.", feelings="", tags="", mood="")
    (entry,) = entries(window)

    assert ("Slept after all.", [], 1) == (entry.text, entry.feelings, entry.revisions)
    assert 422 == window.post(address, text="Slept after all.", feelings="").status


def test_an_older_window_puts_nothing_in_the_place_of_what_it_did_not_show(
    window: Window,
) -> None:
    address = written(window)
    older = WAS.findall(window.get(address))[0]
    window.post(address, text="Slept after all.", was=older)

    told = window.post(address, text="Could not sleep, again.", was=older)

    assert 422 == told.status
    assert "It was changed meanwhile" in told.html
    assert told.html.index("Slept after all.") < told.html.index("Could not sleep, again.")
    assert ["Slept after all."] == [each.text for each in entries(window)]
    window.post("/drafts" + address.replace("/journal/", "/entry-"), text="Draft", was=older)
    assert "It was changed meanwhile" in window.get(address)
    window.post(address, text="Both.", was=WAS.findall(told.html)[0])
    assert ["Both."] == [each.text for each in entries(window)]


def test_name_with_a_comma_stays_whole_where_it_was_left_alone(window: Window) -> None:
    data = ReflectionWritten(text=TEXT, tags=("a, b", "c"))
    window.person.write(lambda c, r: r.record(c, SELF, r.new_subject(), data))
    address = f"/journal/{entries(window)[0].id}"
    window.post(address, text="Other words.", feelings="", tags="a, b, c")
    (entry,) = entries(window)

    assert ("Other words.", ["a, b", "c"]) == (entry.text, entry.tags)


def test_part_is_shown_before_it_is_shared_and_nothing_else_goes(window: Window) -> None:
    window.person.let_in(lane=CARE)
    address = written(window)
    preview = window.post(f"{address}/preview", part=f" {PART} ")

    assert [] == seen(window)
    assert "Dr Demo will see exactly this" in preview.html
    assert PART in preview.html
    assert "Could not sleep" not in preview.html

    told = window.post(f"{address}/share", part=PART)

    assert [PART] == seen(window)
    assert "Shared. You can take it back at any time." in window.get(told.location or "")
    assert "Not sent yet. Visible to Dr Demo." in " ".join(window.get(address).split())


def test_shared_part_is_taken_back(window: Window) -> None:
    window.person.let_in(lane=CARE)
    address = written(window)
    location = window.post(f"{address}/share", part=PART).location or ""
    window.post(f"/undo/{location.partition('id=')[2]}")

    assert [] == seen(window)
    assert "and taken back" in window.get(address)


def test_other_words_are_not_shared_and_stay_in_the_form(window: Window) -> None:
    address = written(window)
    told = window.post(f"{address}/preview", part="It was my brother.")

    assert 422 == told.status
    assert "These words do not stand in the entry." in told.html
    assert "It was my brother.</textarea>" in told.html


def test_part_waits_until_somebody_is_let_in(window: Window) -> None:
    address = written(window)

    assert "Nobody is let in yet." in window.post(f"{address}/preview", part=PART).html

    window.post(f"{address}/share", part=PART)
    window.person.let_in(lane=CARE)

    assert [PART] == seen(window)


def test_kind_that_was_not_agreed_to_is_not_shared(window: Window) -> None:
    window.person.let_in(classes=("goals",), lane=CARE)
    told = window.post(f"{written(window)}/preview", part=PART)

    assert 422 == told.status
    assert "You did not agree to share this kind of thing" in told.html


def test_entry_that_is_gone_is_a_calm_page(window: Window) -> None:
    assert 404 == window.ask("GET", "/journal/zzzz").status
