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
}
"""Groups whose name alone means one of their commands."""

COMMANDS: Final = (
    _command("goal add", "goals:add", "Write a goal down and begin with it."),
    _command("goal list", "looking:list_all", "Show your goals."),
    _command("goal show", "looking:show", "Show one goal with everything under it."),
    _command("goal reword", "goals:reword", "Say a goal in other words."),
    _command("goal due", "goals:due", "Choose another day to hope for."),
    _command("goal target", "goals:target", "Set or change what a goal is measured against."),
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
    _command("share", "noting:share", "Share a part of a reflection."),
    _command("win", "noting:win", "Note a win, however small."),
    _command("setback", "noting:setback", "Note something that was hard. Nothing resets."),
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
