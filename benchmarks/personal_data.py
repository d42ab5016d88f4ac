"""What of personal data is found, how much of what is found is none, and how fast.

    python benchmarks/personal_data.py [--set tuning] [--misses] [--speed FOLDER]

Made sentences of both languages, 2,000 each, hard negatives among them: see
`accuracy/personal_sentences.py`. A value counts as found if kind and both ends agree. Rules were
chosen on the set `tuning`; report `measuring`. `--speed` reads the text files of a folder in pieces
of 1,000 characters, on one core.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.personal_sentences import SETS, Sentence, sentences
from doclake.personal.detector import find
from doclake.settings.personal_data import KINDS

LANGUAGES = ("English", "Korean")
_PIECE = 1_000  # characters; a chunk of 256 tokens has about as many
_SECONDS = 5.0


class Score:
    """Counts by kind."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()

    def add(self, sentence: Sentence) -> list[tuple[str, str, str]]:
        """What went wrong: how, kind, value."""
        found = {(f.kind, f.start, f.end) for f in find(sentence.text)}
        wanted = set(sentence.values)
        self.right.update(kind for kind, *_ in found & wanted)
        self.missed.update(kind for kind, *_ in wanted - found)
        self.wrong.update(kind for kind, *_ in found - wanted)
        said = [("missed", wanted - found), ("wrong", found - wanted)]
        return [(how, kind, sentence.text[a:b]) for how, some in said for kind, a, b in some]

    def precision(self, kind: str = "") -> float:
        return _share(self.right, self.wrong, kind)

    def recall(self, kind: str = "") -> float:
        return _share(self.right, self.missed, kind)

    def line(self, name: str, kind: str = "") -> str:
        right = self.right[kind] if kind else self.right.total()
        missed = self.missed[kind] if kind else self.missed.total()
        return (
            f"| {name} | {right + missed} | {self.precision(kind):.3f} | {self.recall(kind):.3f} |"
        )


def _share(right: Counter[str], other: Counter[str], kind: str) -> float:
    """1 if there is nothing to be right or wrong about."""
    a = right[kind] if kind else right.total()
    b = other[kind] if kind else other.total()
    return a / (a + b) if a + b else 1.0


def measured(name: str, language: str, *, tell: bool = False) -> Score:
    score = Score()
    for sentence in sentences(name, language):
        for how, kind, value in score.add(sentence):
            if tell:
                print(f"{how} {kind} {value!r} in {sentence.text!r}")
    return score


def _pieces(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.txt")) + sorted(folder.rglob("*.md")):
        text = file.read_text("utf-8", errors="ignore")
        yield from (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))


def speed(texts: list[str]) -> float:
    """Texts a second of one core's time."""
    begin, done = time.process_time(), 0
    while time.process_time() - begin < _SECONDS:
        for text in texts:
            find(text)
        done += len(texts)
    return done / (time.process_time() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=SETS, default="measuring")
    parser.add_argument("--misses", action="store_true", help="print what went wrong")
    parser.add_argument("--speed", type=Path, help="a folder with text files")
    options = parser.parse_args()
    for language in LANGUAGES:
        score = measured(options.set, language, tell=options.misses)
        print(f"\n{language}, set {options.set}\n")
        print("| kind | values | precision | recall |\n|---|---:|---:|---:|")
        for kind in KINDS:
            print(score.line(kind, kind))
        print(score.line("all"))
    if options.speed:
        texts = list(_pieces(options.speed))
        found = sum(len(find(text)) for text in texts)
        print(f"\n{len(texts)} pieces of {_PIECE} characters, {found} values in them:", end=" ")
        print(f"{speed(texts):,.0f} pieces a second of one core")


if __name__ == "__main__":
    main()
