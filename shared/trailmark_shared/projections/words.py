"""Words for what happens and for what it happens to: the tables that sentences are made of.

They never blame and never count what was not done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.domain.proposals import Acceptance

VERBS: Final[Mapping[str, str]] = {
    "goal_drafted": "wrote down a goal",
    "goal_accepted": "took the goal on",
    "goal_activated": "began to work on the goal",
    "goal_resumed": "took the goal up again",
    "goal_reopened": "took the goal up again after it was reached",
    "goal_cancelled": "let the goal go",
    "goal_replaced": "put another goal in its place",
    "goal_entered_in_error": "marked the goal as entered by mistake",
    "goal_shared": "shared the goal",
    "goal_withdrawn": "stopped sharing the goal",
    "goal_moved": "moved the goal to where it is shared",
    "goal_kept": "kept the goal private again",
    "step_added": "added a step",
    "step_reached": "reached a step",
    "step_unreached": "opened a step again",
    "step_dropped": "let a step go",
    "step_withdrawn": "stopped sharing a step",
    "measure_amended": "set right how a questionnaire was answered",
    "scale_set": "wrote down what five levels of a goal look like",
    "scale_changed": "changed what five levels of a goal look like",
    "occurrence_corrected": "set right what was noted about something that happened",
    "reflection_written": "wrote a reflection",
    "reflection_revised": "revised a reflection",
    "excerpt_shared": "shared a part of a reflection",
    "excerpt_withdrawn": "stopped sharing a part of a reflection",
    "win_noted": "noted a win",
    "win_withdrawn": "stopped sharing a win",
    "setback_noted": "noted a hard moment",
    "comment_added": "commented",
    "comment_withdrawn": "took a comment back",
    "encouragement_sent": "encouraged",
    "supporter_described": "noted what a supporter is to them",
    "proposal_withdrawn": "took a proposal back",
    "excerpt_linked": "noted where a shared part came from",
    "sharing_wished": "wished to share it",
    "sharing_wish_settled": "settled a wish to share",
    "insight_noted": "noted an insight",
    "barrier_identified": "named what stands in the way",
    "barrier_resolved": "got something out of the way",
    "barrier_returned": "met something in the way again",
    "barrier_met": "noted what stood in the way in a hard moment",
    "coping_added": "put something that may help into the toolbox",
    "coping_used": "tried something from the toolbox",
    "support_person_named": "named somebody who can help",
    "resource_added": "noted something to come back to",
    "self_care_planned": "planned something that does good",
    "self_care_done": "did something that does good",
    "habit_chosen": "chose a new habit in place of an old one",
    "habit_practised": "chose the new habit",
    "reward_planned": "planned a reward",
    "reward_given": "gave themself a reward",
    "celebration_held": "celebrated",
    "vision_written": "wrote down what life should be like",
    "vision_goal_drawn": "turned an answer into a goal",
    "maintenance_planned": "wrote down how to keep it up",
    "therapy_ended": "brought therapy to its end",
    "challenge_described": "described what is hard now",
    "challenge_addressed": "linked a goal with what it is about",
    "goal_placed": "put a goal under another",
    "goal_looked_back_on": "looked back on a goal",
    "attention_wanted": "marked something to look at again",
    "attention_given": "looked at it again",
    "support_requested": "asked for support",
    "support_received": "got the support",
    "expectation_written": "wrote down an expectation",
    "intervention_planned": "planned what is tried",
    "intervention_ended": "took something tried off the plan",
    "agenda_item_added": "put something on the agenda",
    "agenda_item_closed": "closed something on the agenda",
    "review_scheduled": "chose a day for a review",
    "review_held": "held a review",
    "contact_given": "gave a contact card",
    "entry_taken_back": "took an entry back",
    "entry_put_back": "put an entry back",
    "subject_erased": "erased an entry for good",
    "space_erased": "erased everything",
    "device_added": "let a device in",
    "device_renamed": "renamed a device",
    "device_removed": "removed a device",
    "vault_key_wrapped": "passed on a key",
    "recovery_code_made": "made a recovery code",
}
"""Types that one phrase says."""

SENT_VERBS: Final[Mapping[str, str]] = {
    "goal_shared": "sent a goal",
    "goal_withdrawn": "took a goal back",
    "step_added": "sent a step",
    "step_withdrawn": "took a step back",
    "excerpt_shared": "sent a part of a reflection",
    "excerpt_withdrawn": "took a part of a reflection back",
    "win_noted": "sent a win",
    "win_withdrawn": "took a win back",
}
"""What the same types mean in a supporter's lane, where all that the person writes is a copy."""

NOUNS: Final[Mapping[str, str]] = {
    "title": "the wording",
    "why": "why it matters",
    "area": "the area of life",
    "limits": "what limits it",
    "target": "the target",
    "baseline_tenths": "the starting point",
    "due": "the date",
    "priority": "the priority",
    "rank": "the place in the list",
    "lifecycle": "the status",
    "achievement": "how it goes",
    "replaced_by": "the goal that took its place",
    "status": "the status",
    "importance": "how much it means",
    "urgency": "how soon it is needed",
    "impact": "how much it would change",
    "outcome": "what came of it",
    "text": "the words",
    "said": "the words",
    "note": "the note",
    "value_tenths": "the number",
    "mood_tenths": "the mood",
    "intensity_tenths": "how strong it was",
    "answers": "the answers",
    "score": "the sum",
    "levels": "the five levels",
    "weight": "how much it counts",
    "day": "the day",
    "answer": "the answer",
    "feelings": "the feelings",
    "tags": "the tags",
}
"""Field to what people call it."""

ACCEPTANCE_PHRASES: Final[Mapping[Acceptance, str]] = {
    "agree": "agreed with the goal as it stands",
    "disagree": "did not agree with the goal as it stands",
    "pending": "asked for time to think about the goal as it stands",
}
"""What a side says to a goal."""

ANSWER_PHRASES: Final[Mapping[Acceptance, str]] = {
    "agree": "agreed with {what}",
    "disagree": "did not agree with {what}",
    "pending": "asked for time to think about {what}",
}
"""What a side says to what both write down together."""

ANSWERED: Final[Mapping[str, str]] = {
    "expectation_answered": "an expectation",
    "intervention_answered": "what is planned to be tried",
    "review_answered": "how a review is told",
}
"""What such an answer is about, by type."""

MOVE_PHRASES: Final[Mapping[str, Mapping[str, str]]] = {
    "lifecycle": {
        "active": "work on the goal",
        "on-hold": "let the goal rest",
        "completed": "call the goal reached",
        "cancelled": "let the goal go",
    },
    "status": {
        "open": "open a step again",
        "reached": "mark a step as reached",
        "dropped": "let a step go",
    },
}
"""What a proposed status means to do, by field and status."""

WRITTEN: Final = frozenset({"title", "why", "area", "limits", "text", "note"})
"""Fields that hold a person's own words."""
