"""A person who has written something of every kind, so that a test can look where it goes."""

from typing import NamedTuple

from tests.support.person import Person
from trailmark_client.commands import (
    cards,
    check_ins,
    goals,
    measures,
    notes,
    reflections,
    sharing,
    steps,
)
from trailmark_shared.domain.shipped_instruments import GAD_7
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.coping import CopingAdded, CopingUsed
from trailmark_shared.events.measures import AttainmentRated, OccurrenceRecorded, ScaleSet
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.proposals import ProposalDeclined, ProposalMade, ProposedValues
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.events.steps import StepAdded
from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.ids import care_lane, circle_lane, text_from_id

CARE = care_lane(bytes(15) + b"\x09")
CIRCLE = circle_lane(bytes(15) + b"\x0b")


class Things(NamedTuple):
    """What was written, by id."""

    private: str
    shared: str
    step: str
    check_in: str
    occurrence: str
    measure: str
    scale: str
    reflection: str
    win: str
    setback: str
    excerpt: str
    comment: str
    encouragement: str
    proposal: str


def write_everything(person: Person, words: str) -> Things:
    """Write one of everything, every text with ``words`` in it; a therapist is let in."""
    person.let_in()
    private = person.goal(f"private {words}", why=f"why {words}")
    shared = person.goal(f"shared {words}", target=parse_target("at-least 2 walks per week"))
    step = StepAdded(goal=text_from_id(shared), text=f"step {words}", due="2025-11-01")
    stepped = person.write(lambda c, r: steps.add_step(c, r, step, r.now())).subject
    person.write(lambda c, r: sharing.share_goal(c, r, shared, r.now()))
    renamed = goals.Words(title=f"renamed {words}")
    why = Reason(code="new-insight", text=f"reason {words}")
    person.write(lambda c, r: goals.reword_goal(c, r, shared, renamed, why))
    return Things(
        private=text_from_id(private),
        shared=text_from_id(shared),
        step=text_from_id(stepped),
        **_entries(person, shared, words),
        **_measures(person, shared, words),
        **_answers(person, shared, stepped, words),
    )


def _entries(person: Person, goal: bytes, words: str) -> dict[str, str]:
    of = text_from_id(goal)
    said = check_ins.CheckIn(value_tenths=65, measure="value", note=f"note {words}")
    checked = person.write(lambda c, r: check_ins.check_in(c, r, goal, said, r.now()))
    reflection = ReflectionWritten(
        text=f"long {words} and the end",
        title=f"heading {words}",
        feelings=("hopeful", "tired"),
        mood_tenths=70,
        goal=of,
    )
    reflected = person.write(lambda c, r: reflections.reflect(c, r, reflection, r.now()))
    part = f"{words} and"
    shared = person.write(
        lambda c, r: reflections.share_excerpt(c, r, reflected.subject, part, r.now())
    )
    won = WinNoted(text=f"won {words}", goal=of)
    win = person.write(lambda c, r: notes.note(c, r, won, r.now()))
    fell = SetbackNoted(text=f"fell {words}", helped=f"helped {words}")
    setback = person.write(lambda c, r: notes.note(c, r, fell, r.now()))
    helps = CopingAdded(then=f"then {words}", when=f"when {words}", goal=of)
    card = person.write(lambda c, r: cards.write_card(c, r, helps, r.now())).subject
    used = CopingUsed(helped=3, note=f"tried {words}")
    person.write(lambda c, r: cards.log_card(c, r, card, used, r.now()))
    return {
        "check_in": text_from_id(checked.subject),
        "reflection": text_from_id(reflected.subject),
        "excerpt": text_from_id(shared.subject),
        "win": text_from_id(win.subject),
        "setback": text_from_id(setback.subject),
    }


def _measures(person: Person, goal: bytes, words: str) -> dict[str, str]:
    of = text_from_id(goal)
    once = OccurrenceRecorded(
        what=f"what {words}", intensity_tenths=60, goal=of, note=f"noted {words}"
    )
    happened = person.write(lambda c, r: measures.record_occurrence(c, r, once, r.now()))
    answers = [1, 0, 2, 1, 0, 0, 1, None]
    answered = person.write(lambda c, r: measures.answer_measure(c, r, GAD_7, answers, r.now()))
    levels = tuple(f"level {n} {words}" for n in range(5))
    scale = person.write(
        lambda c, r: measures.set_scale(c, r, goal, ScaleSet(goal=of, levels=levels), r.now())
    )
    rated = AttainmentRated(level=1, note=f"rated {words}")
    person.write(lambda c, r: measures.rate_attainment(c, r, goal, rated, r.now()))
    return {
        "occurrence": text_from_id(happened.subject),
        "measure": text_from_id(answered.subject),
        "scale": text_from_id(scale.subject),
    }


def _answers(person: Person, goal: bytes, step: bytes, words: str) -> dict[str, str]:
    """Write what others would answer, here and in the person's name."""
    recorder = person.app.recorder
    comment, encouragement, proposal = (recorder.new_subject() for _ in range(3))
    of = text_from_id(goal)
    commented = CommentAdded(text=f"comment {words}", about=text_from_id(step), goal=of)
    person.write(lambda c, r: r.record(c, CARE, comment, commented))
    sent = EncouragementSent(text=f"courage {words}", about=of)
    person.write(lambda c, r: r.record(c, CIRCLE, encouragement, sent, cause=goal))
    made = ProposalMade(
        what="goal_change", goal=of, values=ProposedValues(title=f"proposed {words}")
    )
    because = Reason(code="other", text=f"because {words}")
    event = person.write(lambda c, r: r.record(c, CARE, proposal, made, reason=because))
    no, rather_not = ProposalDeclined(), Reason(code="other", text=f"declined {words}")
    person.write(lambda c, r: r.record(c, CARE, proposal, no, reason=rather_not, cause=event.id))
    return {
        "comment": text_from_id(comment),
        "encouragement": text_from_id(encouragement),
        "proposal": text_from_id(proposal),
    }
