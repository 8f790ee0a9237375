"""A device that records and says so: the process whose power is cut.

Run as ``python device.py HOME COUNT``; prints ``saved <id>`` for every event once it is saved.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from trailmark_client.app import App, open_app
from trailmark_client.commands.goals import add_goal
from trailmark_client.commands.reflections import reflect
from trailmark_shared.events.goals import GoalDrafted
from trailmark_shared.events.reflections import ReflectionWritten


def record(app: App, number: int) -> Sequence[bytes]:
    """Record one goal or reflection and return the ids of its events."""
    when = app.recorder.now()
    if number % 3:
        said = ReflectionWritten(text=f"Thought {number}. " * (1 + number % 40))
        return app.write(lambda conn: reflect(conn, app.recorder, said, when)).events
    draft = GoalDrafted(title=f"Goal {number}")
    return app.write(lambda conn: add_goal(conn, app.recorder, draft, when)).events


def main() -> None:
    """Record, and say so after each commit."""
    with open_app(Path(sys.argv[1])) as app:
        for number in range(int(sys.argv[2])):
            for event in record(app, number):
                os.write(1, b"saved %s\n" % event.hex().encode())
        os._exit(0)  # no orderly end: nothing may depend on it


if __name__ == "__main__":
    main()
