"""Programs of the operator that are asked for something and print it: no shell, limits on time and
output, and nothing of what they say of errors that could hold a secret."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

from doclake.errors.foreign import in_words
from doclake.secrets import redact

_READ = 65_536
_MOST_SAID = 4_096


class ProgramFailed(Exception):
    """Why there is no answer; `said` is the last line of its stderr, without secrets."""

    def __init__(self, why: str, said: str = "", status: int | None = None) -> None:
        super().__init__(why)
        self.said, self.status = said, status


def printed(
    command: Sequence[str], *, folder: Path, seconds: float, most: int, given: bytes = b""
) -> bytes:
    """What a program prints to stdout, at most so many bytes, within so many seconds; `given` is
    its stdin. Raises `ProgramFailed`, also for an exit status that is not 0; then it and what it
    started are killed."""
    end = monotonic() + seconds
    stdin = os.memfd_create("stdin")  # a pipe would wait for a program that reads nothing
    try:
        os.write(stdin, given)
        os.lseek(stdin, 0, os.SEEK_SET)
        process = subprocess.Popen(  # noqa: S603 (the operator's own program)
            list(command),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise ProgramFailed(f"it cannot be started: {in_words(error)}") from None
    finally:
        os.close(stdin)
    with process:
        try:
            out, said = _read(process, end, most)
            status = process.wait(max(0.0, end - monotonic()))
        except (subprocess.TimeoutExpired, TimeoutError):
            _kill(process)
            raise ProgramFailed(f"it gave no answer within {seconds:g} s") from None
        except BaseException:
            _kill(process)
            raise
    if status:
        raise ProgramFailed(f"it ended with exit status {status}", _last_line(said), status)
    return out


def _read(process: subprocess.Popen[bytes], end: float, most: int) -> tuple[bytes, bytes]:
    """All of stdout and the end of stderr; raises `TimeoutError` and `ProgramFailed`."""
    out, said = bytearray(), bytearray()
    assert process.stdout is not None
    assert process.stderr is not None
    with selectors.DefaultSelector() as open_pipes:
        open_pipes.register(process.stdout, selectors.EVENT_READ, out)
        open_pipes.register(process.stderr, selectors.EVENT_READ, said)
        while open_pipes.get_map():
            ready = open_pipes.select(max(0.0, end - monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                piece = os.read(key.fd, _READ)
                if not piece:
                    open_pipes.unregister(key.fileobj)
                key.data.extend(piece)
            if len(out) > most:
                raise ProgramFailed(f"it printed more than {most:,} bytes")
            del said[:-_MOST_SAID]
    return bytes(out), bytes(said)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").split("\n")
    return redact(next((line.strip() for line in reversed(lines) if line.strip()), ""))[:300]
