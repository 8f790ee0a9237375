"""Drafts as the pages keep them."""

from tests.support.own_pages import Window
from trailmark_client.storage.drafts import draft


def test_every_keystroke_is_there_again(window: Window) -> None:
    for words in ("S", "Sw", "Swa"):
        assert 200 == window.post("/drafts/win", text=words, draft="win").status

    assert "Swa</textarea>" in window.get("/win")


def test_emptied_form_has_no_draft(window: Window) -> None:
    window.post("/drafts/win", text="Swam")
    window.post("/drafts/win", text=" ", was="what it was drawn from")

    assert {} == window.person.read(lambda conn: draft(conn, "win"))


def test_recorded_words_are_no_draft_any_more(window: Window) -> None:
    window.post("/drafts/win", text="Swam")
    window.post("/win", text="Swam", draft="win")

    assert "Swam" not in window.get("/win")


def test_name_that_is_none_is_refused(window: Window) -> None:
    assert 404 == window.post("/drafts/A%20B", text="Swam").status
