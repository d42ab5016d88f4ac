"""How well near-duplicates are found, and what one percent more costs in a lake of many signatures.

    python benchmarks/near_duplicates.py [--size 1000000] [--folder FOLDER]

Accuracy: passages of four facts (`bilingual_facts/`), in English and Korean, and copies of them in
which a share of the words is replaced, left out or doubled. A pair is right if the copy is in the
cluster of its passage. What must not be joined are passages that share one fact of four,
beside three distractors of other facts in the same words.

Scale: made passages go through the functions that the stage `signals` calls, into a Delta table of
a new lake; then one percent more.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml

from doclake import ids
from doclake.curate.duplicates.clusters import Clusters, Texts
from doclake.curate.duplicates.signatures import key, normalised, signatures
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.settings.curation import CurationSettings
from doclake.stages import duplicates
from doclake.stages.context import StageContext
from doclake.tables.chunks import CHUNKS

FACTS = Path(__file__).parent / "bilingual_facts"
SHARES = (0.05, 0.1, 0.15, 0.2, 0.3)
ROUNDS = 27
BATCH = 4_000
WORDS = 160


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    for language, name in (("English", "en"), ("Korean", "ko")):
        _accuracy(language, name)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        _scale(Path(folder), asked.size)


def _accuracy(language: str, name: str) -> None:
    chance = random.Random(7)
    rows = [row for file in sorted(FACTS.glob("*.yaml")) for row in _rows(file)]
    facts, others = [row[name] for row in rows], [row[f"near_{name}"] for row in rows]
    words = [word for fact in facts for word in fact.split()]
    threshold = CurationSettings().near_duplicates.similarity
    print(f"| {language}: words edited | pairs | recall | precision |\n|---|---:|---:|---:|")
    for share in SHARES:
        right = joined = pairs = 0
        for _ in range(ROUNDS):
            passages = _passages(facts, chance)
            copies = [_edited(passage, share, words, chance) for passage in passages]
            found = _clusters([*passages, *copies], threshold)[len(passages) :]
            right += sum(cluster == str(i) for i, cluster in enumerate(found))
            joined += sum(cluster != str(len(passages) + i) for i, cluster in enumerate(found))
            pairs += len(passages)
        print(f"| {share:.0%} | {pairs} | {right / pairs:.3f} | {right / max(joined, 1):.3f} |")
    passages = _passages(facts, chance)
    alike = [" ".join([*chance.sample(others, 3), fact]) for fact in facts]
    clusters = _clusters([*passages, *alike], threshold)[len(passages) :]
    wrong = sum(one != str(len(passages) + i) for i, one in enumerate(clusters))
    print(f"| none, other facts in like words | {len(alike)} | {wrong} joined | |\n")


def _passages(facts: Sequence[str], chance: random.Random) -> list[str]:
    """Each of four facts, no two with the same one."""
    mixed = chance.sample(facts, len(facts))
    return [" ".join(mixed[at : at + 4]) for at in range(0, len(mixed) - 3, 4)]


def _rows(file: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = yaml.safe_load(file.read_text())
    return rows


def _edited(text: str, share: float, words: Sequence[str], chance: random.Random) -> str:
    """A copy in which a share of the words is replaced, left out or doubled, a third each."""
    made = text.split()
    for place in chance.sample(range(len(made)), round(len(made) * share)):
        kind = chance.randrange(3)
        made[place] = ("", chance.choice(words), f"{made[place]} {chance.choice(words)}")[kind]
    return " ".join(made)


def _clusters(texts: Sequence[str], threshold: float) -> list[str]:
    plain = [normalised(text) for text in texts]
    nothing = np.zeros(len(texts), np.int64)
    columns = Texts(
        [str(i) for i in range(len(texts))],
        nothing,
        nothing.astype(np.uint64),
        np.array([key(text) for text in plain], np.uint64),
        signatures(plain),
    )
    found = Clusters(columns, threshold).assigned()
    return [match.cluster_id if match else str(i) for i, match in enumerate(found)]


def _scale(folder: Path, size: int) -> None:
    (folder / "documents").mkdir()
    source = {"url": "documents", "buckets": 64, "access": ["everyone"]}
    settings = {"sources": {"notes": source}, "lake": "lake"}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(settings))
    context = StageContext.whole(Project.open(folder), "notes")
    more = size // 100
    vocabulary = [f"{ids.digest('word', str(i), size=4)[: 2 + i % 7]}" for i in range(20_000)]
    print("| | chunks | seconds | CPU seconds | peak MB |\n|---|---:|---:|---:|---:|")
    first = _measured(context, f"the first {size:,}", 0, size, vocabulary)
    second = _measured(context, "1 % more", size, more, vocabulary)
    print(f"\nOne percent more takes {second / first:.1%} of the CPU time of building.")


def _measured(
    context: StageContext, name: str, start: int, count: int, vocabulary: Sequence[str]
) -> float:
    spent, cpu = 0.0, 0.0
    for bucket, chunks in _chunks(context, start, count, vocabulary):
        began, at = time.perf_counter(), time.process_time()
        scope = Scope("notes", [bucket], {"root_id": set(chunks["root_id"].to_pylist())})
        duplicates.compare(context, chunks, scope)
        spent, cpu = spent + time.perf_counter() - began, cpu + time.process_time() - at
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"| {name} | {count:,} | {spent:,.1f} | {cpu:,.1f} | {peak:,} |", flush=True)
    return cpu


def _chunks(
    context: StageContext, start: int, count: int, vocabulary: Sequence[str]
) -> Iterator[tuple[str, pa.Table]]:
    """Batches of chunks, each of one bucket, as the stage reads them. Every twentieth passage is an
    edited copy of the one before it."""
    batch = min(BATCH, count)
    before = ""
    for number, at in enumerate(range(start, start + count, batch)):
        bucket = context.buckets[number % len(context.buckets)]
        chance = random.Random(at)
        rows = []
        for i in range(at, min(at + batch, start + count)):
            text = " ".join(chance.choices(vocabulary, k=WORDS))
            if i % 20 == 19:
                text = _edited(before, 0.1, vocabulary, chance)
            before = text
            doc_id = ids.digest("made", str(i // 4))
            rows.append(
                {
                    "source": "notes",
                    "bucket": bucket,
                    "root_id": doc_id,
                    "doc_id": doc_id,
                    "chunk_id": ids.digest("made chunk", str(i)),
                    "path": str(i // 4),
                    "ordinal": i % 4,
                    "text": text,
                    "access": ["everyone"],
                    "denied": None,
                }
            )
        columns = list(rows[0])
        yield bucket, pa.Table.from_pylist(rows, schema=CHUNKS.columns(columns))


if __name__ == "__main__":
    main()
