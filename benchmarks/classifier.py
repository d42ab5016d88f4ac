"""What a classifier is worth that learns from the labelled chunks of `curation.py`, and how fast.

    python benchmarks/classifier.py [--speed DIR]

It learns from the half `tuning` and is asked about the half `measuring`, whose texts follow other
patterns. `--speed` reads the text files of a folder in pieces of 1,000 characters, on one core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.curation_cases import LANGUAGES, Case, cases
from benchmarks.curation import Score
from benchmarks.personal_data import _pieces
from doclake.curate.classifier.model import GOOD, Classifier
from doclake.curate.classifier.training import Example, trained

STEPS = ("heuristics", "boilerplate", "toxicity")
THRESHOLDS = (0.5, 0.7, 0.9)
_SECONDS = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=Path, help="a folder with text files")
    options = parser.parse_args()
    print("| labels | learned from | threshold | language | chunks | bad | precision | recall |")
    print("|---|---:|---:|---|---:|---:|---:|---:|")
    for steps in (*((step,) for step in STEPS), STEPS):
        began, examples = time.process_time(), list(_examples(*steps))
        classifier = trained(examples)
        spent = time.process_time() - began
        for threshold in THRESHOLDS:
            for language in LANGUAGES:
                some = [case for step in steps for case in cases(step, language, "measuring")]
                line = _score(classifier, some, threshold).line(f"{threshold}", language)
                print(f"| {', '.join(steps)} | {len(examples):,} {line}", flush=True)
        print(f"Trained and measured in {spent:.1f} s of CPU time.\n")
    if options.speed:
        print(
            f"{_speed(classifier, list(_pieces(options.speed))):,.0f} chunks a second of one core"
        )


def _examples(*steps: str) -> Iterator[Example]:
    """A pattern is a document, and so is a sentence with the chunk that holds it."""
    for step in steps:
        for language in LANGUAGES:
            of = f"{step} {language}"
            for number, case in enumerate(cases(step, language, "tuning")):
                document = str(number // 2) if step == "toxicity" else case.pattern
                yield Example(case.text, step if case.bad else GOOD, f"{of} {document}")


def _score(classifier: Classifier, some: list[Case], threshold: float) -> Score:
    shares = classifier.shares([case.text for case in some]).sum(axis=1)
    return Score(some, (shares >= threshold).tolist())


def _speed(classifier: Classifier, texts: list[str]) -> float:
    begin, done = time.process_time(), 0
    while time.process_time() - begin < _SECONDS:
        classifier.shares(texts[:2_000])
        done += len(texts[:2_000])
    return done / (time.process_time() - begin)


if __name__ == "__main__":
    main()
