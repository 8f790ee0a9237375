"""Loved ones: one thing at a time, and exactly what is shown before."""

import re

import pytest

from tests.support.own_pages import NoServer, Window
from trailmark_client.commands.supporters import NewSupporter, let_supporter_in
from trailmark_client.commands.when import When
from trailmark_client.queries.supporters import supporter_meant
from trailmark_client.web.desk import Link
from trailmark_client.web.supporting import LINK_STATES
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import text_from_id

LINK = "https://home.example/with/secret"


class LinksOnly(NoServer):
    """A home server that takes links."""

    def __init__(self, window: Window) -> None:
        self._app = window.person.app

    def let_supporter_in(self, new: NewSupporter, when: When) -> Link:
        written = self._app.write(
            lambda conn: let_supporter_in(conn, self._app.recorder, new, when)
        )
        return self.new_link(text_from_id(written.subject))

    def new_link(self, member: str) -> Link:
        today = self._app.recorder.today()
        found = self._app.read(lambda conn: supporter_meant(conn, member, today))
        return Link(member=found.member, link=LINK)


@pytest.fixture
def sam(window: Window) -> str:
    window.far = LinksOnly(window)
    told = window.post("/supporters", name="Sam", relation="my sister", helps=("emotional",))
    assert LINK in told.html
    (member,) = set(re.findall(r'href="/supporters/(\w+)"', told.html))
    return member


def test_nobody_is_let_in_without_a_server(window: Window) -> None:
    assert "For this you need a server" in window.get("/supporters")
    assert 422 == window.post("/supporters", name="Sam").status


def test_nothing_goes_there_by_itself(window: Window, sam: str) -> None:
    window.post("/win", text="Said no")

    assert "can see nothing yet" in window.get("/supporters")
    assert "my sister" in window.get(f"/supporters/{sam}")
    assert LINK not in window.get(f"/supporters/{sam}")


def test_a_win_is_shown_before_and_sent_and_taken_back(window: Window, sam: str) -> None:
    window.post("/win", text="Said no")
    (win,) = re.findall(r'name="item" value="(\w+)"', window.get(f"/supporters/{sam}"))
    before = window.post(f"/supporters/{sam}/preview", item=win)
    assert "will see exactly this" in before.html
    assert "Said no" in before.html
    assert "can see nothing yet" in window.get("/supporters")

    window.post(f"/supporters/{sam}/send", item=win)
    assert "1 thing sent" in window.get("/supporters")
    (sent,) = re.findall(r'name="item" value="(\w+)"', window.get(f"/supporters/{sam}"))
    window.post(f"/supporters/{sam}/back", item=sent)
    assert "Taken back." in window.get(f"/supporters/{sam}")


def test_of_the_journal_only_chosen_words_go(window: Window, sam: str) -> None:
    window.post("/journal", text="A bad night. It was the talk.")
    (entry,) = re.findall(r'name="item" value="(\w+)"', window.get(f"/supporters/{sam}"))
    whole = window.post(f"/supporters/{sam}/preview", item=entry, part="")
    other = window.post(f"/supporters/{sam}/preview", item=entry, part="not there")
    before = window.post(f"/supporters/{sam}/preview", item=entry, part="It was the talk.")

    assert [422, 422, 200] == [each.status for each in (whole, other, before)]
    assert "A bad night" not in before.html
    assert 422 == window.post(f"/supporters/{sam}/preview", item="").status


def test_a_new_link_and_the_end(window: Window, sam: str) -> None:
    assert LINK in window.post(f"/supporters/{sam}/link").html
    told = window.post(f"/supporters/{sam}/stop")

    assert "/supporters?done=stopped" == told.location
    assert "Sharing that ended" in window.get("/supporters")
    assert "closes to them with the next connection of this device" in window.get("/supporters")
    assert "Send one thing" not in window.get(f"/supporters/{sam}")
    assert 404 == window.ask("GET", "/supporters/none").status


def test_a_name_is_needed(window: Window) -> None:
    window.far = LinksOnly(window)

    assert 422 == window.post("/supporters", name=" ").status


def test_every_state_of_a_link_has_words() -> None:
    assert {"waiting", "works", "refused", "expired", "replaced", "stopped", "left", "none"} == set(
        LINK_STATES
    )
    assert ErrorCode.NOT_CONNECTED == RefusedError(ErrorCode.NOT_CONNECTED, "none").code
