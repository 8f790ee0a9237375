"""Upcasters: pure, chained, and never a change of what is stored."""

from typing import Any

from trailmark_shared.events.upcasters import upcast


def double(data: dict[str, Any]) -> dict[str, Any]:
    data["value"] *= 2
    return data


def rename(data: dict[str, Any]) -> dict[str, Any]:
    return {"amount": data["value"]}


def test_a_chain_leads_to_the_current_version() -> None:
    steps = {("made_up", 1): double, ("made_up", 2): rename}

    assert upcast("made_up", 1, 3, {"value": 2}, steps) == {"amount": 4}


def test_what_was_decoded_is_not_changed() -> None:
    data = {"value": 2}
    upcast("made_up", 1, 2, data, {("made_up", 1): double})

    assert data == {"value": 2}


def test_current_data_stays_as_it_is() -> None:
    assert upcast("made_up", 3, 3, {"value": 2}) == {"value": 2}
