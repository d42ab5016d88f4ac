"""Leases: what file locks are to the processes of one machine, for processes that share a bucket.

A register, one object for each group of names, says who holds which name and how often it was
taken: its epoch. It changes by conditional put alone, so of two who want one name at once the
second is refused and reads again. A holder shows that it lives by writing an object of its own, its
beat. Once that is older than `EXPIRY`, by the clock of the store, others may take what it held.

A holder that was only stopped for so long may wake up in the middle of a write. So whoever takes
over sets a fence in what the lease protects before it works there: see `fences` for Delta and
`SearchIndex.writer` for Lance. Until all fences are set the lease counts as one of a dead holder.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import TypedDict
from uuid import uuid4

from doclake.errors import LakeError, LeaseLost
from doclake.lake.conditional_store import ConditionalStore, store_at

BEAT, EXPIRY, POLL = 10.0, 60.0, 1.0  # seconds

_log = logging.getLogger(__name__)


class _Entry(TypedDict):
    holder: str | None
    epoch: int


_FREE = _Entry(holder=None, epoch=0)


@dataclass(frozen=True)
class Lease:
    """`epochs` of the names that are held; `inherited` are those of them whose holder died."""

    epochs: Mapping[str, int]
    inherited: frozenset[str]
    _register: _Register

    def check(self) -> None:
        """Raises `LeaseLost` if somebody else has taken a name meanwhile."""
        entries, _ = self._register.read()
        if any(entries.get(name, _FREE)["epoch"] != epoch for name, epoch in self.epochs.items()):
            raise lost(self._register.group)


def lost(group: str) -> LeaseLost:
    return LeaseLost(
        f"This run stood still for more than {EXPIRY:.0f} s, and another took {group} over.",
        mend="What was committed stands; run again.",
        group=group,
    )


def probe(lake_url: str) -> None:
    """Raises `LakeError` if the store of a lake cannot keep leases."""
    with _beating(store_at(f"{lake_url}/locks"), uuid4().hex):
        pass


def in_use(url: str) -> bool:
    """Whether a lake has leases. Another object store has neither them nor file locks."""
    return url.startswith(("s3://", "s3a://"))


@contextmanager
def hold(
    lake_url: str, group: str, names: Iterable[str], fence: Callable[[Lease], None]
) -> Iterator[Lease]:
    """Hold these names of a group; wait while a living process holds one. Raises `LakeError`.

    `fence` keeps the former holders of the `inherited` names from writing.
    """
    store = store_at(f"{lake_url}/locks")
    register, holder = _Register(store, group), uuid4().hex
    wanted = sorted(set(names))
    with _beating(store, holder):
        lease = register.take(wanted, holder)
        if lease.inherited:
            fence(lease)  # if it fails nothing is given back, and the next one sets the fences
        try:
            yield lease
        finally:
            register.give_back(wanted, holder)


@contextmanager
def _beating(store: ConditionalStore, holder: str) -> Iterator[None]:
    """Inside, the beat of a holder is written again and again."""
    key, done = _beat_of(holder), Event()
    store.put(key, b"")
    store.require_conditions(key)

    def beat() -> None:
        while not done.wait(BEAT):
            try:
                store.put(key, b"")
            except LakeError as error:  # the next one may come through; if none does, it is lost
                _log.warning("%s", error)

    thread = Thread(target=beat, name=f"lease {holder}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        store.delete(key)


def _beat_of(holder: str) -> str:
    return f"beats/{holder}"


class _Register:
    """Who holds which names of a group."""

    def __init__(self, store: ConditionalStore, group: str) -> None:
        self._store, self.group, self._key = store, group, f"{group}.json"

    def read(self) -> tuple[dict[str, _Entry], str | None]:
        """The entries, and the tag of the object they stand in: None if there is none yet."""
        content, tag = self._store.get(self._key)
        return (json.loads(content) if tag else {}), tag

    def take(self, names: list[str], holder: str) -> Lease:
        """All of the names at once, so that no two holders block each other."""
        told, inherited = False, frozenset[str]()
        while True:
            entries, tag = self.read()
            held = {name: entries.get(name, _FREE) for name in names}
            if all(entry["holder"] == holder for entry in held.values()):
                epochs = {name: entry["epoch"] for name, entry in held.items()}
                return Lease(epochs, inherited, self)
            others = {entry["holder"] for entry in held.values()} - {None}
            if all(self._is_dead(other) for other in others if other):
                inherited = frozenset(name for name, entry in held.items() if entry["holder"])
                taken = {
                    name: _Entry(holder=holder, epoch=entry["epoch"] + 1)
                    for name, entry in held.items()
                }
                # Whether it came through is read, not believed: an answer may get lost.
                self._write(entries | taken, tag)
                continue
            if not told:
                _log.info("Waiting for another run that holds %s", self.group)
                told = True
            time.sleep(POLL * random.uniform(0.5, 1.5))  # noqa: S311

    def give_back(self, names: list[str], holder: str) -> None:
        """Names that somebody else holds by now stay his."""
        while True:
            entries, tag = self.read()
            mine = {name for name in names if entries.get(name, _FREE)["holder"] == holder}
            if not mine:
                return
            freed = {name: _Entry(holder=None, epoch=entries[name]["epoch"]) for name in mine}
            self._write(entries | freed, tag)

    def _write(self, entries: Mapping[str, _Entry], tag: str | None) -> None:
        self._store.put(self._key, json.dumps(entries).encode(), over=tag, conditional=True)

    def _is_dead(self, holder: str) -> bool:
        age = self._store.age(_beat_of(holder))
        return age is None or age > EXPIRY
