"""Fields and values in words."""

from trailmark_client.web.wording import field_words, value_words


def test_codes_are_words() -> None:
    assert "where it stands" == field_words("lifecycle")
    assert "Resting" == value_words("lifecycle", "on-hold")
    assert "at least 2 walks per week" == value_words("target", "at-least 2 walks per week")
    assert "matters" == value_words("priority", "medium")
    assert "today" == value_words("due", "2025-10-09", "2025-10-09")


def test_own_words_stay_as_they_are() -> None:
    assert "Walk" == value_words("title", "Walk")
    assert "nothing" == value_words("why", None)
    assert "of a newer kind" == field_words("of_a_newer_kind")
