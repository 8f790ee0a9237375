"""What a page says after something was recorded."""

from tests.support.own_pages import Window


def test_known_codes_are_words_and_others_are_nothing(window: Window) -> None:
    window.person.goal()

    assert "Nothing is lost." in window.get("/?done=hard")
    assert '<div class="note' not in window.get("/?done=<b>")


def test_only_what_is_there_can_be_undone(window: Window) -> None:
    window.person.goal()
    location = window.post("/win", text="Swam").location or ""

    assert "Undo" in window.get(location)
    assert "Undo" not in window.get("/?done=win&id=00000000000000000000000000")
    assert "Undo" not in window.get("/?done=win")


def test_joy_is_quiet_where_it_is_wished(window: Window) -> None:
    window.person.goal()

    assert "note joy" in window.get("/?done=win")
    assert "note joy" not in window.get("/?done=hard")
