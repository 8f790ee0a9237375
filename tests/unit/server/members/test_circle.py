"""Behind a supporter's link: reading, one answer to each thing, leaving; and what ends it."""

import pytest

from tests.support.circles import SAM, TOKEN, World, supported
from tests.support.lane_devices import body_of
from tests.support.written import written_by
from trailmark_adapters.clock import zone_from_name
from trailmark_server.members import circle
from trailmark_server.members.circle import AnsweredError, GoneError, Visit
from trailmark_server.storage.grants import end_of_day
from trailmark_server.storage.ports import MemberDraft
from trailmark_server.supporters import ClosedLinkError, encouragement_form
from trailmark_shared import limits
from trailmark_shared.codes import link_token_hash
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import DomainError
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.notes import WinWithdrawn
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.ids import id_from_text, text_from_id

ACTOR = f"supporter/{text_from_id(SAM)}"


@pytest.fixture
async def world() -> World:
    return await supported()


@pytest.fixture
async def visit(world: World) -> Visit:
    return await come(world)


async def come(world: World) -> Visit:
    services = world.site.services
    return await circle.find_visit(services, await circle.open_link(services, TOKEN))


async def words(world: World, visit: Visit) -> list[str | None]:
    return [each.words for each in (await circle.look(world.site.services, visit)).items]


async def answer(world: World, visit: Visit, event: str, text: str = "Bravo") -> None:
    await circle.encourage(world.site.services, visit, event, text)


class TestReading:
    async def test_what_was_sent_is_seen_and_the_look_is_noted(
        self, world: World, visit: Visit
    ) -> None:
        await world.send_win("first")
        await world.send_win("second")

        seen = await circle.look(world.site.services, visit)

        assert ("Sam", ["second", "first"]) == (seen.name, [each.words for each in seen.items])
        assert [Look.SUPPORTER] == await world.looks()
        assert zone_from_name("Europe/Berlin") == seen.zone

    async def test_opening_the_link_alone_is_no_look(self, world: World, visit: Visit) -> None:
        assert SAM == visit.link.member
        assert [] == await world.looks()

    async def test_a_revocation_ends_it_with_the_next_request(
        self, world: World, visit: Visit
    ) -> None:
        await world.send_win("canary")
        await world.site.services.events.record_revocations(world.mira.space, [world.grant])

        with pytest.raises(ClosedLinkError):
            await circle.look(world.site.services, visit)
        with pytest.raises(ClosedLinkError):
            await circle.open_link(world.site.services, TOKEN)
        assert [Look.REFUSED_SUPPORTER] == await world.looks()

    async def test_expired_equals_revoked(self) -> None:
        world = await supported(until="2026-09-29")
        visit = await come(world)
        assert [] == await words(world, visit)
        world.site.clock.ms = end_of_day("2026-09-29")
        await world.register("a link from before its last day had ended")

        with pytest.raises(ClosedLinkError):
            await circle.look(world.site.services, visit)
        with pytest.raises(ClosedLinkError):
            await circle.open_link(world.site.services, TOKEN)
        assert [Look.SUPPORTER, Look.REFUSED_SUPPORTER] == await world.looks()

    async def test_a_replaced_link_ends_it_and_the_attempt_is_noted(
        self, world: World, visit: Visit
    ) -> None:
        token = await circle.open_link(world.site.services, TOKEN)
        world.site.clock.advance(1)
        await world.register("another token")

        with pytest.raises(ClosedLinkError):
            await circle.look(world.site.services, visit)
        with pytest.raises(ClosedLinkError):
            await circle.find_visit(world.site.services, token)
        assert [Look.REFUSED_SUPPORTER] == await world.looks()

    async def test_what_the_keys_list_opens_nothing_whatever_the_tables_say(
        self, world: World
    ) -> None:
        token = await circle.open_link(world.site.services, TOKEN)
        world.site.services.revoked.add([link_token_hash(TOKEN)])

        with pytest.raises(ClosedLinkError):
            await circle.find_visit(world.site.services, token)
        with pytest.raises(ClosedLinkError):
            await circle.open_link(world.site.services, TOKEN)
        assert [Look.REFUSED_SUPPORTER] == await world.looks()

    async def test_an_unknown_link_or_browser_is_nobody_s(self, world: World) -> None:
        with pytest.raises(ClosedLinkError):
            await circle.open_link(world.site.services, "unknown")
        with pytest.raises(ClosedLinkError):
            await circle.find_visit(world.site.services, "unknown")
        assert [] == await world.looks()

    async def test_using_the_page_keeps_the_browser_let_in(self, world: World) -> None:
        token = await circle.open_link(world.site.services, TOKEN)
        for _ in range(3):
            world.site.clock.advance(limits.SUPPORTER_SESSION_IDLE_MS - 1)
            await circle.find_visit(world.site.services, token)
        world.site.clock.advance(limits.SUPPORTER_SESSION_IDLE_MS)

        with pytest.raises(ClosedLinkError):
            await circle.find_visit(world.site.services, token)
        assert [] == await world.looks()


