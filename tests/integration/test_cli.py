"""The command line against a real server, as real processes: joining, syncing, second devices."""

import io
import json
import shutil
import signal
import time
from collections.abc import Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import home_server
from tests.support.processes import EVERYTHING, DeviceFolder, ServerProcess, let_in, settled
from trailmark_client.cli.program import main

EMAIL = "demo@example.org"
PATIENCE_S = 20


class Keyboard(io.StringIO):
    """A terminal's keyboard with lines typed beforehand."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[ServerProcess]:
    one = home_server(tmp_path_factory.mktemp("cli") / "server")
    with one:
        one.admin("therapist", "add", "Dr Demo", "--email", EMAIL)
        yield one


@pytest.fixture
def phone(tmp_path: Path) -> DeviceFolder:
    return DeviceFolder(tmp_path / "phone")


@pytest.fixture
def laptop(tmp_path: Path) -> DeviceFolder:
    return DeviceFolder(tmp_path / "laptop")


def code(server: ServerProcess, *options: str) -> str:
    return server.admin("invite", "--therapist", EMAIL, *options)["code"]


def typed(monkeypatch: pytest.MonkeyPatch, device: DeviceFolder, lines: str, *words: str) -> int:
    """Run a command as a person at a terminal would."""
    monkeypatch.setenv("TRAILMARK_HOME", str(device.home))
    monkeypatch.setattr("sys.stdin", Keyboard(lines))
    return main(words)


def events(device: DeviceFolder, lane: str) -> list[dict[str, Any]]:
    return [each["body"] for each in device.run("log", "--lane", lane)["events"]]


def in_days(days: int) -> str:
    return (datetime.now().astimezone() + timedelta(days=days)).date().isoformat()


def care_lane(device: DeviceFolder) -> str:
    lanes = [each["lane"] for each in device.run("status")["lanes"]]
    return next(each for each in lanes if each.startswith("care/"))


class TestConnecting:
    def test_each_class_is_asked_and_nothing_is_pre_chosen(
        self,
        server: ServerProcess,
        phone: DeviceFolder,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        phone.run("goal", "add", "Walk")
        # The words; each kind of thing; what they may do; until when; what is picked; all of it.
        answers = "y\n" + "y\n\nn\ny\n\n" + "\n" * 6 + "y\n\n" + "in 2 weeks\n" + "\n" + "y\n"

        done = typed(
            monkeypatch, phone, answers, "connect", server.url, code(server, "--confirmed")
        )

        out = capsys.readouterr().out
        [granted] = events(phone, care_lane(phone))
        assert done == 0
        assert "Does Dr Demo see the same four words?" in out
        assert "You can stop at any time, without a reason." in out
        assert granted["type"] == "access_granted"
        assert granted["data"]["classes"] == ["goals", "wins_setbacks"]
        assert granted["data"]["actions"] == ["comment"]
        assert granted["data"]["until"] == in_days(14)
        assert [] == phone.run("goal", "list")["goals"][0]["seen_by"]

    def test_empty_lines_agree_to_nothing(
        self, server: ServerProcess, phone: DeviceFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        used = code(server, "--confirmed")

        done = typed(monkeypatch, phone, "y\n" + "\n" * 15, "connect", server.url, used)

        [waiting] = phone.run("sharing")["waiting"]
        assert done == 0
        assert (waiting["agreed"], waiting["classes"]) == (False, [])
        assert "care" not in str(phone.run("status")["lanes"])

    def test_without_a_terminal_the_words_are_told_before_anything_is_agreed_to(
        self, server: ServerProcess, phone: DeviceFolder
    ) -> None:
        used = code(server, "--confirmed")

        told = phone.run("connect", server.url, used)
        done = phone.run("connect", server.url, used, "--yes", "--share", "steps")

        assert (told["agreed"], told["let_in"]) == (False, False)
        assert 4 == len(told["phrase"].split())
        assert (True, ["steps"], []) == (done["let_in"], done["classes"], done["actions"])

    def test_yes_agrees_to_nothing_but_the_words(
        self, server: ServerProcess, phone: DeviceFolder
    ) -> None:
        done = phone.run("connect", server.url, code(server, "--confirmed"), "--yes")

        assert (True, [], []) == (done["let_in"], done["classes"], done["actions"])
        assert "self" == phone.run("win", "I went out")["lane"]
        assert not phone.run("status")["private_copy"]

    def test_words_that_differ_let_nobody_in(
        self,
        server: ServerProcess,
        phone: DeviceFolder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        done = typed(monkeypatch, phone, "n\n", "connect", server.url, code(server, "--confirmed"))

        assert done == 4
        assert "not_connected" == phone.refused("sync")
        assert [each["lane"] for each in phone.run("status")["lanes"]] == []

    def test_until_the_therapist_confirms_nobody_is_let_in(
        self, server: ServerProcess, phone: DeviceFolder
    ) -> None:
        used = code(server)

        waiting = phone.run("connect", server.url, used, *EVERYTHING, "--wait", "0")
        again = phone.run("connect", server.url, used, *EVERYTHING, "--wait", "0")

        assert (waiting["let_in"], waiting["member"]) == (False, "Dr Demo")
        assert again["phrase"] == waiting["phrase"]
        assert phone.run("sync")["waiting_for"] == ["Dr Demo"]
        assert all(each["lane"] == "self" for each in phone.run("status")["lanes"])

    def test_a_server_that_forgot_an_invitation_is_named(
        self, tmp_path: Path, phone: DeviceFolder
    ) -> None:
        """It was put back from a copy that is older than the invitation."""
        second = "second@example.org"
        with home_server(tmp_path / "restored") as server:
            server.admin("therapist", "add", "Dr Demo", "--email", EMAIL)
            server.admin("therapist", "add", "Dr Second", "--email", second)
            phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)
            server.stop()
            shutil.copytree(server.data, tmp_path / "older")
            server.start()
            used = server.admin("invite", "--therapist", second)["code"]
            phone.run("connect", server.url, used, *EVERYTHING, "--wait", "0")
            server.stop()
            shutil.rmtree(server.data)
            shutil.copytree(tmp_path / "older", server.data)
            server.start()

            synced = phone.attempt("sync")
            again = phone.attempt("connect", server.url, used, *EVERYTHING, "--wait", "0")
            used = server.admin("invite", "--therapist", second, "--confirmed")["code"]
            let_in = phone.run("connect", server.url, used, *EVERYTHING)

        assert ["Dr Second"] == json.loads(synced.stdout)["waiting_for"]
        assert "ask them for another code" in synced.stderr
        assert "not_found" == json.loads(again.stderr)["error"]["code"]
        assert let_in["let_in"]

    def test_whom_the_person_forgets_meanwhile_is_not_called_let_in(
        self, server: ServerProcess, phone: DeviceFolder
    ) -> None:
        waiting = phone.begin("connect", server.url, code(server), *EVERYTHING)
        assert waiting.stderr is not None
        assert "Waiting for Dr Demo" in waiting.stderr.readline()

        assert phone.run("sharing", "stop", "Dr Demo")["forgotten"]

        _, told = waiting.communicate(timeout=PATIENCE_S)
        assert "not_found" == json.loads(told)["error"]["code"]
        assert [] == phone.run("sharing")["grants"]

    def test_wishes_are_carried_out_with_the_grant(
        self, server: ServerProcess, phone: DeviceFolder
    ) -> None:
        goal = phone.run("goal", "add", "Walk", "--share")["id"]
        phone.run("check-in", goal, "3")

        done = phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)

        assert (done["let_in"], done["synced"], done["shared"]) == (True, True, [goal])
        lane = care_lane(phone)
        types = [each["type"] for each in events(phone, lane)]
        assert types == ["access_granted", "goal_shared", "check_in_recorded"]
        assert phone.run("check-in", goal, "4")["lane"] == lane

    def test_a_wrong_code_is_named(self, server: ServerProcess, phone: DeviceFolder) -> None:
        assert phone.refused("connect", server.url, "BBBBB-BBBBB", "--yes") == "wrong_code"


class TestSyncing:
    def test_a_server_that_is_away_loses_nothing(self, tmp_path: Path, phone: DeviceFolder) -> None:
        with home_server(tmp_path / "away") as server:
            server.admin("therapist", "add", "Dr Demo", "--email", EMAIL)
            phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)
            server.stop()

            saved = phone.run("win", "I went out")
            away = phone.attempt("sync")

            assert (saved["saved"], saved["unsent"], saved["seen_by"]) == (True, 1, ["Dr Demo"])
            assert (away.returncode, away.stdout) == (5, "")
            error = json.loads(away.stderr)["error"]
            assert error["code"] == "unreachable"
            assert "saved on this device, not sent yet: 1" in error["message"]

            server.start()
            assert phone.run("sync")["unsent"] == 0

    def test_watching_sends_what_another_process_writes(
        self, server: ServerProcess, phone: DeviceFolder
    ) -> None:
        phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)
        watcher = phone.begin("sync", "--watch")
        assert watcher.stderr is not None
        assert watcher.stdout is not None
        phases: list[str] = []
        while not phases or phases[-1] != "live":
            phases.append(json.loads(watcher.stderr.readline())["phase"])

        phone.run("win", "I went out")
        until = time.monotonic() + PATIENCE_S
        while phone.run("status")["unsent"] and time.monotonic() < until:
            pass
        watcher.send_signal(signal.SIGINT)
        out, _ = watcher.communicate(timeout=PATIENCE_S)

        assert phone.run("status")["unsent"] == 0
        assert watcher.returncode == 0
        assert json.loads(out)["unsent"] == 0


class TestDevices:
    def test_a_second_device_sees_everything_and_carries_out_its_own_wishes(
        self, server: ServerProcess, phone: DeviceFolder, laptop: DeviceFolder
    ) -> None:
        phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)
        reflection = phone.run("reflect", "only for me")["id"]
        wished = laptop.run("goal", "add", "Sleep", "--share")["id"]

        invited = phone.run("device", "invite", "--yes")
        joined = let_in(invited, phone, laptop)
        phone.run("sync")

        assert (invited["private_copy"], invited["synced"]) == (True, True)
        assert (joined["synced"], joined["unsent"]) == (True, 0)
        [goal] = phone.run("goal", "list")["goals"]
        assert (goal["id"], goal["seen_by"]) == (wished, ["Dr Demo"])
        assert any(each["subject"] == reflection for each in laptop.run("timeline")["events"])
        assert phone.state_hashes() == laptop.state_hashes()
        assert None not in phone.state_hashes().values()

    def test_whom_one_device_let_in_the_other_does_not_let_in_again(
        self, server: ServerProcess, phone: DeviceFolder, laptop: DeviceFolder
    ) -> None:
        first, second = "first@example.org", "second@example.org"
        server.admin("therapist", "add", "Dr First", "--email", first)
        server.admin("therapist", "add", "Dr Second", "--email", second)

        def connects(device: DeviceFolder, email: str, *options: str) -> dict[str, Any]:
            used = server.admin("invite", "--therapist", email, *options)["code"]
            return device.run("connect", server.url, used, "--yes", "--share", "goals", "--wait=0")

        connects(phone, first, "--confirmed")
        let_in(phone.run("device", "invite", "--yes"), phone, laptop)
        assert not connects(laptop, second)["let_in"]
        assert connects(phone, second, "--confirmed")["let_in"]

        synced = laptop.run("sync")

        shared = laptop.run("sharing")
        names = [each["name"] for each in shared["grants"]]
        assert ([], []) == (synced["waiting_for"], shared["waiting"])
        assert ["Dr First", "Dr Second"] == names
        assert settled(phone, laptop)

    def test_what_is_named_for_one_who_is_let_in_is_said_not_to_count(
        self, server: ServerProcess, phone: DeviceFolder
    ) -> None:
        def connects(*named: str) -> tuple[list[str], str]:
            used = code(server, "--confirmed")
            ran = phone.attempt("connect", server.url, used, "--yes", *named)
            return json.loads(ran.stdout)["classes"], ran.stderr

        goals = ("--share", "goals", "--until", "none")
        connects(*goals)

        assert (["goals"], "") == connects(*goals)
        classes, told = connects(*goals, "--share", "steps")
        assert (["goals"], True) == (classes, "What you named was not agreed to" in told)

    def test_devices_are_listed_and_signed_out(
        self, server: ServerProcess, phone: DeviceFolder, laptop: DeviceFolder
    ) -> None:
        phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)
        invited = phone.run("device", "invite", "--yes")
        joined = let_in(invited, phone, laptop)

        listed = phone.run("device", "list")["devices"]
        removed = phone.run("device", "remove", joined["device"][:12])

        assert [each["current"] for each in listed].count(True) == 1
        assert joined["device"] in {each["id"] for each in listed}
        assert (joined["device"], []) == (removed["device"], removed["let_in"])
        assert (True, True) == (removed["keys_changed"], removed["synced"])
        assert laptop.refused("sync") in {"signed_out", "not_signed_in"}

    def test_a_device_is_let_in_with_the_words_that_it_shows(
        self, server: ServerProcess, phone: DeviceFolder, laptop: DeviceFolder
    ) -> None:
        phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)
        invited = phone.run("device", "invite", "--yes")
        join = ("device", "join", invited["url"], invited["code"], "--wait", "0")
        shown = laptop.run(*join)["phrase"]

        blind = phone.refused("device", "confirm", "--yes")
        other = phone.refused("device", "confirm", "--yes", "--words", shown[:-1])
        told = phone.run("device", "confirm")
        waiting = laptop.run(*join)["joined"]
        done = phone.run("device", "confirm", "--words", shown.upper().replace(" ", "  "))

        assert ("invalid_input", "words_differ") == (blind, other)
        assert (shown, False, False) == (told["phrase"], told["let_in"], waiting)
        assert done["let_in"]
        assert laptop.run(*join)["joined"]

    def test_what_a_device_erased_before_it_was_removed_stays_erased(
        self, server: ServerProcess, phone: DeviceFolder, laptop: DeviceFolder
    ) -> None:
        phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)
        let_in(phone.run("device", "invite", "--yes"), phone, laptop)
        win = phone.run("win", "a walk", "--private")["id"]
        phone.run("sync")
        laptop.run("sync")
        laptop.run("erase", win, "--yes")
        laptop.run("sync")

        phone.run("device", "remove", laptop.run("status")["device"])

        assert "nothing_changed" == phone.refused("erase", win, "--yes")

    def test_the_sealed_copy_is_asked_for(
        self,
        server: ServerProcess,
        phone: DeviceFolder,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        phone.run("connect", server.url, code(server, "--confirmed"), *EVERYTHING)

        assert phone.refused("device", "invite") == "invalid_input"
        assert typed(monkeypatch, phone, "n\n", "device", "invite") == 2
        assert not phone.run("status")["private_copy"]
        assert typed(monkeypatch, phone, "y\n", "device", "invite", "--wait", "0") == 0
        assert phone.run("status")["private_copy"]
        assert "can see how many entries there are" in capsys.readouterr().out
