"""Which function answers which question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from trailmark_client.web import (
    agenda,
    agreeing,
    backing_up,
    beginning,
    challenges,
    changing,
    checking_in,
    devices,
    drafting,
    erasing,
    goal,
    helping,
    journal,
    letting_go,
    letting_in,
    locking,
    looking_back,
    measuring,
    obstacles,
    people,
    recovering,
    state,
    suggestions,
    supporting,
    today,
    vision,
    way_so_far,
)
from trailmark_client.web.asking import NOT_FOUND, Asked, Told
from trailmark_client.web.calling import called
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_client.web.preferences import preferences
from trailmark_client.web.problems import problem_words
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.words import language, speaking

Page = Callable[[Desk, Asked], Told]
"""A page, or what a form does."""


class Route(msgspec.Struct, frozen=True):
    """One address.

    Attributes:
        method: ``GET`` or ``POST``.
        path: Its parts; one in braces takes any word and names it.
        page: Who answers.
        again: For a form: the page that shows it again when something was not right.
        is_far: It may ask the home server, and so may take a while.
        words: What is said of an error.
    """

    method: Literal["GET", "POST"]
    path: str
    page: Page
    again: Page | None = None
    is_far: bool = False
    words: Callable[[TrailmarkError], str] = problem_words


def _far(path: str, page: Page, again: Page, words: Callable[[TrailmarkError], str]) -> Route:
    """Return the route of a form that asks the home server, and has words for its errors."""
    return Route("POST", path, page, again, is_far=True, words=words)


ROUTES: Final[Sequence[Route]] = (
    Route("GET", "/", today.show),
    Route("POST", "/check-in/{goal}", today.check_in, today.show),
    Route("POST", "/win", today.win, today.show_win),
    Route("GET", "/win", today.show_win),
    Route("POST", "/hard", today.hard, today.show_hard),
    Route("GET", "/hard", today.show_hard),
    Route("POST", "/steps/{step}/reached", today.reach, today.show),
    Route("POST", "/undo/{entry}", today.undo, today.show),
    Route("GET", "/begin", beginning.welcome),
    Route("GET", "/begin/{part}", beginning.show),
    Route("POST", "/begin/{part}", beginning.answer, beginning.show),
    Route("GET", "/begun/{goal}", beginning.begun),
    Route("GET", "/goals/{goal}", goal.show),
    Route("POST", "/goals/{goal}/add", goal.add_to, goal.show),
    Route("POST", "/goals/{goal}/move", goal.move, goal.show),
    Route("GET", "/goals/{goal}/let-go", letting_go.show),
    Route("POST", "/goals/{goal}/let-go", letting_go.let_go, letting_go.show),
    Route("GET", "/goals/{goal}/instead", letting_go.show_new),
    Route("POST", "/goals/{goal}/instead", letting_go.put_new, letting_go.show_new),
    Route("POST", "/goals/{goal}/agree", agreeing.answer, goal.show),
    Route("GET", "/goals/{goal}/say", agreeing.show_words),
    Route("POST", "/goals/{goal}/say", agreeing.say, agreeing.show_words),
    Route("POST", "/goals/{goal}/settle", goal.settle, goal.show),
    Route("POST", "/goals/{goal}/share", goal.share, goal.show),
    Route("POST", "/goals/{goal}/withdraw", goal.withdraw, goal.show),
    Route("GET", "/goals/{goal}/change", changing.show),
    Route("POST", "/goals/{goal}/change", changing.change, changing.show),
    Route("GET", "/goals/{goal}/check-in", checking_in.show),
    Route("POST", "/goals/{goal}/check-in", checking_in.record, checking_in.show),
    Route("GET", "/goals/{goal}/way", obstacles.show),
    Route("POST", "/goals/{goal}/way", obstacles.change, obstacles.show),
    Route("GET", "/goals/{goal}/levels", measuring.show_levels),
    Route("POST", "/goals/{goal}/levels", measuring.set_levels, measuring.show_levels),
    Route("GET", "/suggestions", suggestions.show),
    Route("GET", "/suggestions/{proposal}", suggestions.show_one),
    Route("POST", "/suggestions/{proposal}", suggestions.answer, suggestions.show_one),
    Route("GET", "/agenda", agenda.show),
    Route("POST", "/agenda", agenda.change, agenda.show),
    Route("GET", "/challenges", challenges.show),
    Route("POST", "/challenges", challenges.describe, challenges.show),
    Route("POST", "/challenges/{challenge}", challenges.describe, challenges.show),
    Route("POST", "/challenges/{challenge}/goal", challenges.address, challenges.show),
    Route("GET", "/vision", vision.show),
    Route("POST", "/vision", vision.write, vision.show),
    Route("POST", "/vision/{question}", vision.draw, vision.show),
    Route("GET", "/measures", measuring.show),
    Route("POST", "/measures/happened", measuring.happened, measuring.show),
    Route("GET", "/measures/{code}", measuring.show_form),
    Route("POST", "/measures/{code}", measuring.answer, measuring.show_form),
    Route("GET", "/journey", way_so_far.show),
    Route("GET", "/help", helping.show),
    Route("POST", "/help", helping.choose, helping.show),
    Route("GET", "/journal", journal.show),
    Route("POST", "/journal", journal.write, journal.show),
    Route("GET", "/journal/{entry}", journal.show_entry),
    Route("POST", "/journal/{entry}", journal.change, journal.show_entry),
    Route("POST", "/journal/{entry}/preview", journal.preview, journal.show_entry),
    Route("POST", "/journal/{entry}/share", journal.share, journal.show_entry),
    Route("GET", "/back", looking_back.show),
    Route("POST", "/back", looking_back.look_for, looking_back.show),
    Route("GET", "/sharing", people.show),
    Route("GET", "/sharing/looked", people.looked, is_far=True),
    Route("GET", "/sharing/connect", people.show_connect),
    _far("/sharing/connect", people.connect, people.show_connect, people.connect_words),
    Route("GET", "/sharing/waiting/{member}", people.show_waiting),
    Route("POST", "/sharing/waiting/{member}", people.agree, people.show_waiting, is_far=True),
    Route("POST", "/sharing/decline/{member}", people.decline, people.show, is_far=True),
    Route("POST", "/sharing/stop/{member}", people.stop, people.show),
    Route("GET", "/supporters", supporting.show),
    Route("POST", "/supporters", supporting.add, supporting.show, is_far=True),
    Route("GET", "/supporters/{member}", supporting.show_one),
    Route("POST", "/supporters/{member}/preview", supporting.preview, supporting.show_one),
    Route("POST", "/supporters/{member}/send", supporting.send_it, supporting.show_one),
    Route("POST", "/supporters/{member}/back", supporting.take_one_back, supporting.show_one),
    Route(
        "POST", "/supporters/{member}/link", supporting.make_link, supporting.show_one, is_far=True
    ),
    Route("POST", "/supporters/{member}/stop", supporting.stop, supporting.show_one),
    Route("GET", "/sharing/{grant}", people.see_as),
    Route("GET", "/devices", devices.show, is_far=True),
    Route("GET", letting_in.INVITE_PATH, letting_in.show_code, is_far=True),
    _far(letting_in.INVITE_PATH, letting_in.invite, letting_in.show_code, letting_in.code_words),
    _far("/devices/let-in", letting_in.let_in, letting_in.show_code, letting_in.code_words),
    _far("/devices/turn-away", letting_in.turn_away, devices.show, letting_in.code_words),
    Route("GET", "/devices/join", letting_in.show_join),
    _far("/devices/join", letting_in.join, letting_in.show_join, letting_in.join_words),
    Route("GET", letting_in.JOINING_PATH, letting_in.show_joining),
    _far(letting_in.JOINING_PATH, letting_in.look, letting_in.show_joining, letting_in.join_words),
    Route("GET", "/devices/{device}", devices.show_one, is_far=True, words=devices.words_of),
    _far("/devices/{device}/name", devices.rename, devices.show_one, devices.words_of),
    _far("/devices/{device}/remove", devices.remove, devices.show, devices.words_of),
    Route("POST", "/copy", devices.keep_copy, recovering.show),
    Route("GET", "/recovery", recovering.show, is_far=True),
    Route("POST", "/recovery/new", recovering.make, recovering.show),
    _far("/recovery/keep", recovering.keep, recovering.show_again, recovering.keep_words),
    Route("GET", "/recover", recovering.show_recover),
    _far("/recover", recovering.recover, recovering.show_recover, recovering.recover_words),
    Route("GET", backing_up.PATH, backing_up.show),
    Route("POST", backing_up.PATH, backing_up.make, backing_up.show, words=backing_up.make_words),
    Route("GET", "/erase", erasing.show_all),
    Route("POST", "/erase", erasing.erase_all, erasing.show_all, is_far=True),
    Route("GET", "/erase/{entry}", erasing.show),
    Route("POST", "/erase/{entry}", erasing.erase_one),
    Route("GET", "/state", state.show),
    Route("POST", "/state", state.prefer, state.show),
    Route("GET", locking.PATH, locking.show),
    Route("POST", "/awake", locking.awake),
    Route("GET", locking.HIDDEN_PATH, helping.hidden),
    Route("POST", "/drafts/{name}", drafting.keep),
)
"""Every address of the pages."""

OWN_WORDS: Final = (
    "title",
    "why",
    "text",
    "part",
    "step",
    "barrier",
    "if",
    "then",
    "effect",
    "note",
    "value",
    "name",
    "reason-text",
    *(f"level{number}" for number in measuring.LEVELS),
    "value-title",
    "value-why",
)
"""Fields that hold a person's own words; shown where their form cannot be any more. No secrets."""


