"""Parsers that do what a parser must never do. The first word of a document says what.

Loaded inside the guarded worker by name, so that the tests drive the real guard end to end.
"""

from __future__ import annotations

import _thread
import ctypes
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
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

    def forged(*arguments: Any, **named: Any) -> element_rows.Columns:
        columns = honest(*arguments, **named)
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


def _work(rest: str, _: Options) -> Extraction:
    """Computes for so many seconds of the processor."""
    until = time.process_time() + float(rest)
    while time.process_time() < until:
        pass
    return _say("done")


def _threads(rest: str, options: Options) -> Extraction:
    """Lets another thread work."""
    worker = threading.Thread(target=_work, args=(rest, options))
    worker.start()
    worker.join()
    return _say("done")


def _haunt(rest: str, options: Options) -> Extraction:
    """Works on when its document is done, in a thread that Python's list of threads lacks."""
    _thread.start_new_thread(_work, (rest, options))
    return _say("gone")


def _scan(rest: str, options: Options) -> Extraction:
    """So many scanned pages, a third of a second of work each."""
    check_scans(int(rest), options.limits)
    _work(str(int(rest) / 3), options)
    return _say(f"allowed {options.limits.timeout_seconds:g}")


def _calls(rest: str, _: Options) -> Extraction:
    """Makes system calls, each a list of its number and up to six arguments, and says the number of
    the error of each, 0 where there was none."""
    libc = ctypes.CDLL(None, use_errno=True)
    ends = []
    for call in json.loads(rest):
        words = [_word(argument) for argument in call]
        ends.append(ctypes.get_errno() if libc.syscall(*words) == -1 else 0)
    return _say(json.dumps(ends))


def _word(argument: int | str | list[int] | None) -> object:
    """A number, a text, so many bytes of space, or (None) the id of this process."""
    if isinstance(argument, str):
        return argument.encode()
    if isinstance(argument, list):
        return ctypes.create_string_buffer(argument[0])
    return ctypes.c_long(os.getpid() if argument is None else argument)


def _foreign(rest: str, _: Options) -> Extraction:
    """Asks for its process id as a program of 32 bits would: mov eax, 20; int 0x80; ret."""
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    place = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return _say(f"did {ctypes.CFUNCTYPE(ctypes.c_int)(place)()}")


def _stay(rest: str, _: Options) -> Extraction:
    """Leaves its pipes and lives on."""
    os.closerange(3, 64)
    time.sleep(60)
    return _say("stayed")


def _nest(rest: str, _: Options) -> Extraction:
    """Folders inside folders, the last without the right to enter."""
    for _number in range(int(rest)):
        os.mkdir("d")  # noqa: PTH102
        os.chdir("d")
    os.mkdir("d", 0)  # noqa: PTH102
    return _say("nested")


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
    "work": _work,
    "threads": _threads,
    "haunt": _haunt,
    "calls": _calls,
    "foreign": _foreign,
    "stay": _stay,
    "nest": _nest,
    "scan": _scan,
    "file": _file,
    "link": _link,
    "imports": _imports,
    "nothing": lambda rest, _: Extraction(pages=1, pages_with_text=0),
    "exit": lambda rest, _: os._exit(int(rest)),
    "abort": lambda rest, _: os.abort(),
    "large": lambda rest, _: _say("x" * int(rest)),
    "read": lambda rest, _: _attempt(lambda: len(Path(rest).read_bytes())),
    "stat": lambda rest, _: _attempt(lambda: Path(rest).stat().st_size),
    "list": lambda rest, _: _attempt(lambda: len(os.listdir(rest))),  # noqa: PTH208
    "write": lambda rest, _: _attempt(lambda: Path(rest).write_text("was here")),
    "network": lambda rest, _: _attempt(lambda: socket.create_connection(("127.0.0.1", int(rest)))),
    "signal": lambda rest, _: _attempt(lambda: os.kill(int(rest), signal.SIGTERM)),
    "status": lambda rest, _: _text(Path("/proc/self/status").read_text("utf-8"), _),
    "environment": lambda rest, _: _say(os.environ.get(rest, "unset")),
    "start": lambda rest, _: _attempt(lambda: subprocess.run(["/bin/true"], check=True)),
    "fork": lambda rest, _: _attempt(os.fork),
}
