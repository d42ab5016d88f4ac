"""How well vectors tell what says the same, and what comparing one with all costs.

    python benchmarks/semantic_duplicates.py [--model NAME] [--size 1000000]

Accuracy: passages of four facts (`bilingual_facts/`); copies of them in which a share of the words
is edited; the same four facts in another order; the same in the other language; and what must not
be joined, passages of other facts in the same words. A pair is found if its cosine reaches the
similarity. Cost: unit vectors by chance go through the comparison that the stage makes.
"""

from __future__ import annotations

import argparse
import random
import time

import numpy as np

from benchmarks.near_duplicates import FACTS, _edited, _rows
from doclake.curate.duplicates.semantic import SemanticClusters, Vectors
from doclake.embed import Embedder
from doclake.settings import EmbeddingSettings

SIMILARITIES = (0.9, 0.92, 0.94, 0.95, 0.96, 0.98)
ROUNDS = 8
PART = 15_000  # vectors of a bucket, of 64 in a source of a million
NEW = 1_000
DIMENSION = 384


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="multilingual-e5-small")
    parser.add_argument("--size", type=int, default=1_000_000)
    asked = parser.parse_args()
    _accuracy(Embedder(EmbeddingSettings(model=asked.model)))
    _cost(asked.size)


def _accuracy(embedder: Embedder) -> None:
    chance = random.Random(7)
    rows = [row for file in sorted(FACTS.glob("*.yaml")) for row in _rows(file)]
    groups = []
    for _ in range(ROUNDS):
        mixed = chance.sample(rows, len(rows))
        groups += [mixed[at : at + 4] for at in range(0, len(mixed) - 3, 4)]
    print(f"| pair | pairs | {' | '.join(map(str, SIMILARITIES))} |")
    print(f"|---|---:|{'---:|' * len(SIMILARITIES)}")
    for language, name, other in (("English", "en", "ko"), ("Korean", "ko", "en")):
        facts = [[row[name] for row in group] for group in groups]
        words = [word for group in facts for fact in group for word in fact.split()]
        own = [" ".join(group) for group in facts]
        others = {
            "10 % edited": [_edited(text, 0.1, words, chance) for text in own],
            "30 % edited": [_edited(text, 0.3, words, chance) for text in own],
            "another order": [" ".join(group[::-1]) for group in facts],
            "in the other language": [" ".join(row[other] for row in group) for group in groups],
            "three of four facts": [" ".join(group[:3]) for group in facts],
            "other facts, like words": [
                " ".join(row[f"near_{name}"] for row in group) for group in groups
            ],
            "the next passage": own[1:] + own[:1],
        }
        first = np.asarray(embedder.encode_documents(own).vectors)
        for pair, texts in others.items():
            second = np.asarray(embedder.encode_documents(texts).vectors)
            cosines = (first * second).sum(axis=1)
            shares = " | ".join(f"{(cosines >= least).mean():.3f}" for least in SIMILARITIES)
            print(f"| {language}, {pair} | {len(own)} | {shares} |", flush=True)


def _cost(size: int) -> None:
    chance = np.random.default_rng(7)
    began, clusters = time.process_time(), SemanticClusters(_texts(NEW, "new", chance), 0.95)
    spent = time.process_time() - began
    for at in range(0, size, PART):
        part = _texts(min(PART, size - at), f"standing {at}", chance)
        began = time.process_time()
        clusters.meet(part)
        spent += time.process_time() - began
    began = time.process_time()
    clusters.assigned()
    spent += time.process_time() - began
    print(f"\n{NEW:,} new vectors against {size:,}: {spent:.1f} s of CPU time")


def _texts(count: int, name: str, chance: np.random.Generator) -> Vectors:
    vectors = chance.standard_normal((count, DIMENSION), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups, arrived = np.zeros(count, np.uint64), np.zeros(count, np.int64)
    return Vectors([f"{name} {at}" for at in range(count)], groups, arrived, vectors)


if __name__ == "__main__":
    main()
