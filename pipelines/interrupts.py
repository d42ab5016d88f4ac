"""Ctrl-C and SIGTERM: one calm sentence and the exit code of the signal, at any moment.

While nothing is begun, a thread ends the process at once, whatever it imports or loads: no library
can swallow that. Inside `tidying` the signal raises KeyboardInterrupt where the process is at work,
or does what the library at work has set for it, and the process has some seconds to end by itself.
A second signal ends it at once.

Only the thread gets Ctrl-C: it is blocked in all others, and so in processes that they start, of
which a terminal would interrupt every one. Libraries start some that then complain at length.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from doclake.deadline import within

SENTENCE = "Interrupted. What was committed stands; run again to go on."
PATIENCE = 15.0  # seconds
_MOMENT = 2.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_WAKE = signal.SIGURG
_SHOW_CURSOR = "\x1b[?25h\n"


class _State:
    patience: float | None = None
    received: int | None = None
    terminal: int = 2  # Dagster leads standard error elsewhere while it works
    last: Callable[[], None] | None = None


def watch() -> None:
    """From now on, as long as the process lives. Only in the main thread; what was told to ignore a
    signal, as a shell tells what runs behind, still does."""
    _State.terminal = os.dup(2)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    for each in _SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _raise)
    signal.signal(_WAKE, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(reading,), name="interrupts", daemon=True).start()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def before_end(call: Callable[[], None]) -> None:
    """Called before a signal ends the process at once, and given a moment."""
    _State.last = call


def unblock() -> None:
    """Before another program takes the place of this process."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def tidying(patience: float = PATIENCE) -> Iterator[None]:
    """Inside, an interrupted process ends by itself within these seconds."""
    outer, _State.patience = _State.patience, patience
    try:
        yield
    finally:
        if _State.received is None:
            _State.patience = outer


def leave() -> None:
    """End the process as it must if it was interrupted; else do nothing. One that SIGTERM told to
    stop and that ended well has done what it was told."""
    number, ending = _State.received, sys.exc_info()[1]
    if isinstance(ending, KeyboardInterrupt):
        number = number or signal.SIGINT
    is_well = isinstance(ending, SystemExit) and not ending.code
    if number is None or (number == signal.SIGTERM and is_well):
        return
    sys.exit(_told(number))


def _raise(number: int, _frame: object) -> None:
    if _State.patience is not None:
        _State.received = number
        _hush()
        raise KeyboardInterrupt


def _hush() -> None:
    """What libraries complain of when they are interrupted helps nobody."""
    logging.disable(logging.CRITICAL)
    sys.unraisablehook = lambda _: None


def _listen(reading: int) -> None:
    is_second = False
    while True:
        number = os.read(reading, 1)[0]
        if number not in _SIGNALS:
            continue
        patience = _State.patience
        if patience is None or is_second:
            _end(number)
        is_second, _State.received = True, number
        _hush()
        signal.pthread_kill(threading.main_thread().ident or 0, _WAKE)  # it may sleep
        last = threading.Timer(patience, _end, (number,))
        last.daemon = True
        last.start()


def _end(number: int) -> NoReturn:
    if _State.last is not None:
        with suppress(Exception):
            within(_MOMENT, _State.last)
    os._exit(_told(number))


def _told(number: int) -> int:
    """Say it to the terminal itself: what Python holds back may never come. The exit code."""
    before = _SHOW_CURSOR if os.isatty(_State.terminal) else ""
    os.write(_State.terminal, f"{before}{SENTENCE}\n".encode())
    return 128 + number
