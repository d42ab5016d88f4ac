"""How many threads compute, and how they wait for each other."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def wait_asleep() -> None:
    """Let torch's threads sleep while they wait for each other: on a busy machine two that wait in
    a loop take twice as long for documents. Must run before torch is imported, which reads it once.
    Leaves a value alone that a person set."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def one_thread() -> AbstractContextManager[Any]:
    """Inside, numpy multiplies matrices in one thread. For those of a question a second one gains
    nothing; on a busy machine, where each waits for the other in a loop, both lose: 0.24 s of
    processor time a question, and 0.04 s with one. Python threads that overlap here may leave it at
    one for good: what a server of questions wants."""
    limited: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limited


def keep_one_thread() -> None:
    """From now on, in this process: where each of many threads answers a question of its own."""
    _controller().limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    import numpy  # noqa: F401 - its library must be there to be found
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
