"""A person's folder with some weeks in it, written by the real command line."""

from tests.support.processes import DeviceFolder

PART = "It was the talk with my sister."


def tell(device: DeviceFolder) -> dict[str, str]:
    """Write some weeks down and return the address of every screen by its name."""
    goal = str(
        device.run(
            "goal",
            "add",
            "Two evenings a week with friends",
            *("--why", "I feel alive with them"),
            *("--target", "reach 7", "--baseline", "2", "--due", "in 6 weeks"),
        )["id"]
    )
    device.run("step", "add", goal, "Call Jonas", "--due", "tomorrow")
    reached = str(device.run("step", "add", goal, "Answer one message")["id"])
    device.run("step", "reach", reached)
    for value, days in ((2, 28), (3, 24), (3, 20), (5, 12), (4, 7), (6, 3)):
        device.run("check-in", goal, str(value), "--at", f"{days} days ago")
    device.run("goal", "target", goal, "reach 8", "--reason", "new-insight")
    counted = str(
        device.run("goal", "add", "Sleep before midnight", "--target", "at-least 4 per week")["id"]
    )
    for days in range(1, 14, 2):
        device.run("check-in", counted, "1", "--at", f"{days} days ago")
    device.run("win", "Said no to extra work", "--goal", goal)
    device.run("setback", "Stayed at home", "--helped", "A walk", "--goal", goal)
    text = f"Could not sleep, wrote instead.\n\n{PART} Writing it down helped."
    about = ("--mood", "4", "--tag", "sleep", "--feeling", "sad")
    entry = str(device.run("reflect", text, *about)["id"])
    device.run("reflect", "The walk along the river was good.", "--at", "20 days ago")
    device.run("coping", "add", "Walk once around the block")
    device.run("support", "add", "Jonas", "--relation", "friend")
    return {
        "own-today": "/",
        "own-begin": "/begin",
        "own-goal": f"/goals/{goal}",
        "own-goal-counted": f"/goals/{counted}",
        "own-change": f"/goals/{goal}/change",
        "own-check-in": f"/goals/{goal}/check-in",
        "own-win": "/win",
        "own-hard-day": "/hard",
        "own-journal": "/journal",
        "own-entry": f"/journal/{entry}",
        "own-look-back": "/back",
        "own-sharing": "/sharing",
        "own-connect": "/sharing/connect",
        "own-help": "/help",
        "own-suggestions": "/suggestions",
        "own-state": "/state",
        "own-hidden": "/hidden",
        "own-nowhere": "/nowhere",
    }
