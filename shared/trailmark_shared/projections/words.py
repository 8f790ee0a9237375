"""Words for what happens and for what it happens to: the tables that sentences are made of.

They never blame and never count what was not done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.words import Texts, marked

VERBS: Final[Mapping[str, str]] = Texts(
    {
        "goal_drafted": marked("wrote down a goal"),
        "goal_accepted": marked("took the goal on"),
        "goal_activated": marked("began to work on the goal"),
        "goal_resumed": marked("took the goal up again"),
        "goal_reopened": marked("took the goal up again after it was reached"),
        "goal_cancelled": marked("let the goal go"),
        "goal_replaced": marked("put another goal in its place"),
        "goal_entered_in_error": marked("marked the goal as entered by mistake"),
        "goal_shared": marked("shared the goal"),
        "goal_withdrawn": marked("stopped sharing the goal"),
        "goal_moved": marked("moved the goal to where it is shared"),
        "goal_kept": marked("kept the goal private again"),
        "step_added": marked("added a step"),
        "step_reached": marked("reached a step"),
        "step_unreached": marked("opened a step again"),
        "step_dropped": marked("let a step go"),
        "step_withdrawn": marked("stopped sharing a step"),
        "measure_amended": marked("set right how a questionnaire was answered"),
        "scale_set": marked("wrote down what five levels of a goal look like"),
        "scale_changed": marked("changed what five levels of a goal look like"),
        "occurrence_corrected": marked("set right what was noted about something that happened"),
        "reflection_written": marked("wrote a reflection"),
        "reflection_revised": marked("revised a reflection"),
        "excerpt_shared": marked("shared a part of a reflection"),
        "excerpt_withdrawn": marked("stopped sharing a part of a reflection"),
        "win_noted": marked("noted a win"),
        "win_withdrawn": marked("stopped sharing a win"),
        "setback_noted": marked("noted a hard moment"),
        "comment_added": marked("commented"),
        "comment_withdrawn": marked("took a comment back"),
        "encouragement_sent": marked("encouraged"),
        "supporter_described": marked("noted what a supporter is to them"),
        "proposal_withdrawn": marked("took a proposal back"),
        "excerpt_linked": marked("noted where a shared part came from"),
        "sharing_wished": marked("wished to share it"),
        "sharing_wish_settled": marked("settled a wish to share"),
        "insight_noted": marked("noted an insight"),
        "barrier_identified": marked("named what stands in the way"),
        "barrier_resolved": marked("got something out of the way"),
        "barrier_returned": marked("met something in the way again"),
        "barrier_met": marked("noted what stood in the way in a hard moment"),
        "coping_added": marked("put something that may help into the toolbox"),
        "coping_used": marked("tried something from the toolbox"),
        "support_person_named": marked("named somebody who can help"),
        "resource_added": marked("noted something to come back to"),
        "self_care_planned": marked("planned something that does good"),
        "self_care_done": marked("did something that does good"),
        "habit_chosen": marked("chose a new habit in place of an old one"),
        "habit_practised": marked("chose the new habit"),
        "reward_planned": marked("planned a reward"),
        "reward_given": marked("received the reward that was promised"),
        "celebration_held": marked("celebrated"),
        "vision_written": marked("wrote down what life should be like"),
        "vision_goal_drawn": marked("turned an answer into a goal"),
        "maintenance_planned": marked("wrote down how to keep it up"),
        "therapy_ended": marked("brought therapy to its end"),
        "challenge_described": marked("described what is hard now"),
        "challenge_addressed": marked("linked a goal with what it is about"),
        "goal_placed": marked("put a goal under another"),
        "goal_looked_back_on": marked("looked back on a goal"),
        "attention_wanted": marked("marked something to look at again"),
        "attention_given": marked("looked at it again"),
        "support_requested": marked("asked for support"),
        "support_received": marked("got the support"),
        "support_request_withdrawn": marked("took a request for support back"),
        "expectation_written": marked("wrote down an expectation"),
        "intervention_planned": marked("planned what is tried"),
        "intervention_ended": marked("took something tried off the plan"),
        "agenda_item_added": marked("put something on the agenda"),
        "agenda_item_closed": marked("closed something on the agenda"),
        "review_scheduled": marked("chose a day for a review"),
        "review_held": marked("held a review"),
        "contact_given": marked("gave a contact card"),
        "entry_taken_back": marked("took an entry back"),
        "entry_put_back": marked("put an entry back"),
        "subject_erased": marked("erased an entry for good"),
        "statement_made": marked("said something about devices"),
    }
)
"""Types that one phrase says."""

SENT_VERBS: Final[Mapping[str, str]] = Texts(
    {
        "goal_shared": marked("sent a goal"),
        "goal_withdrawn": marked("took a goal back"),
        "step_added": marked("sent a step"),
        "step_withdrawn": marked("took a step back"),
        "excerpt_shared": marked("sent a part of a reflection"),
        "excerpt_withdrawn": marked("took a part of a reflection back"),
        "win_noted": marked("sent a win"),
        "win_withdrawn": marked("took a win back"),
        "support_requested": marked("sent a request for support"),
        "support_request_withdrawn": marked("took a request for support back"),
    }
)
"""What the same types mean in a supporter's lane, where all that the person writes is a copy."""