def route_of(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return who answers, and the named parts of the path; ``None`` where nobody does."""
    parts = path.strip("/").split("/")
    for route in ROUTES:
        wanted = route.path.strip("/").split("/")
        if route.method == method and len(wanted) == len(parts):
            ids = _matched(wanted, parts)
            if ids is not None:
                return route, ids
    return None


def _matched(wanted: Sequence[str], parts: Sequence[str]) -> dict[str, str] | None:
    ids: dict[str, str] = {}
    for one, other in zip(wanted, parts, strict=True):
        if one.startswith("{"):
            ids[one[1:-1]] = other
        elif one != other:
            return None
    return ids


def answer(desk: Desk, asked: Asked) -> Told:
    """Return the answer to a question; a form that was not right is shown again as it was typed.

    Args:
        desk: Where it is answered.
        asked: What was asked.
    """
    noun = desk.read(preferences).noun
    with speaking(called(language(), noun)):
        return _answer(desk, asked)


def _answer(desk: Desk, asked: Asked) -> Told:
    found = route_of(asked.method, asked.path)
    if found is None:
        return page(desk, asked, "not_there.html", "", status=NOT_FOUND)
    route, ids = found
    asked = msgspec.structs.replace(asked, ids=ids)
    try:
        return route.page(desk, asked)
    except TrailmarkError as error:
        problem = route.words(error)
    if route.again is not None:
        try:
            return route.again(desk, msgspec.structs.replace(asked, problem=problem))
        except TrailmarkError:
            # What the form is about is gone, and its page with it: the first problem says why.
            pass
    return page(
        desk,
        asked,
        "not_there.html",
        "",
        status=NOT_FOUND,
        problem=problem,
        typed=typed_words(asked),
    )


def typed_words(asked: Asked) -> list[str]:
    """Return the person's own words in a form, to be shown where the form cannot be any more."""
    return [words for name in OWN_WORDS if (words := asked.words(name))]
