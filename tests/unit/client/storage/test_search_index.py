"""The search index: in step with documents, and without a trace of what is gone."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.devices import add_reflection, ids_of_subject, new_device
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME, App
from trailmark_client.storage.erasure import erase_events
from trailmark_client.storage.read_models import refold, refold_all
from trailmark_client.storage.search_index import is_own_table, put_in
from trailmark_shared.ids import SELF

WORD = "quillomarine"


def places(app: App, word: str) -> int:
    app.write(put_in)
    return app.read(lambda conn: _places(conn, word))


def _places(conn: Connection, word: str) -> int:
    rows = conn.execute("SELECT rowid FROM search WHERE search MATCH ?", (f'"{word}"',))
    return len(rows.fetchall())


def erase(app: App, subject: bytes) -> None:
    def work(conn: Connection) -> None:
        touched = erase_events(conn, SELF, ids_of_subject(conn, SELF, subject))
        refold(conn, SELF, touched)

    app.write(work)


def test_folding_again_changes_nothing(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, WORD)
        add_reflection(app, "something else")

        app.write(lambda conn: refold_all(conn, app.vault.opener()))

        assert 1 == places(app, WORD)
        assert 2 == len(app.read(lambda conn: conn.execute("SELECT 1 FROM searchable").fetchall()))


def test_words_that_an_older_release_did_not_read_are_put_in(tmp_path: Path) -> None:
    def work(conn: Connection) -> None:
        put_in(conn)
        conn.execute("DELETE FROM search WHERE rowid = (SELECT min(rowid) FROM search)")
        conn.execute("DELETE FROM setting WHERE name = 'search_reads'")

    with new_device(tmp_path) as app:
        add_reflection(app, WORD)
        add_reflection(app, f"{WORD} again")

        app.write(work)

        assert 2 == places(app, WORD)


def test_an_erased_word_leaves_the_index_and_its_file(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        subject = add_reflection(app, f"some {WORD} words")
        add_reflection(app, "others stay")
        erase(app, subject)

        assert app.clean()

        assert 0 == places(app, WORD)
        assert 1 == places(app, "others")
    with closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as conn:
        conn.execute("CREATE VIRTUAL TABLE temp.term USING fts5vocab('main', 'search', 'row')")
        terms = {term for (term,) in conn.execute("SELECT term FROM temp.term")}
        raw = b"".join(block for (block,) in conn.execute("SELECT block FROM search_data"))
    assert {"others", "stay"} == terms
    assert WORD.encode()[1:] not in raw
    assert WORD.encode()[1:] not in (tmp_path / DATABASE_NAME).read_bytes()


def test_a_store_from_before_becomes_searchable_at_its_next_start(tmp_path: Path) -> None:
    with new_device(tmp_path) as app:
        add_reflection(app, WORD)

        def forget(conn: Connection) -> None:
            conn.execute("DELETE FROM search")
            conn.execute("DELETE FROM searchable")
            conn.execute("DELETE FROM setting WHERE name = 'projection_version'")

        app.write(forget)

    with new_device(tmp_path) as again:
        assert 1 == places(again, WORD)


def test_its_own_tables_are_told_apart() -> None:
    assert [True, True, False] == [
        is_own_table(name) for name in ("search", "search_data", "searchable")
    ]
