"""How everything is saved and sent, in words; and how the person likes it here."""

from gettext import NullTranslations

import msgspec

from tests.support.devices import connect_to
from tests.support.home import Home
from tests.support.own_pages import Window
from trailmark_client.queries.timeline import TimelineLine
from trailmark_client.storage.emptying import ErasedThere, Erasure
from trailmark_client.web.preferences import Preferences, preferences
from trailmark_client.web.state import item_words
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import Language, speaking

LINE = TimelineLine(
    event="e",
    day="2025-10-09",
    happened="2025-10-09T12:00:00+02:00",
    received_at=None,
    by="you",
    type="win_noted",
    kind="win",
    subject="s",
    goal=None,
    sentence="noted a win",
    text="Said no",
    lane="self",
    private=True,
)
SENT = 1_760_004_000_000
"""9 October 2025, 12:00 in Berlin."""


class German(NullTranslations):
    """As much of German as says who somebody is."""

    def gettext(self, message: str) -> str:
        return {"you": "du"}.get(message, message)


def words(window: Window, *seen_by: str, **changes: object) -> str:
    return item_words(window.desk, msgspec.structs.replace(LINE, **changes), list(seen_by))


def test_every_item_says_where_it_is(window: Window) -> None:
    assert "Saved on this device. Only you see it." == words(window)
    assert "Saved on this device. Not sent yet." == words(window, private=False)
    assert "Sent at 12:00. Visible to Dr Demo." == words(
        window, "Dr Demo", private=False, received_at=SENT
    )
    assert "Sent at 12:00. Nobody sees it at present." == words(
        window, private=False, received_at=SENT
    )
    assert "Only you can read it." in words(window, received_at=SENT)


def test_what_the_server_erased_on_its_own_is_told(window: Window) -> None:
    before = window.get("/state")
    app = window.person.app
    connect_to(app, Home(app.identity.space))
    there = ErasedThere(space=text_from_id(app.identity.space), erased_at=SENT, learned_at=SENT)
    app.erasure_file.save(Erasure(there=there))
    page = window.get("/state")

    assert "erased its copy" not in before
    assert "Your server erased its copy of everything" in page
    assert "Everything on this device is still here and stays" in page
    assert "Saved on this device. Your server erased its copy." in window.get("/")


def test_page_lists_what_was_written_last(window: Window) -> None:
    window.post("/win", text="Said no")
    page = window.get("/state")

    assert "Said no" in page
    assert "Saved on this device. Only you see it." in page
    assert "trailmark backup FILE" in page


def test_page_lists_what_was_written_in_every_language(window: Window) -> None:
    window.post("/win", text="Said no")

    with speaking(Language("de", German())):
        page = window.get("/state")

    assert "Said no" in page


def test_a_noun_that_the_page_does_not_ask_for_stays(window: Window) -> None:
    window.post("/state", noun="hope")
    window.post("/state", like=("quiet",))

    assert "hope" == window.person.read(preferences).noun


def test_likings_are_kept_and_taken_back(window: Window) -> None:
    window.post("/state", like=("neutral", "quiet", "no-charts"))

    assert Preferences(is_neutral=True, is_quiet=True, hides_charts=True) == window.person.read(
        preferences
    )

    window.post("/state")

    assert Preferences() == window.person.read(preferences)


def test_in_an_app_it_says_what_a_browser_keeps(window: Window) -> None:
    window.begun()
    assert "What this browser keeps" not in window.get("/state")
    window.server_address = "https://home.example"
    page = window.get("/state")

    assert "has not promised to keep" in page
    assert "in this browser alone" in page
    assert "trailmark backup" not in page
    assert "the lock of your phone" in window.get("/lock")


def test_a_device_that_is_let_in_no_more_says_what_helps(window: Window) -> None:
    app = window.person.app
    connect_to(app, Home(app.identity.space))
    window.phase = "shut_out"
    html = window.get("/state")

    assert "Your server has to let it in again." in html
    for way in ("/devices/join", "/recover", "/sharing/connect"):
        assert f'href="{way}"' in html


def test_what_came_with_an_import_is_not_compared_with_other_devices(window: Window) -> None:
    window.person.let_in()
    app = window.person.app
    connect_to(app, Home(app.identity.space))
    app.identity_file.update(lambda now: msgspec.structs.replace(now, private_copy=True))
    before = window.get("/state")
    app.write(lambda conn: conn.execute("INSERT INTO archived_lane SELECT lane FROM cursor"))
    app.write(
        lambda conn: conn.execute(
            "INSERT OR IGNORE INTO archived_lane SELECT lane FROM event WHERE lane != 'self'"
        )
    )
    html = window.get("/state")

    assert "What Dr Demo can see" in before
    assert "What came with an import" not in before
    assert "What Dr Demo can see" not in html
    assert "What came with an import" in html
