"""A simulation of one lake in an object store that ever more machines write: where it breaks.

    python benchmarks/scale_simulation.py [--documents 1000000000] [--pages 5] [--round-trip 0.03]

Every machine takes batches of documents. A batch costs the core-seconds of
`doclake/operate/rates.py` and then commits to Delta tables; the ledger, to which each of three
stages commits once a batch, is the busiest. Of two commits with one number the second is refused,
reads what it missed and tries again, as delta-rs does: 15 times, and 12 times from the start by
Doclake. Time on the network is a number of round trips to the store, whose length is an assumption
and an option, not a measurement.

Prints a table for batches of 256 documents, the default, and of 4,096, and draws
docs/images/scale.png.
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from doclake.lake.commits import COMMIT_ATTEMPTS
from doclake.operate.capacity import HOUR
from doclake.operate.rates import MEASURED

NODES = (1, 10, 30, 100, 300, 1000)
BATCHES = (256, 4096)
CORES = 32
LEDGER_COMMITS = 3  # of a batch: elements, chunks and embeddings each write it once
RETRIES = 15  # of delta-rs within one commit
SIMULATED = 20  # batches of each machine
KEYS = 1000  # that S3 lists in one answer
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "scale.png"


@dataclass(frozen=True)
class Load:
    nodes: int
    batch: int
    pages: float
    round_trip: float

    @property
    def work(self) -> float:
        """Seconds for which a machine computes between two commits to the ledger."""
        pages = self.batch * self.pages
        seconds = pages * (MEASURED.extract + MEASURED.tokens / MEASURED.embed)
        seconds += pages * MEASURED.rows["chunks"] * MEASURED.chunk
        return seconds / (CORES * MEASURED.parallel) / LEDGER_COMMITS

    @property
    def alone(self) -> float:
        """Documents a second if nobody had to commit."""
        return self.nodes * self.batch / (self.work * LEDGER_COMMITS)


@dataclass
class Outcome:
    """Of the machines, while all of them were at work."""

    seconds: float = 0.0
    commits: int = 0
    lost: int = 0
    failed: int = 0
    waited: float = 0.0

    def rate(self, load: Load) -> float:
        """Documents a second."""
        return self.commits / LEDGER_COMMITS * load.batch / self.seconds


@dataclass(order=True)
class _Attempt:
    at: float
    node: int = field(compare=False)
    known: int = field(compare=False)
    begun: float = field(compare=False)
    lost: int = field(default=0, compare=False)


def simulate(load: Load, seed: int = 0) -> Outcome:
    """Machines that compute and commit, each with `SIMULATED` batches."""
    chance, outcome, tip = random.Random(seed), Outcome(), 0
    left = dict.fromkeys(range(load.nodes), SIMULATED * LEDGER_COMMITS)
    waiting = [_next(load, chance, node, chance.uniform(0, load.work)) for node in left]
    heapq.heapify(waiting)
    while all(left.values()):  # until the first is done: the others would have it for themselves
        attempt = heapq.heappop(waiting)
        if attempt.known == -1:  # it opens the table, and then puts its commit
            attempt.known = tip
            attempt.at += load.round_trip
            heapq.heappush(waiting, attempt)
            continue
        if attempt.known != tip:
            _lose(load, chance, attempt, outcome, tip)
            if attempt.lost < RETRIES * COMMIT_ATTEMPTS:
                heapq.heappush(waiting, attempt)
                continue
            outcome.failed += 1
        else:
            tip += 1
            outcome.commits += 1
        outcome.waited += attempt.at - attempt.begun
        left[attempt.node] -= 1
        heapq.heappush(waiting, _next(load, chance, attempt.node, attempt.at))
        outcome.seconds = attempt.at
    return outcome


def _next(load: Load, chance: random.Random, node: int, now: float) -> _Attempt:
    """The next commit of a machine: when it has computed, it opens the table and puts its files."""
    begun = now + load.work * chance.uniform(0.8, 1.2)
    return _Attempt(begun + 2 * load.round_trip, node, -1, begun)


def _lose(load: Load, chance: random.Random, attempt: _Attempt, outcome: Outcome, tip: int) -> None:
    """Read each commit that was missed and try again; every 15 times, wait and open the table."""
    outcome.lost += 1
    attempt.lost += 1
    trips = 1 + tip - attempt.known
    attempt.known = tip
    attempt.at += load.round_trip * trips * chance.uniform(0.8, 1.2)
    if attempt.lost % RETRIES == 0:
        rounds = attempt.lost // RETRIES
        attempt.at += chance.uniform(0, min(5.0, 0.05 * 2**rounds))
        attempt.known = -1


def report(
    documents: int, pages: float, round_trip: float, outcomes: Sequence[tuple[Load, Outcome]]
) -> str:
    head = ("in a batch", "machines", "documents/s if nobody had to commit", "documents/s")
    head += ("lost tries a commit", "commits given up", "time spent on commits", "days")
    lines = [f"| {' | '.join(head)} |", "|" + "---:|" * len(head)]
    for load, outcome in outcomes:
        rate = outcome.rate(load)
        lost = outcome.lost / max(1, outcome.commits)
        given_up = outcome.failed / max(1, outcome.failed + outcome.commits)
        waited = min(1, outcome.waited / (outcome.seconds * load.nodes))
        days = documents / rate / HOUR / 24
        row = (f"{load.batch:,}", f"{load.nodes:,}", f"{load.alone:,.0f}", f"{rate:,.0f}")
        row += (f"{lost:,.1f}", f"{given_up:.1%}", f"{waited:.0%}", f"{days:,.0f}")
        lines.append(f"| {' | '.join(row)} |")
    chunks = documents * pages * MEASURED.rows["chunks"]
    listing = documents / KEYS * round_trip / HOUR
    ledger = documents * MEASURED.rows["ledger"] * MEASURED.row_bytes["ledger"] / 1e9
    lines += [
        "",
        f"Index: {chunks / MEASURED.index / HOUR / 24:,.0f} days of its one writer. "
        f"Listing once: {listing:,.1f} hours. Ledger: {ledger:,.0f} GB.",
    ]
    return "\n".join(lines)


def draw(outcomes: Sequence[tuple[Load, Outcome]], round_trip: float) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    for batch in BATCHES:
        mine = [(load, outcome) for load, outcome in outcomes if load.batch == batch]
        nodes = [load.nodes for load, _ in mine]
        axes.plot(nodes, [o.rate(load) for load, o in mine], "o-", label=f"batches of {batch:,}")
    alone = [load.alone for load, _ in mine]
    axes.plot(nodes, alone, "--", color="grey", label="if nobody had to commit")
    rows = MEASURED.rows["chunks"] * mine[0][0].pages
    axes.axhline(MEASURED.index / rows, ls=":", color="black", label="what one index writer takes")
    axes.set(xscale="log", yscale="log", xlabel="machines of 32 cores", ylabel="documents a second")
    axes.set_title(f"One lake, round trips of {round_trip * 1000:.0f} ms")
    axes.legend()
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=1_000_000_000)
    parser.add_argument("--pages", type=float, default=5)
    parser.add_argument("--round-trip", type=float, default=0.03, help="seconds")
    options = parser.parse_args()
    loads = [
        Load(nodes, batch, options.pages, options.round_trip)
        for batch in BATCHES
        for nodes in NODES
    ]
    outcomes = [(load, simulate(load)) for load in loads]
    print(report(options.documents, options.pages, options.round_trip, outcomes))
    draw(outcomes, options.round_trip)


if __name__ == "__main__":
    main()
