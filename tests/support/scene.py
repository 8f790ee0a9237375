"""A therapist's browser before a real server, and one person's phone as real processes."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.support.processes import EVERYTHING, DeviceFolder, ServerProcess
from trailmark_client.app import open_app
from trailmark_client.queries.documents import documents
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.projections.grant import GrantDocument

EMAIL = "okafor@example.org"

SignIn = Callable[..., Page]
"""Opens a fresh browser, signed in at the list of people; takes the options of its context."""


class Scene:
    """A server, the phone of one person who lets a therapist in, and that therapist's link.

    Attributes:
        server: The server.
        phone: The phone.
    """

    def __init__(self, folder: Path) -> None:
        self.server = ServerProcess(folder / "server")
        self.phone = DeviceFolder(folder / "phone")
        self._link = ""

    def begin(self) -> None:
        """Invite, and let the therapist in; the server runs already."""
        self._link = self.server.admin("therapist", "add", "Dr Okafor", "--email", EMAIL)["link"]
        invited = self.server.admin(
            "invite", "--therapist", EMAIL, "--label", "Mira (Tuesdays)", "--confirmed"
        )
        self.phone.run("connect", self.server.url, invited["code"], *EVERYTHING)

    def sign_in_link(self) -> str:
        """Return a link that was not used yet."""
        link, self._link = self._link, ""
        return link or self.server.admin("therapist", "link", "--email", EMAIL)["link"]

    def send(self, *words: str) -> dict[str, object]:
        """Record something on the phone and sync."""
        answer = self.phone.run(*words)
        self.phone.run("sync")
        return answer

    def stop_sharing(self) -> None:
        """Revoke every grant on the phone and sync."""
        app = open_app(self.phone.home)
        for grant in app.read(lambda conn: documents(conn, "grant", GrantDocument)):
            app.write(
                lambda conn, grant=grant: app.recorder.record(
                    conn, grant.lane, grant.subject, AccessRevoked()
                )
            )
        self.phone.run("sync")


class Watched:
    """What went wrong in a page, and whom it asked.

    Attributes:
        complaints: Errors of the console and of scripts; broken policies are among them.
        hosts: Hosts that were asked.
    """

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on(
            "console",
            lambda message: self._complain(
                message.type, f"{message.text} ({message.location['url']})"
            ),
        )
        page.on("pageerror", lambda error: self._complain("error", str(error)))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))

    def _complain(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)
