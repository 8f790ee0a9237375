"""``make demo``: the real thing on this machine, as real processes, and then the page to look at.

A server, a person's phone and laptop, and a therapist live through twelve weeks in a minute or two,
most of it offline. At the end you read what the therapist sees, how one goal changed, and that both
devices hold the same history; the server stays up until Ctrl-C, or for ``DEMO_SECONDS`` in all.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from stage import Calendar, Device, Server, StageError
from story import (
    ALONE,
    APART_ON_LAPTOP,
    APART_ON_PHONE,
    FIRST_WEEKS,
    LAPTOP,
    LAST_WEEKS,
    PHONE,
    WEEKS,
    WITH_THERAPIST,
    Beat,
)
from therapist import Therapist

EMAIL = "okafor@example.org"

AGREED = (
    *("goals", "steps", "check-ins", "wins-setbacks", "excerpts", "plan", "barriers-coping"),
    *("measures", "vision"),
)
"""What the person agrees to share, one kind at a time."""


class Demo:
    """The story and its stage."""

    def __init__(self, root: Path, console: Console) -> None:
        self.console = console
        self.calendar = Calendar(WEEKS)
        self.server = Server(root / "server", self.calendar)
        self.devices = {name: Device(name, root / name, self.calendar) for name in (PHONE, LAPTOP)}
        six_months = (self.calendar.starts + timedelta(days=182)).date()
        papers = root / "papers"
        papers.mkdir()
        self.names = {"in_six_months": six_months.isoformat(), "papers": str(papers)}

    def play(self, title: str, beats: tuple[Beat, ...]) -> None:
        """Play some beats behind a progress bar."""
        with Progress(
            TextColumn("{task.description:<46}"), BarColumn(30), console=self.console
        ) as progress:
            for beat in progress.track(beats, description=title):
                self.calendar.go_to(beat.week, beat.weekday, beat.hour)
                words = [word.format(**self.names) for word in beat.words]
                answer = self.devices[beat.device].run(*words)
                if beat.keep:
                    self.names[beat.keep] = answer["id"]

    def connect(self) -> None:
        """Let the therapist in: an invitation, a code, equal words, and each kind by itself."""
        self.calendar.go_to(0, 2, 17)
        self.server.start()
        self.server.admin("therapist", "add", "Dr Okafor", "--email", EMAIL)
        code = self.server.admin(
            "invite", "--therapist", EMAIL, "--label", "Mira (Tuesdays)", "--confirmed"
        )["code"]
        agreed = [word for kind in AGREED for word in ("--share", kind)]
        self.devices[PHONE].run(
            "connect", self.server.address, code, "--yes", *agreed, "--may", "comment"
        )

    def add_laptop(self) -> None:
        """Let the laptop join: the phone makes a code that the server never sees whole."""
        self.calendar.go_to(4, 0, 18)
        self.restart()
        self.devices[PHONE].run("sync")
        self.devices[PHONE].run("private-copy", "on")
        code = self.devices[PHONE].run("device", "invite")["code"]
        join = ("device", "join", self.server.address, code, "--wait", "0")
        shown = self.devices[LAPTOP].run(*join)["phrase"]
        self.devices[PHONE].run("device", "confirm", "--yes", "--words", shown)
        self.devices[LAPTOP].run(*join)

    def restart(self) -> None:
        """Start the server again at the calendar's time: the weeks in between have passed."""
        self.server.stop()
        self.server.start()

    def meet_again(self, week: int) -> None:
        """Let both devices find a network again, in any order, twice."""
        self.calendar.go_to(week, 0, 18)
        self.restart()
        for name in (LAPTOP, PHONE, LAPTOP):
            self.devices[name].run("sync")

    def tell(self, title: str, text: str) -> None:
        """Print one part of the end."""
        self.console.rule(f"[bold]{title}")
        self.console.print(escape(text.strip()))

    def finish(self) -> Therapist:
        """Show what came of it.

        Returns:
            The therapist, signed in.

        Raises:
            StageError: The devices do not hold the same history.
        """
        therapist = Therapist(self.server, EMAIL)
        self.tell("What Dr Okafor sees", therapist.timeline())
        phone, laptop = self.devices[PHONE], self.devices[LAPTOP]
        self.tell("How one goal changed", phone.show("history", self.names["calm"]))
        self.tell("The goal both devices reworded", phone.show("goal", "show", self.names["calm"]))
        hashes = {
            device.name: {
                lane["lane"]: lane["state_hash"] for lane in device.run("status")["lanes"]
            }
            for device in (phone, laptop)
        }
        self.tell("Both devices hold the same history", _table(hashes))
        if hashes[PHONE] != hashes[LAPTOP]:
            raise StageError("the devices do not hold the same history")
        self.tell("Verified", phone.show("verify"))
        return therapist


def _table(hashes: dict[str, dict[str, str]]) -> str:
    lines = [
        f"{name:<8} {lane:<32} {hash_[:32]}"
        for name, lanes in hashes.items()
        for lane, hash_ in sorted(lanes.items())
    ]
    return "\n".join(lines)


def play(demo: Demo) -> None:
    """Live through the twelve weeks."""
    demo.play("Alone, offline, without any account", ALONE)
    demo.connect()
    demo.play("Three goals and one sentence are shared", WITH_THERAPIST)
    demo.restart()
    demo.devices[PHONE].run("sync")
    demo.server.stop()
    demo.play("Three weeks offline", FIRST_WEEKS)
    demo.add_laptop()
    demo.server.stop()
    demo.play("Apart: the phone in the mountains", APART_ON_PHONE)
    demo.play("Apart: the laptop at home", APART_ON_LAPTOP)
    demo.meet_again(7)
    demo.server.stop()
    demo.play("The last weeks", LAST_WEEKS)
    demo.meet_again(WEEKS)


def stay(demo: Demo, therapist: Therapist, deadline: float | None) -> None:
    """Keep the server up for the live page until Ctrl-C or the deadline."""
    demo.console.rule("[bold]Look")
    demo.console.print(f"The therapist's live page: {therapist.fresh_link()}")
    demo.console.print("Change something and watch it arrive, in another terminal:")
    python = os.path.relpath(sys.executable)
    command = f"TRAILMARK_HOME={demo.devices[PHONE].home} {python} -m trailmark_client"
    demo.console.print(f"  {command} win 'Said hello to a neighbour'", soft_wrap=True)
    demo.console.print(f"  {command} sync", soft_wrap=True)
    if deadline is None:
        demo.console.print("Ctrl-C ends it.")
        demo.server.wait()
    while deadline is not None and time.monotonic() < deadline:
        time.sleep(min(0.5, max(0.0, deadline - time.monotonic())))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Play the demo; 0 when all of it held."""
    signal.signal(signal.SIGTERM, _interrupt)
    seconds = os.environ.get("DEMO_SECONDS")
    deadline = time.monotonic() + float(seconds) if seconds else None
    console = Console(highlight=False)
    root = Path(tempfile.mkdtemp(prefix="trailmark-demo-"))
    demo = Demo(root, console)
    try:
        play(demo)
        therapist = demo.finish()
        stay(demo, therapist, deadline)
    except StageError as error:
        console.print(f"[bold red]The demo stopped:[/] {escape(str(error))}")
        return 1
    except KeyboardInterrupt:
        console.print("Bye.")
    finally:
        demo.server.stop()
        shutil.rmtree(root, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
