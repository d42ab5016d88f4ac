"""The outcome of hostile files: one Markdown table by class of attack.

    python -m benchmarks.hostile_outcomes [--corpus ../shared/corpus/hostile] [--details]

Every file goes through the real extractor with the default limits, except for a time limit of 30 s;
a file with a known password goes once without it and once with it. The manifest's `expect` decides.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from doclake import errors, ids
from doclake.extract.extractor import Document, ExtractedDocument, Extractor
from doclake.settings import ExtractRecipe, Limits

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "hostile"
LIMITS = Limits(timeout_seconds=30, archive_seconds=30)
OUTCOMES = ("content", "empty", "reject", "limit", "password", "crash", "not installed", "bug")
_KINDS = {
    errors.DocumentEmpty: "empty",
    errors.LimitExceeded: "limit",
    errors.ParserTimeout: "limit",
    errors.ParserOutOfMemory: "limit",
    errors.DocumentEncrypted: "password",
    errors.ParserCrashed: "crash",
    errors.DependencyMissing: "not installed",
    errors.ParserFailed: "bug",
}
# A typed refusal of any type meets REJECT. So does a dead parser, since it is contained, but it is
# counted separately. A bug or a missing package meets nothing.
_MEETS = {
    "OK": {"content"},
    "PARTIAL": {"content"},
    "SAFE": {"content"},
    "EMPTY": {"empty"},
    "LIMIT": {"limit"},
    "PASSWORD": {"password"},
    "REJECT": {"reject", "empty", "limit", "password", "crash"},
}
# Files without any text (checked by hand): a document without content is always a typed failure,
# whatever its attack.
_WITHOUT_TEXT = {
    "pdf_nesting/array_50000.pdf",
    "pdf_nesting/outline_2000.pdf",
    "pdf_nesting/pages_3000.pdf",
    "pdf_cycle/form_self.pdf",
    "xxe/testXXE.xml",
    "symlinks.tar.gz",
    "archive/epub_traversal.epub",  # its only reference leads out of the container
}
# The known password does not help: the header names no scheme of encryption (version 0; Hangul
# writes 4), and no published scheme fits. A typed failure with its mend is right.
_STAYS_LOCKED = {"encrypted/password-12345.hwp"}


@dataclass(frozen=True, slots=True)
class Case:
    """One file and what must happen to it."""

    path: str
    attack: str
    expect: frozenset[str]
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    case: Case
    outcome: str
    met: bool
    seconds: float
    peak_mb: float
    tree: tuple[ExtractedDocument, ...]


def cases(corpus: Path = CORPUS) -> list[Case]:
    """The manifest's files, each encrypted one a second time with its password."""
    with (corpus / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    all_cases = []
    for row in rows:
        attack = row["attack_class"]
        without_text = {"EMPTY", "REJECT"} if row["path"] in _WITHOUT_TEXT else set()
        expect = frozenset(row["expect"].split("|")) | without_text
        all_cases.append(Case(row["path"], attack, expect))
        if row["password"]:
            locked = row["path"] in _STAYS_LOCKED
            opened = frozenset({"PASSWORD"} if locked else {"OK", "PARTIAL"})
            all_cases.append(Case(row["path"], f"{attack}, opened", opened, row["password"]))
    return all_cases


def kind_of(document: ExtractedDocument) -> str:
    return "content" if document.error is None else _KINDS.get(type(document.error), "reject")


def judge(case: Case, tree: tuple[ExtractedDocument, ...]) -> Verdict:
    """A limit or a password met anywhere inside a container counts for the container."""
    kinds = [kind_of(document) for document in tree]
    wanted = set().union(*(_MEETS[word] for word in case.expect))
    inside = {kind for kind in kinds[1:] if kind in ("limit", "password")}
    outcome = kinds[0] if kinds[0] in wanted or not inside & wanted else (inside & wanted).pop()
    return Verdict(
        case,
        outcome,
        outcome in wanted and "bug" not in kinds,
        sum(document.seconds for document in tree),
        max(document.peak_mb for document in tree),
        tree,
    )


def run(
    chosen: Iterable[Case], corpus: Path = CORPUS, workers: int = os.cpu_count() or 1
) -> Iterator[Verdict]:
    chosen = list(chosen)
    with Extractor(LIMITS, workers) as extractor:
        trees = extractor.extract(_document(case, corpus) for case in chosen)
        for case, tree in zip(chosen, trees, strict=True):
            yield judge(case, tree)


def _document(case: Case, corpus: Path) -> Document:
    file = corpus / case.path
    return Document(
        source="hostile",
        bucket="00",
        doc_id=ids.doc_id("hostile", case.path),
        path=case.path,
        recipe=ExtractRecipe(),
        open=partial(file.open, "rb"),
        password=case.password,
    )


def table(verdicts: list[Verdict]) -> str:
    """Markdown: a row for each class of attack, and a last one for all."""
    classes: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        classes[verdict.case.attack].append(verdict)
    lines = [
        "| attack | files | may end as | ended as | as expected | slowest, s | peak, MB |",
        "|---|--:|---|---|--:|--:|--:|",
    ]
    lines += [_row(name, members) for name, members in sorted(classes.items())]
    return "\n".join([*lines, _row("**all**", verdicts)])


def _row(name: str, verdicts: list[Verdict]) -> str:
    wanted = ", ".join(sorted(set().union(*(v.case.expect for v in verdicts)))).lower()
    counts = Counter(v.outcome for v in verdicts)
    ended = ", ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o])
    met, files = sum(v.met for v in verdicts), len(verdicts)
    slowest, peak = max(v.seconds for v in verdicts), max(v.peak_mb for v in verdicts)
    return f"| {name} | {files} | {wanted} | {ended} | {met} | {slowest:.1f} | {peak:.0f} |"


def details(verdicts: list[Verdict]) -> str:
    """A line for each file whose outcome is not the expected one."""
    lines = []
    for v in verdicts:
        if not v.met:
            error = next((d.error for d in v.tree if kind_of(d) == "bug"), v.tree[0].error)
            kind = v.tree[0].media_type
            lines.append(
                f"{v.case.path} [{kind}]: expected {'|'.join(sorted(v.case.expect))}, "
                f"was {v.outcome} in {v.seconds:.1f} s: {error}"
            )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--only", default="", help="paths that contain this")
    parser.add_argument("--details", action="store_true", help="also list what was unexpected")
    arguments = parser.parse_args()
    chosen = [case for case in cases(arguments.corpus) if arguments.only in case.path]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        tempfile.tempdir = temporary  # a place of its own, so that what is left there is ours
        verdicts = list(run(chosen, arguments.corpus))
        left = sorted(path.name for path in Path(temporary).iterdir())
    seconds = time.monotonic() - started
    print(table(verdicts))
    load = os.getloadavg()[0]
    print(f"\n{len(verdicts)} extractions in {seconds:.0f} s; left behind: {left or 'nothing'}")
    met = sum(verdict.met for verdict in verdicts)
    print(f"{met} as expected; load average {load:.1f} on {os.cpu_count()} cores")
    if arguments.details:
        print(details(verdicts))
    return 0 if all(verdict.met for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
