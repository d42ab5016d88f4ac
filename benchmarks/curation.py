"""How well the steps of curation judge chunks, and how fast.

    python benchmarks/curation.py [--half tuning] [--misses] [--step NAME] [--speed DIR] [--other]
    python benchmarks/curation.py --stage DIR

Labelled chunks in English and Korean, hard negatives among them: `accuracy/curation_cases.py`. A
chunk counts as found if a step gives it a flag. Rules were chosen on the half `tuning`; report
`measuring`. `--speed` reads the text files of a folder in pieces of 1,000 characters, on one core.
`--stage` ingests a folder up to its chunks and measures the stage `signals` over them, by itself.
`--other` measures alt-profanity-check and korcen, where they are installed, on toxicity.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.accuracy.curation_cases import HALVES, LANGUAGES, Case, cases
from benchmarks.capacity_rates import made
from benchmarks.capacity_rates import measured as measured_time
from benchmarks.personal_data import _pieces
from doclake.curate.duplicates.signatures import normalised, signatures
from doclake.curate.furniture import edges, signals
from doclake.curate.registry import STEPS
from doclake.stages import chunks, documents, elements
from doclake.stages import signals as stage_signals
from doclake.stages.context import StageContext

MEASURED = ("heuristics", "boilerplate", "quoted_mail", "toxicity")
_SECONDS = 5.0


def flags_of(
    step: str, chunk: dict[str, Any], settings: Any = None, before: Sequence[str] = ()
) -> tuple[str, ...]:
    """What a step says of a chunk, of which only the columns that matter are given. `before`: texts
    of chunks that stand above it."""
    whole = {"doc_id": "", "section": [], "language": None, "media_type": "", "title": None} | chunk
    rows = [*({**whole, "text": text} for text in before), whole]
    kind: Any = STEPS[step]
    signals = kind(settings or kind.settings()).judge(pa.Table.from_pylist(rows))
    return tuple(signals["flags"].to_pylist()[-1])


def flagged(step: str, some: Sequence[Case], language: str) -> list[tuple[str, ...]]:
    """The flags of each case."""
    rows = [
        {
            "doc_id": str(number),
            "text": text,
            "section": [],
            "language": LANGUAGES[language],
            "media_type": case.media_type,
            "title": case.title,
        }
        for number, case in enumerate(some)
        for text in (*case.before, case.text)
    ]
    kind: Any = STEPS[step]
    found = kind(kind.settings()).judge(pa.Table.from_pylist(rows))["flags"].to_pylist()
    last = {row["doc_id"]: flags for row, flags in zip(rows, found, strict=True)}
    return [tuple(last[str(number)]) for number in range(len(some))]


class Score:
    """How often a step was right, of how many."""

    def __init__(self, some: Sequence[Case], found: Sequence[bool]) -> None:
        pairs = Counter((case.bad, bool(flag)) for case, flag in zip(some, found, strict=True))
        self.cases = len(some)
        self.right, self.missed, self.wrong = (
            pairs[True, True],
            pairs[True, False],
            pairs[False, True],
        )

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    def line(self, name: str, language: str) -> str:
        bad = self.right + self.missed
        shares = f"{self.precision:.3f} | {self.recall:.3f}"
        return f"| {name} | {language} | {self.cases} | {bad} | {shares} |"


def measured(step: str, language: str, half: str, *, tell: bool = False) -> Score:
    some = list(cases(step, language, half))
    found = flagged(step, some, language)
    if tell:
        for case, flags in zip(some, found, strict=True):
            if case.bad != bool(flags):
                said = "missed" if case.bad else f"wrong {flags}"
                print(f"{step} {language} {said} {case.pattern[:40]}: {case.text[:300]!r}")
    return Score(some, [bool(flags) for flags in found])


def _others() -> dict[str, tuple[str, Callable[[str], bool]]]:
    """What else says whether a text is toxic, by name, with its language."""
    found: dict[str, tuple[str, Callable[[str], bool]]] = {}
    try:
        from profanity_check import predict

        found["alt-profanity-check"] = ("English", lambda text: bool(predict([text])[0]))
    except ImportError:
        pass
    try:
        from korcen import korcen

        found["korcen"] = ("Korean", lambda text: bool(korcen.check(text)))
    except ImportError:
        pass
    return found


def speed(judge: Callable[[pa.Table], Any], texts: list[str]) -> float:
    """Chunks a second of one core's time."""
    rows = [
        {
            "doc_id": str(number // 20),
            "text": text,
            "section": [],
            "language": None,
            "media_type": "text/plain",
            "title": None,
        }
        for number, text in enumerate(texts)
    ]
    table, done, begin = pa.Table.from_pylist(rows), 0, time.process_time()
    while time.process_time() - begin < _SECONDS:
        judge(table)
        done += len(rows)
    return done / (time.process_time() - begin)


def _judges() -> Iterator[tuple[str, Callable[[pa.Table], Any]]]:
    """What each step computes for each chunk. Those that compare chunks do more once for each run:
    `near_duplicates.py` and `furniture.py` measure it; `classifier.py` measures what is trained."""
    for name, kind in STEPS.items():
        if name != "classifier":
            step: Any = kind
            yield name, step(step.settings()).judge
    yield "furniture", lambda some: (edges(some), signals(some, np.zeros(1, np.int64), 0.5))
    yield (
        "near_duplicates",
        lambda some: signatures([normalised(text) for text in some["text"].to_pylist()]),
    )


def _stage(folder: Path) -> None:
    """The stage over all chunks of a folder, and again, when nothing is left to do."""
    with tempfile.TemporaryDirectory() as scratch:
        project = made(Path(scratch) / "curation", folder, ["**"])
        context = StageContext.whole(project, "docs")
        for stage in (documents, elements, chunks):
            stage.run(context)
        for what in ("every chunk", "no chunk"):
            wall, cpu = measured_time(lambda: stage_signals.run(context))
            count = len(project.lake.read("chunks", columns=["chunk_id"]))
            print(f"{what} of {count:,} judged: {wall:.2f} s, {cpu:.2f} s of CPU time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES, default="measuring")
    parser.add_argument("--step", choices=MEASURED)
    parser.add_argument("--misses", action="store_true", help="print what went wrong")
    parser.add_argument("--other", action="store_true", help="other programs as well")
    parser.add_argument("--speed", type=Path, help="a folder with text files")
    parser.add_argument("--stage", type=Path, help="a folder with documents")
    options = parser.parse_args()
    if options.stage:
        _stage(options.stage)
        return
    print(f"Half {options.half}\n\n| step | language | chunks | bad | precision | recall |")
    print("|---|---|---:|---:|---:|---:|")
    for step in [options.step] if options.step else MEASURED:
        for language in LANGUAGES:
            print(measured(step, language, options.half, tell=options.misses).line(step, language))
    for name, (language, says) in _others().items() if options.other else ():
        some = list(cases("toxicity", language, options.half))
        print(Score(some, [says(case.text) for case in some]).line(name, language))
    if options.speed:
        texts = list(_pieces(options.speed))
        print("\n| step | chunks of 1,000 characters a second of one core |\n|---|---:|")
        for name, judge in _judges():
            print(f"| {name} | {speed(judge, texts):,.0f} |")


if __name__ == "__main__":
    main()
