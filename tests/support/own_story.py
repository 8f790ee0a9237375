"""A person's folder with some weeks in it, written by the real command line."""

from tests.support.processes import DeviceFolder, ServerProcess, connect

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
    _tell_more(device, goal)
    return _screens(goal, counted, entry)


def _screens(goal: str, counted: str, entry: str) -> dict[str, str]:
    """Return the address of every screen by its name."""
    return {
        "own-today": "/",
        "own-begin": "/begin",
        "own-goal": f"/goals/{goal}",
        "own-goal-counted": f"/goals/{counted}",
        "own-change": f"/goals/{goal}/change",
        "own-let-go": f"/goals/{goal}/let-go",
        "own-instead": f"/goals/{goal}/instead",
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
        "own-erase": f"/erase/{goal}",
        "own-erase-all": "/erase",
        "own-devices": "/devices",
        "own-join": "/devices/join",
        "own-recovery": "/recovery",
        "own-recover": "/recover",
        "own-lock": "/lock",
        "own-way": f"/goals/{goal}/way",
        "own-levels": f"/goals/{goal}/levels",
        "own-challenges": "/challenges",
        "own-vision": "/vision",
        "own-numbers": "/measures",
        "own-questionnaire": "/measures/phq-9",
        "own-agenda": "/agenda",
        "own-journey": "/journey",
        "own-loved-ones": "/supporters",
        "own-hidden": "/hidden",
        "own-nowhere": "/nowhere",
    }


def _tell_more(device: DeviceFolder, goal: str) -> None:
    """Write down what hangs under the screens that are seen first."""
    barrier = str(device.run("barrier", "add", "Tired after work", "--goal", goal)["id"])
    device.run("coping", "add", "Eat first", "--barrier", barrier, "--goal", goal)
    device.run("challenge", "add", "The evenings alone", "--effect", "I stop answering")
    device.run("vision", "write", "--feelings", "Calm in the morning")
    device.run("happened", "Panic", "7", "--at", "2 days ago")
    device.run("measure", "answer", "gad-7", *("1" for _ in range(8)), "--at", "5 days ago")
    levels = ("None", "One", "Two", "Three", "A whole week")
    device.run("scale", "set", goal, *levels)
    device.run("agenda", "add", "How to say no")


def share(device: DeviceFolder, server: ServerProcess, goal: str) -> dict[str, str]:
    """Let a therapist and a loved one in, and return the address of each screen about them.

    Args:
        device: A device that was told of.
        server: Where to.
        goal: Id of a goal to share.
    """
    connect(server, device)
    device.run("goal", "share", goal)
    device.run("supporter", "add", "Sam", "--relation", "my sister", "--yes")
    device.run("supporter", "send", "Sam", goal, "--with-why")
    device.run("sync")
    other = ("therapist", "add", "Dr Lindqvist", "--email", "lindqvist@example.org")
    server.attempt(*other)
    device.run("private-copy", "on")
    device.run("device", "invite")
    code = server.admin("invite", "--therapist", "lindqvist@example.org", "--confirmed")["code"]
    device.attempt("connect", server.url, code)
    grants = device.run("sharing", "list")
    (supporter,) = device.run("supporter", "list")["supporters"]
    (waiting,) = grants["waiting"]
    grant = next(each["grant"] for each in grants["grants"] if each["role"] == "therapist")
    return {
        "own-shared-goal": f"/goals/{goal}",
        "own-shared-with": "/sharing",
        "own-seen-as": f"/sharing/{grant}",
        "own-who-looked": "/sharing/looked",
        "own-waiting": f"/sharing/waiting/{waiting['member']}",
        "own-loved-one": f"/supporters/{supporter['member']}",
        "own-agenda-shared": "/agenda",
        "own-devices-connected": "/devices",
        "own-device": f"/devices/{device.run('device', 'list')['devices'][0]['id']}",
        "own-invite": "/devices/invite",
        "own-recovery-connected": "/recovery",
        "own-erase-all-connected": "/erase",
    }
