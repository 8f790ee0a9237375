"""The desk: a form is recorded together with the end of its draft, or not at all."""

import pytest

from tests.support.own_pages import Window
from trailmark_adapters.sqlite import Connection
from trailmark_client.recorder import Recorder
from trailmark_client.storage.drafts import draft, keep_draft
from trailmark_client.web.asking import Asked
from trailmark_shared.errors import DomainError, ErrorCode

FORM = Asked(method="POST", form={"draft": ("win",), "text": ("Swam",)})


def kept(window: Window) -> dict[str, tuple[str, ...]]:
    return window.person.read(lambda conn: draft(conn, "win"))


def test_what_is_recorded_leaves_no_draft(window: Window) -> None:
    window.person.write(lambda conn, _: keep_draft(conn, "win", {"text": ["Swam"]}, 1))

    assert 7 == window.desk.record(FORM, lambda _conn, _recorder: 7)
    assert {} == kept(window)


def test_what_fails_keeps_its_draft(window: Window) -> None:
    window.person.write(lambda conn, _: keep_draft(conn, "win", {"text": ["Swam"]}, 1))

    def fail(conn: Connection, recorder: Recorder) -> None:
        del conn, recorder
        raise DomainError(ErrorCode.NOT_FOUND, "it is gone")

    with pytest.raises(DomainError):
        window.desk.record(FORM, fail)
    assert {"text": ("Swam",)} == kept(window)


def test_a_day_is_the_persons_own(window: Window) -> None:
    assert "2025-10-09" == window.desk.today
    assert "2025-10-08" == window.desk.when("yesterday").day
