"""How long it takes to remember and to recall, among many memories.

    python benchmarks/memory_speed.py [--memories 100000] [--calls 600]

50 agents, ten in each of five pools; a third of the memories is shared with a pool, a tenth is
retired. They are written by one append and one rebuild of the view. Texts are made; vectors and
signs are those of 2,000 of them that the bundled model embedded, each vector turned a little at
random, so that they lie as real ones do. Then calls alternate, a write before each recall: eight
writes in ten are new, one is said again, one corrects. Those that merge files, one in 64, are among
them. Then recalls follow each other, with no write between.

Prints milliseconds of each call, those without the model's, and those of the processor, which other
work on the machine does not lengthen so much.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import yaml

from doclake import Project, ids
from doclake.memory.memories import Memories
from doclake.memory.remembering import Statement, key_of
from doclake.memory.store import MemoryStore, shard
from doclake.tables.memories import MEMORIES

AGENTS = [f"agent{number:02d}" for number in range(50)]
POOLS = 5
EMBEDDED = 2_000
TURN = 0.25  # length of what is added to a unit vector
_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
_WHO = ("Kim", "Park", "Hughes", "Rossi", "Walsh", "Nair", "Brandt", "Choi", "Novak", "Haddad")
_WHAT = [
    "{who} of order {n} wants to be called after {h} o'clock.",
    "The invoice {n} of {who} was paid in week {h}.",
    "{who} keeps the key of cabinet {n} in drawer {h}.",
    "Server {n} is restarted at {h} by {who}.",
    "{who} 고객의 주문 {n}번은 {h}시에 배송한다.",
    "{n}번 장비의 점검은 {h}일에 {who} 담당자가 한다.",
    "{who} 님은 {n}호 회의실을 {h}시에 쓴다.",
    "{who} 님의 문의 {n}번은 {h}일 안에 답해야 한다.",
]


def pool_of(agent: str) -> str:
    return f"pool{AGENTS.index(agent) % POOLS}"


def said(number: int) -> str:
    rng = random.Random(number)
    return rng.choice(_WHAT).format(who=rng.choice(_WHO), n=10_000 + number, h=rng.randrange(1, 29))


def question(number: int) -> str:
    rng = random.Random(number)
    text = rng.choice(_WHAT).format(who=rng.choice(_WHO), n=10_000 + number, h="")
    return f"{text.rstrip('.')}?"


def table(store: MemoryStore, count: int) -> pa.Table:
    rng, embedder = np.random.default_rng(1), store.embedder()
    made = embedder.encode_documents([said(number) for number in range(EMBEDDED)])
    bases = np.asarray(made.vectors, np.float32)
    picks = np.arange(count) % EMBEDDED
    turns = rng.standard_normal((count, bases.shape[1]), np.float32)
    vectors = bases[picks] + TURN * turns / np.linalg.norm(turns, axis=1, keepdims=True)
    vectors[:EMBEDDED] = bases
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [_row(number, embedder.fingerprint) for number in range(count)]
    schema = MEMORIES.schema
    flat = pa.array(vectors.ravel(), pa.float32())
    offsets = pa.array(np.arange(0, flat.__len__() + 1, bases.shape[1]), pa.int32())
    columns = {
        name: pa.array([row[name] for row in rows], schema.field(name).type)
        for name in schema.names
        if name not in ("vector", "signs")
    }
    columns["vector"] = pa.ListArray.from_arrays(offsets, flat)
    columns["signs"] = pa.array([made.signs[pick] for pick in picks], pa.binary())
    return pa.table({name: columns[name] for name in schema.names}, schema=schema)


def _row(number: int, model: str) -> dict[str, Any]:
    agent, text = AGENTS[number % len(AGENTS)], said(number)
    shared = [f"pool:{pool_of(agent)}"] if number % 3 == 0 else []
    readers = sorted([f"agent:{agent}", *shared])
    recorded_at = _BEGUN + timedelta(seconds=60 * number)
    key = key_of(agent, Statement(text), readers, text)
    is_retired = number % 10 == 9
    return dict.fromkeys(MEMORIES.schema.names) | {
        "shard": shard(key),
        "statement_hash": key,
        "memory_id": key + ids.digest("moment", key, recorded_at.isoformat(), size=4),
        "kind": "semantic",
        "text": text,
        "language": "ko" if max(text) >= "가" else "en",
        "agent": agent,
        "session": f"session {number // 20}",
        "access": readers,
        "tier": "long_term",
        "importance": 0.5,
        "uses": number % 7,
        "recorded_at": recorded_at,
        "retired_at": recorded_at + timedelta(days=1) if is_retired else None,
        "retired_as": "forgotten" if is_retired else None,
        "method": "said",
        "trust": "trusted",
        "revision": 1,
        "model": model,
    }


@dataclass
class Times:
    """Milliseconds of one kind of call: on the clock, those in the model, of the processor."""

    whole: list[float] = field(default_factory=list)
    model: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def rows(self, name: str) -> Iterator[str]:
        without = np.array(self.whole) - self.model
        for what, values in ((name, self.whole), (f"{name}, without the model", without)):
            p50, p95, p99 = np.percentile(values, (50, 95, 99))
            cells = f"{p50:.0f} | {p95:.0f} | {p99:.0f} | {max(values):.0f}"
            cpu = f"{np.mean(self.cpu):.0f}" if what == name else ""
            yield f"| {what} | {len(values)} | {cells} | {cpu} |"


class Watch:
    """Measures calls, and in them the model."""

    def __init__(self, store: MemoryStore) -> None:
        self._in_model = 0.0
        embedder = store.embedder()
        for name in ("encode_documents", "encode_queries"):
            setattr(embedder, name, self._timed(getattr(embedder, name)))

    def _timed(self, encode: Callable[..., Any]) -> Callable[..., Any]:
        def timed(texts: Iterable[str], *rest: Any, **more: Any) -> Any:
            begun = time.perf_counter()
            made = encode(texts, *rest, **more)
            self._in_model += time.perf_counter() - begun
            return made

        return timed

    def call(self, times: Times, verb: Callable[[], Any]) -> Any:
        self._in_model = 0.0
        begun, cpu = time.perf_counter(), time.process_time()
        result = verb()
        times.whole.append(1e3 * (time.perf_counter() - begun))
        times.cpu.append(1e3 * (time.process_time() - cpu))
        times.model.append(1e3 * self._in_model)
        return result


def disk(folder: Path) -> float:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6


def filled(folder: Path, count: int) -> tuple[Project, MemoryStore]:
    groups = {f"pool:pool{number}": [] for number in range(POOLS)}
    for agent in AGENTS:
        groups[f"pool:{pool_of(agent)}"].append(f"agent:{agent}")
    (folder / "groups.yaml").write_text(yaml.safe_dump(groups))
    config = {"lake": "lake", "sources": {}, "principals": {"file": "groups.yaml"}}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    project = Project.open(folder / "doclake.yaml")
    store = MemoryStore(project)
    rows = table(store, count)
    begun = time.perf_counter()
    project.lake.append(MEMORIES.name, rows)
    appended = time.perf_counter() - begun
    store.rebuild()
    rebuilt = time.perf_counter() - begun - appended
    print(f"{count:,} memories: appended in {appended:.0f} s, the view rebuilt in {rebuilt:.0f} s")
    return project, MemoryStore(project)


def play(project: Project, store: MemoryStore, count: int, calls: int) -> dict[str, Times]:
    rng, watch, last = random.Random(1), Watch(store), {}
    times = {"remember": Times(), "recall after a write": Times(), "recall": Times()}
    Memories(project, AGENTS[0], store=store).recall(question(0))  # the model is loaded
    for number in range(calls):
        agent = rng.choice(AGENTS)
        memories, text = Memories(project, agent, store=store), said(count + number)
        pool, before = (pool_of(agent) if number % 3 == 0 else None), last.get(agent)
        if number % 10 == 8 and before:
            verb = lambda: memories.correct(before[0], text)  # noqa: B023, E731
        elif number % 10 == 9 and before:
            verb = lambda: memories.remember(before[1], pool=before[2])  # noqa: B023, E731
        else:
            verb = lambda: memories.remember(text, pool=pool)  # noqa: B023, E731
        done = watch.call(times["remember"], verb).memory
        last[agent] = (done.memory_id, done.text, before[2] if number % 10 > 7 and before else pool)
        asker = Memories(project, rng.choice(AGENTS), store=store)
        asked = question(rng.randrange(count))
        watch.call(times["recall after a write"], lambda: asker.recall(asked))  # noqa: B023
    for _ in range(calls):
        asker = Memories(project, rng.choice(AGENTS), store=store)
        asked = question(rng.randrange(count))
        watch.call(times["recall"], lambda: asker.recall(asked))  # noqa: B023
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--memories", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=600)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="doclake-memory-") as there:
        project, store = filled(Path(there), options.memories)
        before = disk(Path(there))
        times = play(project, store, options.memories, options.calls)
        print("| call | n | p50 ms | p95 ms | p99 ms | longest ms | CPU-ms a call |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, one in times.items():
            print(*one.rows(name), sep="\n")
        held = psutil.Process().memory_info().rss / 1e6
        print(f"memory {held:,.0f} MB; disk {before:,.0f} MB, then {disk(Path(there)):,.0f} MB")


if __name__ == "__main__":
    main()
