"""A backup from inside the app: one sealed file that the person keeps where the phone is not.

What makes the file is the app around these pages; on a computer the command line does.
"""

from __future__ import annotations

from trailmark_client.storage.backing_up import backed_up_at
from trailmark_client.web.asking import SEE_OTHER, Asked, Told, go_on
from trailmark_client.web.dating import moment_words
from trailmark_client.web.desk import Desk
from trailmark_client.web.framing import page
from trailmark_client.web.problems import problem_words
from trailmark_shared.errors import ErrorCode, TrailmarkError
from trailmark_shared.words import gettext

PATH = "/backup"


def show(desk: Desk, asked: Asked) -> Told:
    """Show what a backup is, when there was one last, and what opens it."""
    made_at = desk.read(backed_up_at)
    return page(
        desk,
        asked,
        "backup.html",
        "state",
        sealed_for=desk.own.sealed_for(),
        made=None if made_at is None else moment_words(made_at, desk.zone, desk.today),
        in_app=desk.server_address is not None,
    )


def make(desk: Desk, asked: Asked) -> Told:
    """Have the app make one, sealed for the code that is known by now."""
    code = asked.words("code")
    if code is not None:
        desk.own.seal_for(code)
    if desk.server_address is None or desk.own.sealed_for() != "known":
        return go_on(PATH)
    name = f"trailmark-{desk.today}.backup"
    return Told(status=SEE_OTHER, location=f"{PATH}?done=backed-up", download=name)


def make_words(error: TrailmarkError) -> str:
    """Return what is said where a code does not fit."""
    if error.code == ErrorCode.WRONG_CODE:
        return gettext("This is not the code that works now. Compare it group by group.")
    return problem_words(error)
