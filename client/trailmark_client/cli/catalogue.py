"""Every command of ``trailmark``: its words, where its function lives, what it is for.

Functions are named as text, so that a command loads its own module only. ``docs/cli.md`` is written
from this list, from the functions' signatures and from the structs that they answer with.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Command(NamedTuple):
    """One command.

    Attributes:
        words: What is typed behind ``trailmark``.
        function: Where it lives, ``module:name``.
        purpose: One sentence.
    """

    words: tuple[str, ...]
    function: str
    purpose: str


_CLI: Final = "trailmark_client.cli"


def _command(words: str, function: str, purpose: str) -> Command:
    return Command(tuple(words.split()), f"{_CLI}.{function}", purpose)


GROUPS: Final = {
    "goal": "What you would like to be different: write it down, change it, share it.",
    "step": "What can be done next for a goal.",
    "measure": "Questionnaires: your answers and their sum; alone it means its list.",
    "scale": "Five levels of a goal in your words; alone it shows where each stands.",
    "proposal": "What your therapist suggests; alone it means its list.",
    "journal": "Your reflections; alone it means its list.",
    "insight": "Patterns that you recognised; alone it means its list.",
    "vision": "What you would like your life to be; alone it shows it.",
    "barrier": "What stands in the way; alone it means its list.",
    "coping": "Your toolbox of what helps; alone it means its list.",
    "support": "People who can help; nobody is told. Alone it means its list.",
    "resource": "What to read, hear, watch or go to; alone it means its list.",
    "self-care": "What does you good; alone it means its list.",
    "habit": "Habits that give way to others; alone it means its list.",
    "reward": "What you promise yourself; alone it means its list.",
    "celebration": "What you celebrated; alone it means its list.",
    "afterwards": "How you keep it up after therapy; alone it shows it.",
    "therapy": "The end of therapy.",
    "device": "Your own devices.",
    "recovery": "The way back when all your devices are lost; alone it means its status.",
    "sharing": "Who is let in; alone it means its list.",
    "hand-over": "A colleague whom your therapist proposes; alone it means its list.",
    "supporter": "Loved ones, to whom you send single things; alone it means its list.",
    "access": "Who looked at what you share.",
    "set-aside": "Entries that the server did not take; your words are still here.",
}
"""Words that stand before other words."""

ALONE: Final = {
    "measure": "list",
    "scale": "show",
    "proposal": "list",
    "sharing": "list",
    "hand-over": "list",
    "supporter": "list",
    "access": "log",
    "recovery": "status",
    "journal": "list",
    "insight": "list",
    "vision": "show",
    "barrier": "list",
    "coping": "list",
    "support": "list",
    "resource": "list",
    "self-care": "list",
    "habit": "list",
    "reward": "list",
    "celebration": "list",
    "afterwards": "show",
}
"""Groups whose name alone means one of their commands."""

COMMANDS: Final = (
    _command("goal add", "goals:add", "Write a goal down and begin with it."),
    _command("goal list", "looking:list_all", "Show your goals."),
    _command("goal show", "looking:show", "Show one goal with everything under it."),
    _command("goal reword", "goals:reword", "Say a goal in other words."),
    _command("goal due", "goals:due", "Choose another day to hope for."),
    _command("goal target", "goals:target", "Set or change what a goal is measured against."),
    _command("goal priority", "ordering:priority", "Say how much a goal matters now."),
    _command("goal replace", "ordering:replace", "Put a new goal in the place of another."),
    _command("goal guide", "ordering:guide", "Show what could make a goal clearer."),
    _command("goal progress", "progressing:progress", "Show how a goal goes against its target."),
    _command("goal pause", "goals:pause", "Let a goal rest for a while."),
    _command("goal resume", "goals:resume", "Take a resting or reached goal up again."),
    _command("goal achieve", "goals:achieve", "Say that a goal is reached."),
    _command("goal let-go", "goals:let_go", "Let a goal go; nothing of it is lost."),
    _command("goal share", "goals:share", "Share a goal with those you let in."),
    _command("goal withdraw", "goals:withdraw", "Take a shared goal back."),
    _command("goal keep", "goals:keep", "Settle a field that two devices changed apart."),
    _command("goal agree", "goals:agree", "Say whether you agree with a goal as it stands."),
    _command("step add", "noting:add_step", "Add a step to a goal."),
    _command("step reach", "noting:reach_step", "Mark a step as reached."),
    _command("proposal list", "proposals:list_all", "Show what waits for your answer."),
    _command("proposal show", "proposals:show", "Show a proposal beside what stands there now."),
    _command("proposal accept", "proposals:accept", "Accept a proposal, as it is or changed."),
    _command("proposal decline", "proposals:decline", "Decline a proposal, without a reason."),
    _command("check-in", "noting:check_in", "Check in on a goal with a number."),
    _command("happened", "occurring:happened", "Note that something happened: NAME, and 0 to 10."),
    _command("happenings", "occurring:list_all", "Show what happened, how often, how strongly."),
    _command("happened-fix", "occurring:fix", "Set right what you noted about what happened."),
    _command("measure list", "measuring:list_all", "Show which questionnaires can be answered."),
    _command("measure show", "measuring:show", "Show the words of a questionnaire."),
    _command("measure answer", "measuring:answer", "Answer a questionnaire; only you see it."),
    _command("measure fix", "measuring:fix", "Set right how you answered a questionnaire."),
    _command("measure results", "measuring:results", "Show your answers and their sums."),
    _command("measure add", "measuring:add", "Add a questionnaire from a file."),
    _command("scale set", "scaling:set_levels", "Write down five levels of a goal."),
    _command("scale rate", "scaling:rate", "Say which level describes how it is."),
    _command("scale show", "scaling:show", "Show where goals stand on their levels."),
    _command("reflect", "noting:reflect", "Write a reflection: private, always."),
    _command("share", "excerpts:share", "Share a part of a reflection."),
    _command("win", "noting:win", "Note a win, however small."),
    _command("setback", "noting:setback", "Note something that was hard. Nothing resets."),
    _command("undo", "undoing:undo", "Take an entry back that was a mistake."),
    _command("put-back", "undoing:put_back", "Put back what was taken back."),
    _command("journal list", "journal:list_entries", "Read your journal."),
    _command("journal revise", "journal:revise", "Change a reflection."),
    _command("journal tag", "journal:add_tags", "Add tags or feelings to a reflection."),
    _command("journal patterns", "journal:show_patterns", "Show what you named together."),
    _command("look-back", "journal:show_look_back", "See where you began, and this day before."),
    _command("search", "journal:search", "Look for words in everything on this device."),
    _command("insight add", "journal:note_insight", "Note a pattern that you recognised."),
    _command("insight list", "journal:list_insights", "Show what you recognised."),
    _command("insight revise", "journal:revise_insight", "Say an insight in other words."),
    _command("vision write", "vision:write", "Write down what you would like your life to be."),
    _command("vision show", "vision:show", "Show it, and which goals came out of it."),
    _command("vision goal", "vision:draw_goal", "Turn an answer into a goal."),
    _command("barrier add", "coping:add_barrier", "Name something that stands in the way."),
    _command("barrier list", "coping:list_barriers", "Show what stands in the way."),
    _command("barrier revise", "coping:revise_barrier", "Say a barrier in other words."),
    _command("barrier resolve", "coping:resolve_barrier", "Say that it is out of the way."),
    _command("barrier return", "coping:return_barrier", "Say that it is there again."),
    _command("coping add", "coping:add_coping", "Put something that may help into the toolbox."),
    _command("coping list", "coping:list_coping", "Show your toolbox, and what helped."),
    _command("coping revise", "coping:revise_coping", "Say a strategy in other words."),
    _command("coping use", "coping:use_coping", "Note that you tried it, and how it helped."),
    _command("support add", "support:name_person", "Name somebody who can help."),
    _command("support list", "support:list_people", "Show who can help, and how."),
    _command("support revise", "support:revise_person", "Change what stands here about them."),
    _command("resource add", "support:add_resource", "Note something to come back to."),
    _command("resource list", "support:list_resources", "Show what you noted to come back to."),
    _command("resource revise", "support:revise_resource", "Change what stands here about it."),
    _command("self-care plan", "living:plan_self_care", "Plan something that does you good."),
    _command("self-care done", "living:do_self_care", "Note that you did it."),
    _command("self-care list", "living:list_self_care", "Show what does you good."),
    _command("self-care revise", "living:revise_self_care", "Change what is planned."),
    _command("habit choose", "living:choose_habit", "Choose a new habit in place of an old one."),
    _command("habit done", "living:practise_habit", "Note that you chose the new one."),
    _command("habit list", "living:list_habits", "Show which habits give way to which."),
    _command("habit revise", "living:revise_habit", "Say a habit in other words."),
    _command("reward plan", "living:plan_reward", "Promise yourself something."),
    _command("reward give", "living:give_reward", "Note that you gave it to yourself."),
    _command("reward list", "living:list_rewards", "Show what you promised yourself."),
    _command("reward revise", "living:revise_reward", "Say a reward in other words."),
    _command("celebration hold", "living:celebrate", "Celebrate something, however small."),
    _command("celebration list", "living:list_celebrations", "Show what you celebrated."),
    _command("celebration revise", "living:revise_celebration", "Say it in other words."),
    _command("afterwards write", "vision:write_maintenance", "Write how you keep it up."),
    _command("afterwards show", "vision:show_maintenance", "Show how you keep it up."),
    _command("reminder", "reminders:write", "Write a reminder for your own calendar."),
    _command("therapy end", "vision:end", "End therapy; everything stays with you."),
    _command("timeline", "looking:show_timeline", "Show what happened, day by day."),
    _command("history", "looking:show_history", "Show how a goal became what it is."),
    _command("audit", "auditing:audit", "Answer who changed a goal, how, why, and who saw it."),
    _command("verify", "verifying:verify", "Check that nothing was altered since it was written."),
    _command("status", "checking:status", "Show what is saved, what is sent, what waits."),
    _command("log", "checking:log", "Show the raw events."),
    _command("connect", "connecting:connect", "Let a therapist in, with the code they gave you."),
    _command("sharing list", "sharing:list_all", "Show who is let in, and what they can see."),
    _command("sharing show", "showing:show", "Show what you agreed to, and all that they see."),
    _command("sharing extend", "terms:extend", "Choose another last day for somebody."),
    _command("sharing narrow", "terms:narrow", "Share less with somebody from now on."),
    _command("sharing widen", "terms:widen", "Share more with somebody from now on."),
    _command("sharing stop", "sharing:stop", "Stop sharing with somebody, without a reason."),
    _command("hand-over list", "hand_overs:list_all", "Show which colleague is proposed to you."),
    _command("hand-over accept", "hand_overs:accept", "Let the colleague in, thing by thing."),
    _command("hand-over decline", "hand_overs:decline", "Let it go, without a reason."),
    _command("supporter add", "supporters:add", "Let a loved one in, with a link of their own."),
    _command(
        "supporter list", "supporters:list_all", "Show what each can see, and what came back."
    ),
    _command("supporter describe", "supporters:describe", "Note what a supporter is to you."),
    _command("supporter link", "supporters:link", "Make a new link; the one before stops."),
    _command("supporter send", "sending:send", "Send one thing, exactly as it is shown to you."),
    _command("supporter take-back", "sending:take_back", "Take back one thing that you sent."),
    _command("supporter stop", "supporters:stop", "Stop sharing with a supporter."),
    _command("access log", "access:show_log", "Show who opened what you share, and when."),
    _command("export", "exporting:export_all", "Write a copy of everything into a file."),
    _command("export-lane", "lane_exporting:export", "Write one lane with all that proves it."),
    _command("backup", "backing_up:backup", "Write everything into one sealed file."),
    _command("restore", "backing_up:restore", "Get everything back out of such a file."),
    _command("erase", "erasing:erase_entry", "Erase an entry, or everything, for good."),
    _command("sync", "connecting:sync", "Send what waits and fetch what is new."),
    _command("private-copy", "private_copy:choose", "Keep a sealed copy on the server, or not."),
    _command("device invite", "device_joining:invite", "Let another device of yours in."),
    _command("device confirm", "device_joining:confirm", "Say yes or no to a device that waits."),
    _command("device join", "device_joining:join", "Make this a device of yours, with that code."),
    _command("device list", "devices:list_all", "Show your devices."),
    _command("device rename", "devices:rename", "Give a device of yours another name."),
    _command("device remove", "devices:remove", "Sign a device out for ever, and change the keys."),
    _command("device rotate-keys", "devices:rotate_keys", "Seal with a fresh key from now on."),
    _command("recovery new", "recovery:new", "Make a recovery code, in case all devices are lost."),
    _command("recovery status", "recovery:status", "Show whether there is a recovery code."),
    _command("recover", "recovery:recover", "Get everything back with your recovery code."),
    _command("set-aside list", "aside:list_all", "Show entries that the server did not take."),
    _command("set-aside retry", "aside:retry", "Offer such an entry to the server again."),
)
"""All commands, in the order in which they are shown."""
