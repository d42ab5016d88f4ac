"""Which orders to a language model are found, how much of what is found is none, and how fast.

    python benchmarks/injection.py [--set tuning] [--misses] [--speed FOLDER]

Made passages of both languages, half of them hard negatives: see `accuracy/injection_sentences.py`.
Precision is that of passages above the threshold for which a reason was given, recall the share of
the orders with this reason that are above it, whatever was given as reason. Rules were chosen on
the set `tuning`; report `measuring`. `--speed` reads the text files of a folder in pieces of 1,000
characters, on one core.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from benchmarks.accuracy.injection_sentences import SETS, Passage, passages
from doclake.injection.detector import judge
from doclake.injection.model import REASONS
from doclake.settings.injection import InjectionSettings

LANGUAGES = ("English", "Korean")
ALL = "all"
_ABOVE = InjectionSettings().threshold
_PIECE = 1_000  # characters; a chunk of 256 tokens has about as many
_SECONDS = 5.0
_OF_A_FILE = 20_000  # of a long file only the beginning, so that none outweighs the others


class Score:
    """Counts of passages by reason, and of `ALL`."""

    def __init__(self) -> None:
        self.orders: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.plain = 0

    def add(self, passage: Passage) -> str | None:
        """What went wrong, if anything did."""
        suspicion = judge(passage.text)
        is_found = suspicion.score > _ABOVE
        given = (ALL, *suspicion.reasons) if is_found else ()
        if passage.reason is None:
            self.plain += 1
            self.wrong.update(given)
            return f"wrong {suspicion}" if is_found else None
        self.orders.update((ALL, passage.reason))
        self.right.update(given)
        if is_found:
            self.found.update((ALL, passage.reason))
            return None
        return f"missed {passage.reason} {suspicion}"

    def precision(self, reason: str = ALL) -> float:
        return _share(self.right[reason], self.wrong[reason])

    def recall(self, reason: str = ALL) -> float:
        return _share(self.found[reason], self.orders[reason] - self.found[reason])

    def line(self, reason: str) -> str:
        figures = f"{self.precision(reason):.3f} | {self.recall(reason):.3f}"
        return f"| {reason} | {self.orders[reason]} | {figures} |"


def _share(part: int, rest: int) -> float:
    """1 if there is nothing to be right or wrong about."""
    return part / (part + rest) if part + rest else 1.0


def measured(name: str, language: str, *, tell: bool = False) -> Score:
    score = Score()
    for passage in passages(name, language):
        wrong = score.add(passage)
        if tell and wrong:
            print(f"{wrong} {passage.text!r}")
    return score


def pieces(folder: Path) -> list[str]:
    """What the text files of a folder hold, each piece once."""
    seen = set()
    for kind in ("txt", "md", "rst", "html", "eml"):
        for file in sorted(folder.rglob(f"*.{kind}")):
            text = file.read_text("utf-8", errors="ignore")[:_OF_A_FILE]
            seen.update(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return sorted(seen)


def speed(texts: list[str]) -> float:
    """Texts a second of one core's time."""
    begin, done = time.process_time(), 0
    while time.process_time() - begin < _SECONDS:
        for text in texts:
            judge(text)
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
        print(f"\n{language}, set {options.set}, {score.plain} passages without an order\n")
        print("| reason | orders | precision | recall |\n|---|---:|---:|---:|")
        for reason in (*REASONS, ALL):
            print(score.line(reason))
    if options.speed:
        texts = pieces(options.speed)
        found = sum(judge(text).score > _ABOVE for text in texts)
        print(f"\n{len(texts)} pieces of {_PIECE} characters, {found} of them suspicious:", end=" ")
        print(f"{speed(texts):,.0f} pieces a second of one core")


if __name__ == "__main__":
    main()
