"""Kill processes that take from a topic, and count what the lake holds of it.

    python benchmarks/stream_kills.py --kind kafka --kills 100

Two processes take from one topic at once. Each kill is a SIGKILL at a random moment, while messages
come; another process takes its place. Every message must stand in the table once. The control
writes offsets in a commit of their own, and shows that this trial can fail.

Prints a report in Markdown and exits with 1 if a message was lost or doubled.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.sources.kafka_server import broker
from tests.sources.nats_server import jetstream
from tests.sources.topic_kills import Outcome, trial

KINDS = {"kafka": broker, "nats": jetstream}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=KINDS, default="kafka")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--control", type=int, default=10, help="kills of the control")
    parser.add_argument("--seed", type=int, default=20240501)
    options = parser.parse_args()
    print("| kind | offsets | kills | sent | rows | lost | doubled | commits | seconds |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    outcome = _told(options.kind, "in the commit", options.kills, options.seed, apart=False)
    if options.control:
        _told(options.kind, "apart (control)", options.control, options.seed, apart=True)
    return 1 if outcome.lost or outcome.doubled else 0


def _told(kind: str, name: str, kills: int, seed: int, *, apart: bool) -> Outcome:
    with KINDS[kind]() as server, tempfile.TemporaryDirectory(prefix="doclake-kills-") as folder:
        one = trial(server, f"{folder}/lake", kills=kills, seed=seed, apart=apart)
    print(
        f"| {kind} | {name} | {one.killed} | {one.sent:,} | {one.rows:,} | {one.lost:,} "
        f"| {one.doubled:,} | {one.commits:,} | {one.seconds:.0f} |",
        flush=True,
    )
    return one


if __name__ == "__main__":
    sys.exit(main())
