"""The timeline over the API: pages, filters, and what an entry says."""

import pytest
from msgspec.structs import replace

from tests.support.entries import a_body
from tests.support.journey import Journey
from tests.support.members_api import members_api, person_path
from tests.support.shared_lanes import Writer
from tests.support.web_site import START, Site
from trailmark_shared.domain.looks import Look
from trailmark_shared.events.body import Reason
from trailmark_shared.events.comments import CommentAdded, CommentWithdrawn
from trailmark_shared.events.journal import EntryTakenBack
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.proposals import ProposalMade, ProposalWithdrawn, ProposedValues
from trailmark_shared.ids import text_from_id


async def test_pages_hold_every_entry_once(site: Site, mira: Writer) -> None:
    async with members_api(site) as api:
        whole = (await api.get(person_path(mira, "/timeline?limit=200"))).json()
        paged: list[str] = []
        before = ""
        while True:
            query = {"limit": 7, "before": before}
            answer = (await api.get(person_path(mira, "/timeline"), params=query)).json()
            paged += [each["event"] for each in answer["entries"]]
            if answer["next"] is None:
                break
            before = answer["next"]

    assert whole["next"] is None
    assert [each["event"] for each in whole["entries"]] == paged
    assert len(paged) == len(set(paged))


@pytest.mark.parametrize("wrong", ["x", ":", "{},", "{},{}", "{}x", "care/x:1,{}"])
async def test_a_mangled_place_is_refused_and_begins_no_first_page_again(
    site: Site, mira: Writer, wrong: str
) -> None:
    async with members_api(site) as api:
        page = (await api.get(person_path(mira, "/timeline?limit=7"))).json()
        query = {"limit": 7, "before": wrong.replace("{}", page["next"])}
        answer = await api.get(person_path(mira, "/timeline"), params=query)

    assert (400, "invalid_input") == (answer.status_code, answer.json()["code"])


async def test_an_entry_that_counts_no_more_says_so(site: Site, mira: Writer) -> None:
    win = mira.new_id()
    said = text_from_id(mira.write(win, WinNoted(text="Walked home"), at=START))
    mira.write(win, EntryTakenBack(events=(said,)), at=START + 1000)
    await site.deliver(mira)
    async with members_api(site) as api:
        answer = (await api.get(person_path(mira, "/timeline?limit=200"))).json()

    (entry,) = (each for each in answer["entries"] if each["event"] == said)
    assert (START + 1000, "Walked home") == (entry["taken_back_at"], entry["text"])
    others = [each for each in answer["entries"] if each["taken_back_at"] is not None]
    assert [entry] == others


async def test_words_that_were_taken_back_stand_nowhere(site: Site, mira: Writer) -> None:
    """Neither a comment's nor a proposal's, nor why it was proposed; that they were there does."""
    win, comment, proposal = mira.new_id(), mira.new_id(), mira.new_id()
    mira.write(win, WinNoted(text="Walked home"), at=START)
    mira.write(comment, CommentAdded(text="marrowglint", about=text_from_id(win)), at=START)
    mira.write(comment, CommentWithdrawn(), at=START)
    await site.deliver(mira)
    made = ProposalMade(what="goal", values=ProposedValues(title="Rest"))
    why = Reason(code="other", text="fenwright")
    await site.say(mira, proposal, replace(a_body(made), reason=why))
    await site.say(mira, proposal, a_body(ProposalWithdrawn()))
    async with members_api(site) as api:
        answer = await api.get(person_path(mira, "/timeline?limit=200"))

    assert "marrowglint" not in answer.text
    assert "fenwright" not in answer.text
    shown = {(each["subject"], each["type"]): each for each in answer.json()["entries"]}
    assert shown[text_from_id(comment), "comment_added"]["withdrawn"]
    reason = shown[text_from_id(proposal), "proposal_made"]["reason"]
    assert {"code": "other", "text": None} == reason


async def test_entry_tells_who_what_when_and_why(
    site: Site, mira: Writer, journey: Journey
) -> None:
    async with members_api(site) as api:
        answer = (await api.get(person_path(mira, "/timeline?limit=200"))).json()

    entries = {each["type"]: each for each in answer["entries"]}
    adjusted = entries["goal_target_adjusted"]
    assert "person" == adjusted["actor"]["id"]
    assert "Mira (Tuesdays)" == adjusted["actor"]["name"]
    assert "too-easy" == adjusted["reason"]["code"]
    assert "because it had become easy" in adjusted["sentence"]
    assert text_from_id(journey.goal) == adjusted["goal"]["id"]
    assert adjusted["times"]["received_at"] >= adjusted["times"]["effective_at"]
    withdrawn = [each for each in answer["entries"] if each["withdrawn"]]
    assert [None] * len(withdrawn) == [each["text"] for each in withdrawn]
    assert withdrawn
    assert any(each["comments"] for each in answer["entries"])


async def test_timeline_is_narrowed_by_goal_kind_and_arrival(
    site: Site, mira: Writer, journey: Journey
) -> None:
    goal = text_from_id(journey.goal)
    async with members_api(site) as api:
        path = person_path(mira, "/timeline?limit=200")
        whole = (await api.get(path)).json()["entries"]
        middle = whole[len(whole) // 2]["times"]["received_at"]
        of_goal = (await api.get(f"{path}&goal={goal}")).json()["entries"]
        wins = (await api.get(f"{path}&kind=win&kind=setback")).json()["entries"]
        late = (await api.get(f"{path}&since={middle}")).json()["entries"]

    assert [each for each in whole if each["goal"] and each["goal"]["id"] == goal] == of_goal
    assert {"win", "setback"} == {each["kind"] for each in wins}
    assert [each for each in whole if each["times"]["received_at"] > middle] == late
    assert 0 < len(late) < len(whole)


async def test_opening_it_is_shown_to_the_person(site: Site, mira: Writer) -> None:
    async with members_api(site) as api:
        await api.get(person_path(mira, "/timeline"))

    rows = await site.services.accounts.read(lambda rows: rows.access_entries(mira.space, 9))
    assert [Look.TIMELINE] == [row.page for row in rows]
