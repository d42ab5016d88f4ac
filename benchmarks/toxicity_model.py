"""Trains the classifier that the step `toxicity` asks beside its lists.

    python benchmarks/toxicity_model.py [--clean DIR]

It learns from the toxic and the harmless sentences of the half `tuning`, and from harmless text of
the project: passages of facts, good chunks of other steps, pages of the documentation. Writes the
file beside the lists; `doclake/curate/toxicity.py` names it. `--clean` names a folder of text files
that nobody calls toxic, and prints how many of their pieces it would flag, by threshold.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.accuracy.curation_cases import LANGUAGES, cases
from benchmarks.accuracy.curation_good import facts
from benchmarks.classifier import _examples
from benchmarks.near_duplicates import FACTS
from benchmarks.personal_data import _pieces
from doclake.curate.classifier.model import GOOD, name_of
from doclake.curate.classifier.training import Example, trained

ROOT = Path(__file__).parents[1]
WORDS = ROOT / "doclake" / "curate" / "words"
SENTENCES = (1, 1, 2, 4)  # of a passage
PASSAGES = 100  # of each of these lengths
THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clean", type=Path, help="a folder with text files that are clean")
    options = parser.parse_args()
    harmless = [Example(text, GOOD, text) for text in dict.fromkeys(_harmless())]
    classifier = trained([*_examples("toxicity"), *harmless])
    content = classifier.content()
    for file in WORDS.glob("*.safetensors"):
        file.unlink()
    (WORDS / name_of(content)).write_bytes(content)
    print(name_of(content), f"{len(content):,} bytes", classifier.card)
    if options.clean:
        pieces = list(_pieces(options.clean))
        shares = classifier.shares(pieces).sum(axis=1)
        for threshold in THRESHOLDS:
            print(f"{threshold}: {(shares >= threshold).sum():,} of {len(pieces):,} clean pieces")


def _harmless() -> Iterator[str]:
    chance = random.Random(3)
    rows = [
        row for file in sorted(FACTS.glob("*.yaml")) for row in yaml.safe_load(file.read_text())
    ]
    for code in LANGUAGES.values():
        known = [*facts(code), *(row[name] for row in rows for name in (code, f"near_{code}"))]
        for count in SENTENCES:
            yield from (" ".join(chance.sample(known, count)) for _ in range(PASSAGES))
    for step in ("heuristics", "boilerplate", "quoted_mail"):
        for language in LANGUAGES:
            yield from (case.text for case in cases(step, language, "tuning") if not case.bad)
    yield from _pieces(ROOT / "docs")


if __name__ == "__main__":
    main()
