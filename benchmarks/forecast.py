"""How near `doclake ingest --dry-run` comes: python -m benchmarks.forecast FOLDER [--documents N]

Divides N documents of the folder by chance into three sources of one lake. The first is ingested,
to measure the machine. Of the second and the third, what is foreseen is compared with what the
ingest then takes. Every ingest is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

SOURCES = ("first", "second", "third")


def divide(folder: Path, number: int, seed: int, into: Path) -> None:
    documents = sorted(path for path in folder.rglob("*") if path.is_file())
    random.Random(seed).shuffle(documents)
    for place, document in enumerate(documents[:number]):
        target = into / SOURCES[place % len(SOURCES)] / document.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(document, target)
    sources = {name: {"url": name, "access": ["everyone"]} for name in SOURCES}
    (into / "doclake.yaml").write_text(yaml.safe_dump({"sources": sources}))


def doclake(folder: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "doclake_dagster.pipelines.cli", *arguments, "--json"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "DO_NOT_TRACK": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def compare(folder: Path, source: str) -> None:
    foreseen = doclake(folder, "ingest", "--dry-run", "--source", source)
    taken = doclake(folder, "ingest", "--source", source)["stages"]
    print(f"\n{source}: {len(foreseen['added'])} documents, {foreseen['ingests']} ingests before")
    print("| stage | foreseen, s | took, s | off by |\n|---|---:|---:|---:|")
    rows = [
        (stage["stage"], stage["seconds"], taken[stage["stage"]]["seconds"])
        for stage in foreseen["stages"]
        if stage["stage"] in taken
    ]
    rows.append(("all stages", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    for stage, seconds, took in rows:
        print(f"| {stage} | {seconds:.1f} | {took:.1f} | {abs(seconds - took) / took:.0%} |")
    tokens = taken["embeddings"]["tokens"]
    off = abs(foreseen["tokens"] - tokens) / tokens
    print(f"\ntokens: {foreseen['tokens']:,} foreseen, {tokens:,} embedded, off by {off:.0%}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        divide(given.folder, given.documents, given.seed, folder)
        doclake(folder, "ingest", "--source", SOURCES[0])
        for source in SOURCES[1:]:
            compare(folder, source)


if __name__ == "__main__":
    main()
