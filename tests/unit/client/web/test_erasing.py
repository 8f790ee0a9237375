"""Erasing on the pages: what goes is shown first, then it is gone for good."""

from tests.support.own_pages import Window


def test_a_goal_goes_with_all_that_hangs_under_it(window: Window) -> None:
    goal = window.begun("Two walks a week")
    window.post(f"/goals/{goal}/add", step="Put the shoes by the door")
    assert f"/erase/{goal}" in window.get(f"/goals/{goal}")
    page = window.get(f"/erase/{goal}")
    assert "The words of this goal" in page
    assert "1 entry goes with it." in page
    assert "Two walks a week</p>" in page

    told = window.post(f"/erase/{goal}")
    home = window.person.app.home
    held = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())

    assert "Erased for good." in window.get("/state?done=erased")
    assert "/?done=erased" == told.location
    assert "Two walks" not in window.get("/state")
    assert b"Two walks" not in held
    assert b"shoes by the door" not in held


def test_an_entry_of_the_journal_goes(window: Window) -> None:
    window.begun()
    window.post("/journal", text="I was angry")
    entry = window.get("/journal").split('href="/journal/')[1].split('"')[0]
    assert "of the parts of it that you shared" in window.get(f"/erase/{entry}")
    told = window.post(f"/erase/{entry}")

    assert "/journal?done=erased" == told.location
    assert "angry" not in window.get("/journal")
    # Tapped twice, it says so.
    assert 404 == window.post(f"/erase/{entry}").status


def test_what_was_being_changed_in_it_goes_with_it(window: Window) -> None:
    """The form was filled with its words, and each keystroke kept them."""
    goal = window.begun("Two walks a week")
    window.post("/journal", text="I was angry")
    entry = window.get("/journal").split('href="/journal/')[1].split('"')[0]
    window.post("/vision", feelings="Calm in the morning")
    window.post(f"/goals/{goal}/levels", **{f"level{n}": f"Level {n}" for n in range(-2, 3)})
    drafts = {
        f"entry-{entry}": "I was very angry",
        f"change-{goal}": "Three walks a week",
        f"levels-{goal}": "Level two",
        "vision": "Calm all day",
    }
    for name, words in {**drafts, "journal": "Something else"}.items():
        window.post(f"/drafts/{name}", text=words)

    for each in {entry, *listed(window)} - {goal}:
        window.post(f"/erase/{each}")
    assert ["Three walks a week"] == [each for each in drafts.values() if is_held(window, each)]
    window.post(f"/erase/{goal}")

    # A window that still shows one of these forms brings nothing of it back.
    late = [window.post(f"/drafts/{name}", text="Late").status for name in drafts]
    assert [404, 404, 404, 200] == late
    assert not is_held(window, "Three walks a week")
    assert "Something else" in window.get("/journal")


def is_held(window: Window, words: str) -> bool:
    """Say whether any file of the device holds these words."""
    home = window.person.app.home
    return any(words.encode() in path.read_bytes() for path in home.iterdir() if path.is_file())


def listed(window: Window) -> list[str]:
    """Return what can be erased where all of it is listed."""
    return [each.split('"')[0] for each in window.get("/state").split('href="/erase/')[1:]]


def test_single_items_can_be_erased_where_they_are_listed(window: Window) -> None:
    window.begun()
    window.post("/win", text="I went")
    page = window.get("/state")
    win = page.split('href="/erase/')[1].split('"')[0]
    window.post(f"/erase/{win}")

    assert "I went" not in window.get("/state")


def test_everything_goes_once_the_word_was_typed(window: Window) -> None:
    window.begun("Two walks a week")
    assert "Nothing of it is anywhere else." in window.get("/erase")
    assert "<code>trailmark export FILE</code>" in window.get("/erase")
    window.server_address = "https://home.example"
    assert 'href="/backup"' in window.get("/erase")
    refused = window.post("/erase", word="yes")
    assert "Nothing was erased;" in refused.html
    assert "Two walks" in window.get("/")

    told = window.post("/erase", word=" Erase ")

    assert "/begin?done=all-none" == told.location
    assert "This device is as new." in window.get(told.location or "")
