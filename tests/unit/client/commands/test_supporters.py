"""Supporters: nothing by itself, one thing at a time, exactly as it was shown before."""

from collections.abc import Callable

import pytest

from tests.support import supporters as circle
from tests.support.person import NOON, Person
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands import goals, reflections, steps, supporters
from trailmark_client.commands.notes import note
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.commands.supporters import NewSupporter, Wanted
from trailmark_client.queries.documents import Held, documents
from trailmark_client.queries.lanes import open_lanes
from trailmark_client.queries.supporters import Supporter, list_supporters
from trailmark_client.storage.links import MadeLink, made_links
from trailmark_shared import limits
from trailmark_shared.domain.consent import SUPPORTER_VERSION, supporter_sha256
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.body import Reason
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.sharing import ExcerptLinked
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.events.supporting import SupporterDescribed
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.excerpt import ExcerptDocument

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def sam(person: Person) -> Supporter:
    return circle.let_in(person)


def refused(work: Callable[[], object]) -> ErrorCode:
    with pytest.raises(DomainError) as error:
        work()
    return error.value.code


def reflect(person: Person, text: str) -> bytes:
    data = ReflectionWritten(text=text)
    return person.write(lambda c, r: reflections.reflect(c, r, data, r.now())).subject


class TestLettingIn:
    def test_a_supporter_has_a_lane_of_their_own_and_no_classes(
        self, person: Person, sam: Supporter
    ) -> None:
        kim = circle.let_in(person, "Kim")
        [entry] = person.entries(sam.grant, sam.lane)

        assert sam.lane.startswith("circle/")
        assert len({sam.lane, kim.lane, sam.member, kim.member}) == 4
        assert entry.body.data == AccessGranted(
            member=sam.member,
            name="Sam",
            role="supporter",
            classes=(),
            consent=ConsentText(version=SUPPORTER_VERSION, sha256=supporter_sha256()),
            actions=("view", "comment"),
            purpose="support",
        )

    def test_nothing_goes_there_by_itself(self, person: Person, sam: Supporter) -> None:
        person.let_in()
        goal = person.goal()
        person.write(lambda c, r: note(c, r, WinNoted(text="x"), r.now()))
        step = StepAdded(goal=text_from_id(goal), text="shoes")
        person.write(lambda c, r: steps.add_step(c, r, step, r.now()))

        assert [] == circle.items(person, sam)
        assert ["Dr Demo"] == [
            name
            for each in person.read(lambda conn: open_lanes(conn, person.now().day))
            for name in each.names
        ]

    def test_what_they_are_to_the_person_stays_private(self, person: Person) -> None:
        new = NewSupporter(name="Kim", relation="my sister", helps=("come_along",))
        written = person.write(lambda c, r: supporters.let_supporter_in(c, r, new, r.now()))

        [own] = person.entries(written.subject)
        assert own.body.data == SupporterDescribed(relation="my sister", helps=("come_along",))
        assert "my sister" not in str(person.entries(written.subject, written.lane))

    def test_a_later_description_replaces_the_one_before(
        self, person: Person, sam: Supporter
    ) -> None:
        for relation in ("a friend", "my best friend"):
            described = SupporterDescribed(relation=relation)
            person.write(
                lambda c, r, d=described: supporters.describe_supporter(c, r, sam.grant, d, r.now())
            )

        [line] = person.read(lambda conn: list_supporters(conn, person.now().day, NOON))
        assert "my best friend" == line.relation

    @pytest.mark.parametrize("name", ["Sam", " sam ", "", "  "])
    def test_every_name_is_its_own(self, person: Person, sam: Supporter, name: str) -> None:
        assert sam.name == "Sam"
        assert ErrorCode.INVALID_INPUT == refused(lambda: circle.let_in(person, name))

    def test_one_lane_more_than_a_space_takes_is_not_begun(
        self, person: Person, sam: Supporter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person.write(lambda c, r: stop_sharing(c, r, sam.grant, r.now()))
        monkeypatch.setattr(limits, "LANES_PER_SPACE_MAX", 2)
        before = person.read(lambda conn: conn.execute("SELECT count(*) FROM event").fetchone())

        assert ErrorCode.TOO_MANY_LANES == refused(lambda: circle.let_in(person, "Kim"))
        after = person.read(lambda conn: conn.execute("SELECT count(*) FROM event").fetchone())
        assert before == after

    def test_a_name_is_free_again_once_they_were_stopped(
        self, person: Person, sam: Supporter
    ) -> None:
        person.write(lambda c, r: stop_sharing(c, r, sam.grant, r.now()))

        assert sam.lane != circle.let_in(person, "Sam").lane

    def test_the_last_day_is_not_behind(self, person: Person) -> None:
        assert ErrorCode.INVALID_INPUT == refused(
            lambda: circle.let_in(person, "Kim", "2025-10-08")
        )
        circle.let_in(person, "Kim", "2025-10-09")

    def test_there_is_a_bound(self, person: Person) -> None:
        everybody = [circle.let_in(person, str(n)) for n in range(limits.SUPPORTERS_MAX)]

        assert ErrorCode.TOO_LARGE == refused(lambda: circle.let_in(person, "one more"))
        person.write(lambda c, r: stop_sharing(c, r, everybody[0].grant, r.now()))
        circle.let_in(person, "one more")

    def test_a_link_is_kept_as_its_hash_for_the_server(
        self, person: Person, sam: Supporter
    ) -> None:
        for token in (b"1" * 32, b"2" * 32):
            person.write(lambda c, _r, t=token: supporters.keep_link(c, sam, t, NOON))

        assert [
            MadeLink(
                member=sam.member,
                lane=sam.lane,
                token_hash=(b"2" * 32).hex(),
                made_at=NOON,
                replaces=((b"1" * 32).hex(),),
            )
        ] == person.read(made_links)


class TestSending:
    def test_a_goal_goes_with_what_was_chosen_of_it(self, person: Person, sam: Supporter) -> None:
        goal = person.goal("Walk", why="it calms me", due="2026-01-01")

        short = circle.send(person, sam, "goal", goal)
        assert ("Walk", None, "Working on it") == (
            short.item.words,
            short.item.why,
            short.item.status,
        )

        long = circle.send(person, sam, "goal", goal, with_why=True)
        assert "it calms me" == long.item.why
        assert [long.item] == circle.items(person, sam)

    def test_a_win_and_a_reached_step(self, person: Person, sam: Supporter) -> None:
        goal = person.goal()
        added = StepAdded(goal=text_from_id(goal), text="shoes")
        step = person.write(lambda c, r: steps.add_step(c, r, added, r.now())).subject

        assert ErrorCode.INVALID_INPUT == refused(lambda: circle.send(person, sam, "step", step))
        person.write(lambda c, r: steps.reach_step(c, r, step, r.now()))
        sent = circle.send(person, sam, "step", step)
        won = circle.send(person, sam, "win", circle.win(person))

        assert ("shoes", "Reached", "2025-10-09") == (
            sent.item.words,
            sent.item.status,
            sent.item.day,
        )
        assert ("I said no", "2025-10-09") == (won.item.words, won.item.day)

    def test_of_a_reflection_only_chosen_characters(self, person: Person, sam: Supporter) -> None:
        reflection = reflect(person, "Today it went well. The rest is mine.")

        sent = circle.send(person, sam, "reflection", reflection, excerpt="it went well")

        assert ("excerpt", "it went well", None) == (
            sent.item.kind,
            sent.item.words,
            sent.item.day,
        )
        [own] = [each.document for each in _excerpts(person) if each.lane == SELF]
        assert isinstance(own.link, ExcerptLinked)
        assert (sam.lane, text_from_id(reflection)) == (own.link.lane, own.link.reflection)
        assert ErrorCode.EXCERPT_NOT_FOUND == refused(
            lambda: circle.send(person, sam, "reflection", reflection, excerpt="not there")
        )
        assert ErrorCode.INVALID_INPUT == refused(
            lambda: circle.send(person, sam, "reflection", reflection)
        )

    def test_an_excerpt_that_a_therapist_has(self, person: Person, sam: Supporter) -> None:
        person.let_in()
        reflection = reflect(person, "Today it went well.")
        shared = person.write(
            lambda c, r: reflections.share_excerpt(c, r, reflection, "it went well", r.now())
        )

        sent = circle.send(person, sam, "excerpt", shared.subject)

        assert "it went well" == sent.item.words
        assert sent.item.subject != text_from_id(shared.subject)

    def test_a_preview_shows_the_same_and_writes_nothing(
        self, person: Person, sam: Supporter
    ) -> None:
        won, before = circle.win(person), person.app.file.read(_events)
        wanted = Wanted(kind="win", subject=won)
        preview = person.write(
            lambda c, r: supporters.send(c, r, sam, wanted, r.now(), is_preview=True)
        )

        assert before == person.app.file.read(_events)
        assert [] == circle.items(person, sam)
        sent = circle.send(person, sam, "win", won)
        assert ((), "I said no") == (preview.events, preview.item.words)
        assert (sent.item.words, sent.item.day, sent.item.kind) == (
            preview.item.words,
            preview.item.day,
            preview.item.kind,
        )

    def test_what_one_supporter_is_sent_no_other_sees(self, person: Person, sam: Supporter) -> None:
        kim = circle.let_in(person, "Kim")
        circle.send(person, sam, "win", circle.win(person))

        assert [] == circle.items(person, kim)

    def test_there_is_a_bound_for_a_day(self, person: Person, sam: Supporter) -> None:
        won = circle.win(person)
        circle.send(person, sam, "win", won)
        for n in range(limits.SUPPORTER_ITEMS_PER_DAY_MAX - 1):
            circle.send(person, sam, "win", circle.win(person, str(n)))
        [first] = [each for each in circle.items(person, sam) if each.words == "I said no"]
        person.write(lambda c, r: supporters.take_back(c, r, sam, first))

        assert ErrorCode.TOO_LARGE == refused(lambda: circle.send(person, sam, "win", won))
        circle.send(person, circle.let_in(person, "Kim"), "win", won)
        person.clock.ms += DAY_MS
        circle.send(person, sam, "win", won)


class TestTakingBack:
    def test_no_word_is_left(self, person: Person, sam: Supporter) -> None:
        goal = person.goal("canary")
        sent = circle.send(person, sam, "goal", goal)
        left = person.write(lambda c, r: supporters.take_back(c, r, sam, sent.item))

        assert (None, 1) == (left.item.words, len(left.events))
        assert left.item.taken_back_at is not None
        assert "canary" not in str(circle.items(person, sam))

    def test_and_sending_again_shows_how_it_reads_now(self, person: Person, sam: Supporter) -> None:
        goal = person.goal("Walk")
        sent = circle.send(person, sam, "goal", goal)
        person.write(lambda c, r: supporters.take_back(c, r, sam, sent.item))
        words, why = goals.Words(title="Run"), Reason(code="new-insight")
        person.write(lambda c, r: goals.reword_goal(c, r, goal, words, why))

        again = circle.send(person, sam, "goal", goal)

        assert ("Run", None) == (again.item.words, again.item.taken_back_at)


def test_stopping_ends_the_grant_and_brings_nothing_home(person: Person, sam: Supporter) -> None:
    goal = person.goal()
    circle.send(person, sam, "goal", goal)

    stopped = person.write(lambda c, r: stop_sharing(c, r, sam.grant, r.now()))

    assert ((), ()) == (stopped.came_back, stopped.still_seen_by)
    assert ["access_granted", "access_revoked"] == person.types(sam.grant, sam.lane)


def _excerpts(person: Person) -> list[Held[ExcerptDocument]]:
    return person.read(lambda conn: documents(conn, "excerpt", ExcerptDocument))


def _events(conn: Connection) -> int:
    return conn.execute("SELECT count(*) FROM event").fetchone()[0]
