"""What a disk holds after a power cut, worked out from the system calls of a real process.

A process runs under strace. Its calls are replayed onto a model of the disk that knows, for every
file, which bytes were synced and which were only written, and for every folder which names were
synced. At any moment an image can be made: the worst one (only what was synced), one in which a
part of what was not synced arrived all the same, or one whose last page is torn.

Not modelled: a file system that orders writes by itself, and bytes that rot.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final

STRACE: Final = shutil.which("strace")

_CALLS: Final = "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,unlink,close"
_TEXT_BYTES: Final = 1 << 20
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += +(-?\d+)")
_BEGUN = re.compile(r"^(\d+) +(\w+\(.*?)(?:,? <unfinished \.\.\.>)$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_PAGE: Final = 4096


class _File:
    """One file: what was written, and what of it was synced."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.synced = b""
        self.waiting: list[tuple[int, bytes]] = []

    def write(self, at: int, data: bytes) -> None:
        _put(self.written, at, data)
        self.waiting.append((at, data))

    def cut(self, length: int) -> None:
        self.written[:] = self.written[:length].ljust(length, b"\0")

    def sync(self) -> None:
        self.synced = bytes(self.written)
        self.waiting.clear()


def _put(target: bytearray, at: int, data: bytes) -> None:
    if len(target) < at:
        target.extend(bytes(at - len(target)))
    target[at : at + len(data)] = data


class Disk:
    """A folder as a disk holds it, moment by moment.

    Attributes:
        said: What the process printed so far, whole lines.
    """

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self._folder = str(folder)
        self._names: dict[str, _File] = {}
        self._synced_names: dict[str, _File] = {}
        self._open: dict[int, str] = {}
        self._places: dict[int, int] = {}
        self._line = ""

    def image(self, target: Path, random: Random | None = None) -> None:
        """Write what survives a power cut now into the empty folder ``target``.

        Args:
            target: Where to.
            random: Decides what arrived without being synced; ``None`` for the worst case.
        """
        names = self._synced_names if random is None or random.random() < 0.5 else self._names
        for name, file in names.items():
            if name.endswith(("-shm", ".lock")):
                continue
            data = bytearray(file.synced)
            for at, part in file.waiting if random is not None else ():
                luck = random.random() if random is not None else 1.0
                if luck < 0.4:
                    _put(data, at, part)
                elif luck < 0.6:
                    _put(data, at, part[: len(part) // 2])  # a torn write
            path = target / Path(name).relative_to(self._folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o600)

    # --- calls ---

    def openat(self, arguments: str, result: int) -> None:
        """A file was opened; a new one has a name, but not yet one that was synced."""
        name = _text(arguments)
        if result >= 0 and name.startswith(self._folder):
            self._open[result] = name
            self._places[result] = 0
            if "O_DIRECTORY" not in arguments and not Path(name).is_dir():
                file = self._names.setdefault(name, _File())
                if "O_TRUNC" in arguments:
                    file.cut(0)
                if "O_APPEND" in arguments:
                    self._places[result] = len(file.written)
        elif result >= 0:
            self._open.pop(result, None)

    def close(self, arguments: str, _result: int) -> None:
        """A number may be given to another file from now on."""
        self._open.pop(_number(arguments), None)

    def write(self, arguments: str, result: int) -> None:
        """Bytes went to the end of a file, or words to the one who listens."""
        number = _number(arguments)
        data = _bytes(arguments)[: max(result, 0)]
        if number == 1 and number not in self._open:
            self._line += data.decode()
            *lines, self._line = self._line.split("\n")
            self.said += lines
        elif number in self._open:
            self._file(number).write(self._places[number], data)
            self._places[number] += len(data)

    def pwrite64(self, arguments: str, result: int) -> None:
        """Bytes went to a place in a file."""
        number = _number(arguments)
        if number in self._open and result > 0:
            at = int(arguments.rsplit(",", 1)[1])
            self._file(number).write(at, _bytes(arguments)[:result])

    def ftruncate(self, arguments: str, result: int) -> None:
        """A file has another length."""
        if result == 0 and _number(arguments) in self._open:
            self._file(_number(arguments)).cut(int(arguments.rsplit(",", 1)[1]))

    def fsync(self, arguments: str, result: int) -> None:
        """A file's bytes, or a folder's names, are on the disk."""
        name = self._open.get(_number(arguments))
        if name is None or result != 0:
            return
        if name in self._names:
            self._names[name].sync()
        else:
            inside = {each: file for each, file in self._names.items() if _is_in(each, name)}
            outside = {e: file for e, file in self._synced_names.items() if not _is_in(e, name)}
            self._synced_names = {**outside, **inside}

    fdatasync = fsync

    def rename(self, arguments: str, result: int) -> None:
        """A file has another name, until the folder is synced only in memory."""
        old, new = (
            bytes.fromhex(each.replace("\\x", "")).decode() for each in _STRING.findall(arguments)
        )
        if result == 0 and old in self._names:
            self._names[new] = self._names.pop(old)

    def unlink(self, arguments: str, result: int) -> None:
        """A name is gone, until the folder is synced only in memory."""
        if result == 0:
            self._names.pop(_text(arguments), None)

    def _file(self, number: int) -> _File:
        return self._names.setdefault(self._open[number], _File())


def _is_in(name: str, folder: str) -> bool:
    return str(Path(name).parent) == folder.rstrip("/")


def _text(arguments: str) -> str:
    return _bytes(arguments).decode(errors="replace")


def _bytes(arguments: str) -> bytes:
    found = _STRING.search(arguments)
    return _decoded(found[1]) if found else b""


def _decoded(text: str) -> bytes:
    """Return the bytes that strace wrote in hexadecimal."""
    return bytes.fromhex(text.replace("\\x", ""))


def _number(arguments: str) -> int:
    return int(arguments.split(",", 1)[0])


def traced(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Run a program to its end under strace and return its calls, each on one line, in order."""
    assert STRACE is not None, "asked for by the tests"
    out = folder / "calls"
    subprocess.run(
        [STRACE, "-f", "-xx", "-s", str(_TEXT_BYTES), "-e", f"trace={_CALLS}", "-o", out, *words],
        check=True,
        capture_output=True,
        env=dict(environment),
        timeout=300,
    )
    return list(_whole_lines(out.read_text(errors="replace").splitlines()))


def _whole_lines(lines: Sequence[str]) -> Iterator[str]:
    """Join what another thread's call had split; a call counts when it returns."""
    begun: dict[str, str] = {}
    for line in lines:
        if match := _BEGUN.match(line):
            begun[match[1]] = match[2]
        elif match := _RESUMED.match(line):
            yield f"{match[1]} {begun.pop(match[1], '')}{match[2]}"
        else:
            yield line


def replay(lines: Sequence[str], disk: Disk, at_word: Callable[[str], None]) -> None:
    """Replay calls onto ``disk``; ``at_word`` is called with each line that the process printed."""
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        before = len(disk.said)
        getattr(disk, match[2])(match[3], int(match[4]))
        for said in disk.said[before:]:
            at_word(said)