class TestEncouraging:
    async def test_a_few_words_go_back(self, world: World, visit: Visit) -> None:
        win, event = await world.send_win("I said no")

        await answer(world, visit, event, " Bravo\r\nyou ")

        assert [(ACTOR, "Bravo\nyou")] == await world.said()
        [item] = (await circle.look(world.site.services, visit)).items
        assert (True, text_from_id(win)) == (item.is_answered, item.subject)

    async def test_they_are_told_in_the_person_s_own_zone(self, world: World, visit: Visit) -> None:
        _, event = await world.send_win("I said no")
        await answer(world, visit, event)

        rows = await world.site.services.events.documents(
            world.mira.space, world.mira.lane, "encouragement"
        )
        assert 1 == len(rows)
        assert b'"day":"2026-09-29"' in rows[0].json

    async def test_sent_twice_is_written_once(self, world: World, visit: Visit) -> None:
        _, event = await world.send_win("I said no")
        await answer(world, visit, event)
        await answer(world, visit, event)

        assert [(ACTOR, "Bravo")] == await world.said()

    async def test_a_second_answer_is_refused_and_the_first_stands(
        self, world: World, visit: Visit
    ) -> None:
        _, event = await world.send_win("I said no")
        await answer(world, visit, event)

        with pytest.raises(AnsweredError):
            await answer(world, visit, event, "Something else")
        assert [(ACTOR, "Bravo")] == await world.said()

    async def test_what_is_sent_anew_can_be_answered_anew(self, world: World, visit: Visit) -> None:
        goal = world.mira.new_id()
        first = world.mira.write(goal, GoalShared(title="a", is_copy=True), at=world.site.clock.ms)
        await world.deliver()
        await answer(world, visit, text_from_id(first), "one")
        again = world.mira.write(
            goal, GoalShared(title="b", is_copy=True), at=world.site.clock.ms + 1, base=(first,)
        )
        await world.deliver()
        await answer(world, visit, text_from_id(again), "two")

        with pytest.raises(GoneError):
            await answer(world, visit, text_from_id(first), "three")
        assert ["one", "two"] == [text for _, text in await world.said()]

    async def test_what_was_taken_back_is_not_answered(self, world: World, visit: Visit) -> None:
        win, event = await world.send_win("canary")
        world.mira.write(win, WinWithdrawn(shares=(event,)), at=world.site.clock.ms + 1)
        await world.deliver()

        for gone in (event, text_from_id(world.grant), "no id at all"):
            with pytest.raises(GoneError):
                await answer(world, visit, gone)
        assert [] == await world.said()
        assert [None] == await words(world, visit)

    async def test_an_answer_that_the_person_erased_does_not_come_again(
        self, world: World, visit: Visit
    ) -> None:
        win, event = await world.send_win("I said no")
        await answer(world, visit, event)
        space, lane = world.mira.space, world.mira.lane
        form = encouragement_form(space, lane, id_from_text(event))
        (sent,) = await written_by(world.site.services.events, (space, lane), ACTOR, form)
        erased = SubjectErased(events=(text_from_id(sent),))
        world.mira.write(win, erased, at=world.site.clock.ms + 1)
        await world.deliver()

        with pytest.raises(AnsweredError):
            await answer(world, visit, event, "again")
        assert [] == await world.said()

    async def test_a_revocation_stops_writing_too(self, world: World, visit: Visit) -> None:
        _, event = await world.send_win("I said no")
        await world.site.services.events.record_revocations(world.mira.space, [world.grant])

        with pytest.raises(ClosedLinkError):
            await answer(world, visit, event)
        assert [] == await world.said()
        assert [Look.REFUSED_SUPPORTER] == await world.looks()

    @pytest.mark.parametrize("text", ["", " \r\n ", "w" * (limits.ENCOURAGEMENT_CHARS_MAX + 1)])
    async def test_words_have_their_bounds(self, world: World, visit: Visit, text: str) -> None:
        _, event = await world.send_win("I said no")

        with pytest.raises(DomainError):
            await answer(world, visit, event, text)
        await answer(world, visit, event, "w" * limits.ENCOURAGEMENT_CHARS_MAX)
        assert 1 == len(await world.said())


class TestLeaving:
    async def test_the_link_ends_and_the_person_sees_it(self, world: World, visit: Visit) -> None:
        await circle.leave(world.site.services, visit)

        link = await world.site.services.accounts.read(
            lambda rows: rows.supporter_link(visit.link.hash)
        )
        assert link is not None
        assert "left" == link.ended_by
        assert [Look.SUPPORTER_LEFT] == await world.looks()
        with pytest.raises(ClosedLinkError):
            await circle.open_link(world.site.services, TOKEN)
        assert [visit.link.hash] == await world.site.services.keys.revoked_credentials()


async def test_supporters_never_see_each_other_s_words(world: World, visit: Visit) -> None:
    """Not even in a lane that was granted to two, which no device of ours makes."""
    kim = bytes([211]) * 16
    data = AccessGranted(
        member=text_from_id(kim),
        name="Kim",
        role="supporter",
        classes=(),
        consent=ConsentText(version=1, sha256="0" * 64),
    )
    world.mira.write(world.mira.new_id(), data, at=world.site.clock.ms)
    win, event = await world.send_win("I said no")
    said = body_of(EncouragementSent(text="canary", about=text_from_id(win)), b"e" * 16)
    await world.site.services.events.write_as_member(
        world.mira.space,
        world.mira.lane,
        f"supporter/{text_from_id(kim)}",
        [MemberDraft(form=b"k" * 16, body=said)],
    )
    await answer(world, visit, event)

    seen = await circle.look(world.site.services, visit)
    assert "Sam" == seen.name
    assert [["Bravo"]] == [[back.text for back in each.encouragements] for each in seen.items]
