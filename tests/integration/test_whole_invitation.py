"""A therapist's page invites a person, with real processes: scanned or pasted as one piece."""

import html
import json
import re
import signal
import time
from contextlib import closing
from pathlib import Path

from tests.integration.test_whole_private import signed_in
from tests.support.processes import EVERYTHING, DeviceFolder, invitation
from tests.support.whole import World
from trailmark_shared.ids import text_from_id

PATIENCE_S = 20


def test_the_link_of_the_page_lets_somebody_in_once_both_confirmed(
    world: World, tmp_path: Path
) -> None:
    mira = DeviceFolder(tmp_path / "mira")
    with closing(signed_in(world.server)) as browser:
        token = re.findall(r'name="form_token" value="([^"]+)"', browser.get("/people").text)[0]
        form = {"form_token": token, "label": "Mira"}
        made = html.unescape(browser.post("/people/invite", data=form).text)
        link = re.findall(r"connect '(trailmark://[^']+)'", made)[0]

        asked = mira.run("connect", link, *EVERYTHING, "--wait", "0")
        timeline = f"/people/{text_from_id(mira.identity_file.current.space)}/timeline"
        shown, before = browser.get("/people").text, browser.get(timeline).status_code
        confirm = re.findall(r'action="(/people/\w+/confirm)"', shown)[0]
        browser.post(confirm, data={"form_token": token})
        mira.run("sync")
        after = browser.get(timeline).status_code

    again = mira.run("connect", world.server.url, invitation(world.server), "--yes")

    assert not asked["let_in"]
    assert asked["phrase"] in shown
    assert (404, 200) == (before, after)
    assert again["let_in"]
    assert 1 == len(mira.run("sharing")["grants"])
    assert link.rpartition("/")[2] not in world.server.log_text
    other = DeviceFolder(tmp_path / "other")
    assert "wrong_code" == other.refused("connect", link, *EVERYTHING)


def test_who_confirms_is_let_in_by_a_device_that_stays_in_step(
    world: World, tmp_path: Path
) -> None:
    mira = DeviceFolder(tmp_path / "mira")
    email = "okafor@example.org"
    used = world.server.admin("invite", "--therapist", email)["code"]
    mira.run("connect", world.server.url, used, *EVERYTHING, "--wait", "0")
    watcher = mira.begin("sync", "--watch")
    assert watcher.stderr is not None
    while json.loads(watcher.stderr.readline()).get("phase") != "live":
        pass

    with closing(signed_in(world.server)) as browser:
        shown = browser.get("/people").text
        token = re.findall(r'name="form_token" value="([^"]+)"', shown)[0]
        confirm = re.findall(r'action="(/people/\w+/confirm)"', shown)[0]
        browser.post(confirm, data={"form_token": token})
        until = time.monotonic() + PATIENCE_S
        while not mira.run("sharing")["grants"] and time.monotonic() < until:
            pass
    watcher.send_signal(signal.SIGINT)
    watcher.communicate(timeout=PATIENCE_S)

    assert ["live"] == [each["state"] for each in mira.run("sharing")["grants"]]
