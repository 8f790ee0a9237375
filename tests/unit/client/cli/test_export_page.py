"""The page on top of a copy: every word as text, nothing from elsewhere."""

from tests.support.full_person import write_everything
from tests.support.person import Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.export_page import InFile, page_pieces
from trailmark_client.queries.export_records import Source

FILES = (InFile(name="goals.csv", title="Goals <b>", things=2),)


def page(person: Person) -> str:
    day = person.now().day

    def read(conn: Connection) -> bytes:
        source = Source(conn=conn, day=day)
        return b"".join(page_pieces(source, "9 October 2025, 12:00", "device", FILES))

    return person.read(read).decode()


def test_goals_steps_people_and_files_are_on_it(person: Person) -> None:
    write_everything(person, "thistlevane")

    found = page(person)

    for words in (
        *("private thistlevane", "renamed thistlevane", "why thistlevane", "Dr Demo", "only you"),
        *("step thistlevane (open)", "at least 2 walks per week", "9 October 2025, 12:00"),
        '<a href="goals.csv">goals.csv</a>',
    ):
        assert words in found
    assert 1 == found.count("<h4>Steps</h4>")


def test_words_are_text_and_nothing_is_loaded(person: Person) -> None:
    person.goal("<script>alert(1)</script>", why="first\nsecond & third")

    found = page(person)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found
    assert "first<br>second &amp; third" in found
    assert "Goals &lt;b&gt;" in found
    assert "<script" not in found
    assert "default-src 'none'" in found
    assert "http:" not in found
    assert "https:" not in found


def test_a_person_without_goals_has_a_page_too(person: Person) -> None:
    assert page(person).endswith("</html>\n")
