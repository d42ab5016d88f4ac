"""How many threads compute, how they wait for each other, and what memory they keep."""

from __future__ import annotations

import ctypes
import os
from contextlib import AbstractContextManager, suppress
from functools import cache
from typing import Any


def prepare_torch() -> None:
    """Set what torch reads once, so before it is imported. Leaves values alone that a person set.

    Its threads sleep while they wait for each other: on a busy machine two that wait in a loop take
    twice as long for documents. And plans of products are hardly kept, by torch and by its oneDNN:
    each batch has another number of tokens, so that few are used again, and thousands took 300 MB.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    os.environ.setdefault("LRU_CACHE_CAPACITY", "16")


def give_back_memory() -> None:
    """Let glibc return freed memory to the system. After batches of many sizes it keeps several
    times what the largest took; a batch that follows takes a quarter longer."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


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
