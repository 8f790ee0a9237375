"""The way so far, to print."""

from tests.support.own_pages import Window


def test_an_empty_way_says_so_kindly(window: Window) -> None:
    assert "Nothing to look back on yet" in window.get("/journey")


def test_what_was_done_stands_there_and_what_was_let_go_by_does_not(window: Window) -> None:
    window.begun()
    window.post("/challenges", text="The mornings")
    window.post("/win", text="Said no")
    page = window.get("/journey")

    for words in ("My goals", "The mornings", "Said no", "What went well"):
        assert words in page
    assert "What was celebrated" not in page
    assert 'href="/journey"' in window.get("/back")