NOUNS: Final[Mapping[str, str]] = Texts(
    {
        "title": marked("the wording"),
        "why": marked("why it matters"),
        "area": marked("the area of life"),
        "limits": marked("what limits it"),
        "target": marked("the target"),
        "baseline_tenths": marked("the starting point"),
        "due": marked("the date"),
        "priority": marked("the priority"),
        "rank": marked("the place in the list"),
        "lifecycle": marked("the status"),
        "achievement": marked("how it goes"),
        "replaced_by": marked("the goal that took its place"),
        "status": marked("the status"),
        "importance": marked("how much it means"),
        "urgency": marked("how soon it is needed"),
        "impact": marked("how much it would change"),
        "outcome": marked("what came of it"),
        "text": marked("the words"),
        "said": marked("the words"),
        "note": marked("the note"),
        "value_tenths": marked("the number"),
        "mood_tenths": marked("the mood"),
        "intensity_tenths": marked("how strong it was"),
        "answers": marked("the answers"),
        "score": marked("the sum"),
        "levels": marked("the five levels"),
        "weight": marked("how much it counts"),
        "day": marked("the day"),
        "answer": marked("the answer"),
        "feelings": marked("the feelings"),
        "tags": marked("the tags"),
    }
)
"""Field to what people call it."""

ACCEPTANCE_PHRASES: Final[Mapping[Acceptance, str]] = Texts(
    {
        "agree": marked("agreed with the goal as it stands"),
        "disagree": marked("did not agree with the goal as it stands"),
        "pending": marked("asked for time to think about the goal as it stands"),
    }
)
"""What a side says to a goal."""

ANSWER_PHRASES: Final[Mapping[Acceptance, str]] = {
    "agree": "agreed with {what}",
    "disagree": "did not agree with {what}",
    "pending": "asked for time to think about {what}",
}
"""What a side says to what both write down together."""

ANSWERED: Final[Mapping[str, str]] = Texts(
    {
        "expectation_answered": marked("an expectation"),
        "intervention_answered": marked("what is planned to be tried"),
        "review_answered": marked("how a review is told"),
    }
)
"""What such an answer is about, by type."""

MOVE_PHRASES: Final[Mapping[str, Mapping[str, str]]] = {
    "lifecycle": Texts(
        {
            "active": marked("to work on the goal"),
            "on-hold": marked("to let the goal rest"),
            "completed": marked("to call the goal reached"),
            "cancelled": marked("to let the goal go"),
        }
    ),
    "status": Texts(
        {
            "open": marked("to open a step again"),
            "reached": marked("to mark a step as reached"),
            "dropped": marked("to let a step go"),
        }
    ),
}
"""What a proposed status means to do, by field and status."""

PER_PERIOD: Final[Mapping[str, str]] = Texts(
    {
        "day": marked("{amount} per day"),
        "week": marked("{amount} per week"),
        "month": marked("{amount} per month"),
    }
)
"""An amount that counts in each period."""

TAKING_BACK: Final = frozenset(
    {
        *("goal_withdrawn", "step_withdrawn", "excerpt_withdrawn", "win_withdrawn"),
        "support_request_withdrawn",
    }
)
"""Types that take back from a supporter what was sent to them."""

DAYS: Final = frozenset(
    {
        "due",
        "until",
        "resting_until",
        "reached_on",
        "happened_on",
        "written_on",
        "day",
        "on",
        "next",
    }
)
"""Fields that hold a local date."""

WRITTEN: Final = frozenset({"title", "why", "area", "limits", "text", "note"})
"""Fields that hold a person's own words."""
