"""Parsers that do what a parser must never do. The first word of a document says what.

Loaded inside the guarded worker by name, so that the tests drive the real guard end to end.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from doclake.errors import DocumentEncrypted, DocumentMalformed
from doclake.extract import element_rows
from doclake.extract.limits import check_scans
from doclake.extract.model import Child, Element, Extraction, Options, Reader

_seen_by_this_process = 0
_hoard: list[bytearray] = []


def media_type(file: Path, name: str) -> str:
    kinds = {".txt": "text/plain", ".odd": "text/html", ".strange": "test/strange"}
    return kinds.get(PurePosixPath(name).suffix, "text/html")


def load(media_type: str, engine: str) -> Reader:
    if media_type.startswith("application/"):
        from doclake.extract import registry

        return registry.load(media_type)
    return Odd()


class Odd:
    def extract(self, file: Path, options: Options) -> Extraction:
        order, _, rest = file.read_text("utf-8").partition(" ")
        if order == "malformed":
            return _malformed(file)
        return _ORDERS[order](rest, options)


def _say(*texts: str) -> Extraction:
    return Extraction([Element("NarrativeText", text, "odd") for text in texts])


def _text(rest: str, _: Options) -> Extraction:
    return _say(*rest.splitlines())


def _attempt(action: Callable[[], object]) -> Extraction:
    try:
        return _say(f"did {action()}")
    except OSError as error:
        return _say(f"refused: {type(error).__name__}")


def _memory(rest: str, _: Options) -> Extraction:
    hoard = []
    while True:
        hoard.append(bytearray(1 << 24))


def _nested(depth: int) -> Extraction:
    return (_nested(depth + 1) if depth >= 0 else _say("")) or _say("never")


def _unpicklable(rest: str, _: Options) -> Extraction:
    class Local(Exception):
        handle = open(os.devnull)  # noqa: SIM115, PTH123

    raise Local(f"cannot read {rest}")


def _encrypted(rest: str, options: Options) -> Extraction:
    if options.password == "sesame":
        return _say("open")
    raise DocumentEncrypted("It needs a password.", cipher="AES")


def _children(rest: str, _: Options) -> Extraction:
    members = [member.partition("=") for member in rest.split(";")]
    found = [Child(name, data.encode()) for name, _, data in members]
    return Extraction([Element("NarrativeText", "a container", "odd")], found)


def _matryoshka(rest: str, _: Options) -> Extraction:
    return Extraction(children=[Child("inner", f"matryoshka {rest}x".encode())])


def _leak(rest: str, _: Options) -> Extraction:
    global _seen_by_this_process
    _seen_by_this_process += 1
    if rest == "hoarding":
        _hoard.append(bytearray(100 << 20))
    return _say(f"seen {_seen_by_this_process}")


def _forge(rest: str, _: Options) -> Extraction:
    """From now on this process says that its elements belong to a row which is none of its own."""
    honest = element_rows.columns

    def forged(*arguments: Any) -> element_rows.Columns:
        columns = honest(*arguments)
        return columns | {element_rows.PARENT: [int(rest)] * len(columns["text"])}

    element_rows.columns = forged
    return _say("mine")


def _noise(rest: str, _: Options) -> Extraction:
    print("noise on stdout")
    os.write(2, b"noise on stderr\n")
    return _say("quiet")


def _segv(rest: str, _: Options) -> Extraction:
    ctypes.string_at(0)
    return _say("survived")


def _hang(rest: str, _: Options) -> Extraction:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(60)


def _slow(rest: str, _: Options) -> Extraction:
    time.sleep(float(rest))
    return _say("done")


def _scan(rest: str, options: Options) -> Extraction:
    """So many scanned pages, a second and a half each."""
    check_scans(int(rest), options.limits)
    time.sleep(1.5 * int(rest))
    return _say(f"allowed {options.limits.timeout_seconds:g}")


def _spy(rest: str, _: Options) -> Extraction:
    """How many documents of the workspace can be read: its own should be the only one."""
    places = [Path(f"../../{number}/document") for number in range(20)]
    return _say(f"read {sum(os.access(place, os.R_OK) and _opens(place) for place in places)}")


def _opens(place: Path) -> bool:
    try:
        return bool(place.read_bytes())
    except OSError:
        return False


def _file(rest: str, _: Options) -> Extraction:
    return _attempt(lambda: Path("large").write_bytes(b"x" * int(rest)))


def _link(rest: str, _: Options) -> Extraction:
    return _attempt(lambda: Path("elements.arrow").symlink_to(rest))


def _imports(rest: str, _: Options) -> Extraction:
    before = rest in sys.modules
    __import__(rest)
    return _say(f"imported before: {before}")


def _malformed(file: Path) -> Extraction:
    raise DocumentMalformed(f"cannot open '{file}' or {file.parent}/x")


_ORDERS: dict[str, Callable[[str, Options], Extraction]] = {
    "text": _text,
    "memory": _memory,
    "deep": lambda rest, _: _nested(0),
    "raise": _unpicklable,
    "encrypted": _encrypted,
    "children": _children,
    "matryoshka": _matryoshka,
    "leak": _leak,
    "noise": _noise,
    "forge": _forge,
    "segv": _segv,
    "hang": _hang,
    "slow": _slow,
    "scan": _scan,
    "spy": _spy,
    "file": _file,
    "link": _link,
    "imports": _imports,
    "nothing": lambda rest, _: Extraction(pages=1, pages_with_text=0),
    "exit": lambda rest, _: os._exit(int(rest)),
    "abort": lambda rest, _: os.abort(),
    "large": lambda rest, _: _say("x" * int(rest)),
    "read": lambda rest, _: _attempt(lambda: len(Path(rest).read_bytes())),
    "write": lambda rest, _: _attempt(lambda: Path(rest).write_text("was here")),
    "network": lambda rest, _: _attempt(lambda: socket.create_connection(("127.0.0.1", int(rest)))),
    "signal": lambda rest, _: _attempt(lambda: os.kill(int(rest), signal.SIGTERM)),
    "status": lambda rest, _: _text(Path("/proc/self/status").read_text("utf-8"), _),
    "environment": lambda rest, _: _say(os.environ.get(rest, "unset")),
    "start": lambda rest, _: _attempt(lambda: subprocess.run(["/bin/true"], check=True)),
    "fork": lambda rest, _: _attempt(os.fork),
}
