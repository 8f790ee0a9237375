"""The page of the lock, and the page in front of a store that is shut."""

import msgspec
import pytest

from tests.support.own_pages import Window
from trailmark_client.web import locking
from trailmark_client.web.asking import LOCKED, NOT_POSSIBLE, Asked
from trailmark_client.web.desk import LockState
from trailmark_shared import limits


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        ("impossible", "is not installed here"),
        ("none", "Set a passphrase"),
        ("passphrase", "There is no other way in"),
        ("code", "Your recovery code opens this device, too."),
    ],
)
def test_page_says_how_the_store_is_locked(window: Window, lock: LockState, said: str) -> None:
    desk = msgspec.structs.replace(window.desk, lock=lock)

    html = locking.show(desk, Asked(path=locking.PATH)).html

    assert said in html
    is_closing = lock in {"passphrase", "code"}
    assert is_closing is (f'data-idle="{limits.IDLE_LOCK_MS // 1000}"' in html)


def test_saved_and_sent_leads_there(window: Window) -> None:
    assert 'href="/lock"' in window.get("/state")


def test_front_goes_on_where_the_browser_wanted_to() -> None:
    told = locking.shut(Asked(path="/journal"))

    assert LOCKED == told.status
    assert 'name="to" value="/journal"' in told.html


def test_front_shows_why_and_keeps_where_to() -> None:
    form = {"to": ("/back",), "passphrase": ("secret words",)}
    asked = Asked(method="POST", path="/unlock", form=form, problem="No.")

    told = locking.shut(asked)

    assert NOT_POSSIBLE == told.status
    assert 'name="to" value="/back"' in told.html
    assert "secret words" not in told.html


def test_quick_hide_works_in_front_of_it_too() -> None:
    assert "Shopping" in locking.shut(Asked(path=locking.HIDDEN_PATH)).html


def test_a_form_that_came_too_late_goes_on_to_the_first_page() -> None:
    assert 'name="to" value="/"' in locking.shut(Asked(method="POST", path="/win")).html


@pytest.mark.parametrize("path", ["", "//evil.example", "/\\evil.example", "https://x", "/unlock"])
def test_only_own_paths_are_gone_on_to(path: str) -> None:
    assert "/" == locking.safe_path(path)


def test_sign_of_life_is_an_answer(window: Window) -> None:
    assert 200 == window.post("/awake").status
