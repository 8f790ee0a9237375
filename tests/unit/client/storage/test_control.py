"""Orders to erase: carried out once, remembered, and told to the server where nobody did."""

from pathlib import Path

import pytest

from tests.support.devices import CARE, add_goal, add_reflection, ids_of_subject, new_device
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import App
from trailmark_client.storage.control import (
    carry_out,
    keep_order_said,
    orders_said,
    orders_to_tell,
    unnamed_among,
    was_ever_sent,
)
from trailmark_client.storage.held import has_held
from trailmark_shared.device_graph.statements import Erased
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import SELF, text_from_id


def order_of(app: App, subject: bytes) -> Erased:
    return Erased(SELF, subject, tuple(app.read(lambda c: ids_of_subject(c, SELF, subject))))


def test_an_order_is_carried_out_once(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        order = order_of(app, add_reflection(app, "words"))

        first = app.write(lambda conn: carry_out(conn, order))
        second = app.write(lambda conn: carry_out(conn, order))

        assert (True, False) == (first, second)
        assert (0,) == app.read(lambda c: c.execute("SELECT count(body) FROM event").fetchone())


def test_a_row_that_was_held_back_for_its_words_alone_waits_for_nothing_more(
    tmp_path: Path,
) -> None:
    with new_device(tmp_path) as app:
        order = order_of(app, add_reflection(app, "words"))

        def comes_back_erased(conn: Connection) -> None:
            """A server that was restored has the row again, and it is a stub."""
            conn.execute(
                "UPDATE event SET seq = 1, received_at = 1, offset = 0, actor = 'person', held = 1"
            )
            conn.execute(
                "INSERT INTO event (space, lane, id, device, epoch, dseq, prev, commitment, key,"
                " hash, seq, received_at, offset, actor) SELECT space, lane, id, device, epoch,"
                " dseq, prev, commitment, key, hash, 1, 1, 0, 'person' FROM event"
            )

        app.write(comes_back_erased)
        before = app.read(lambda conn: has_held(conn, SELF))
        app.write(lambda conn: carry_out(conn, order))

        assert (True, False) == (before, app.read(lambda conn: has_held(conn, SELF)))


def test_orders_are_remembered(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        orders = [order_of(app, add_reflection(app, "words")) for _ in range(2)]
        assert [] == app.read(orders_said)

        for each in orders:
            app.write(lambda conn, each=each: keep_order_said(conn, each))

        assert orders == app.read(orders_said)


@pytest.mark.parametrize("code", [None, "erased"])  # the latter, where it was sent without words
def test_what_no_event_names_is_found(tmp_path: Path, code: str | None) -> None:
    with new_device(tmp_path) as app:
        subject = add_reflection(app, "words")
        order = order_of(app, subject)
        app.write(lambda conn: carry_out(conn, order))

        def confirmed(conn: Connection) -> None:
            conn.execute(
                "UPDATE event SET seq = 1, received_at = 1, offset = 0, actor = 'person',"
                " lane_hash = hash, code = ?",
                (code,),
            )

        app.write(confirmed)
        unnamed = app.read(lambda conn: unnamed_among(conn, order))
        named = SubjectErased(events=tuple(map(text_from_id, order.events)))
        app.write(lambda conn: app.recorder.record(conn, SELF, subject, named))

        assert list(order.events) == unnamed
        assert [] == app.read(lambda conn: unnamed_among(conn, order))


def test_what_never_left_the_device_is_told_from_what_did(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        private = order_of(app, add_reflection(app, "words"))
        shared = add_goal(app, "Walk", CARE)

        assert not app.read(lambda conn: was_ever_sent(conn, SELF, private.events))
        assert app.read(lambda conn: was_ever_sent(conn, CARE, [shared]))


def test_an_order_about_what_stays_here_is_told_to_nobody(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        private = order_of(app, add_reflection(app, "words"))
        goal = add_goal(app, "Walk", CARE)
        shared = Erased(CARE, goal, tuple(app.read(lambda c: ids_of_subject(c, CARE, goal))))
        for each in (private, shared):
            app.write(lambda conn, each=each: keep_order_said(conn, each))

        assert [shared] == app.read(lambda conn: orders_to_tell(conn, has_copy=False))
        assert [private, shared] == app.read(lambda conn: orders_to_tell(conn, has_copy=True))
