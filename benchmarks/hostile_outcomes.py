"""What becomes of hostile files: one Markdown table by class of attack.

    python -m benchmarks.hostile_outcomes [--corpus ../shared/corpus/hostile] [--details]

Every file goes through the real extractor with the default limits, its clock set to 30 s; files
with a known password once without and once with it. The manifest's `expect` is the judge.
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
# A refusal with a type meets REJECT, whichever type it has; a dead parser is contained, so it does
# too, and is counted apart. A bug, or what is not installed, meets nothing.
_MEETS = {
    "OK": {"content"},
    "PARTIAL": {"content"},
    "SAFE": {"content"},
    "EMPTY": {"empty"},
    "LIMIT": {"limit"},
    "PASSWORD": {"password"},
    "REJECT": {"reject", "empty", "limit", "password", "crash"},
}
# Files that hold no text at all (looked at by hand): a document without content is a typed failure,
# never a success, whatever else is odd about it.
_WITHOUT_TEXT = {
    "pdf_nesting/array_50000.pdf",
    "pdf_nesting/outline_2000.pdf",
    "pdf_nesting/pages_3000.pdf",
    "pdf_cycle/form_self.pdf",
    "xxe/testXXE.xml",
    "symlinks.tar.gz",
    "archive/epub_traversal.epub",  # its only reference leads out of the container
}
# The password is known and does not help: the header names no scheme of encryption (version 0;
# Hangul writes 4), and none is published that fits. A typed failure with its mend is right.
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
    """The manifest's files, and each encrypted one a second time with its password."""
    with (corpus / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = []
    for row in rows:
        attack = row["attack_class"]
        without_text = {"EMPTY", "REJECT"} if row["path"] in _WITHOUT_TEXT else set()
        expect = frozenset(row["expect"].split("|")) | without_text
        found.append(Case(row["path"], attack, expect))
        if row["password"]:
            locked = row["path"] in _STAYS_LOCKED
            opened = frozenset({"PASSWORD"} if locked else {"OK", "PARTIAL"})
            found.append(Case(row["path"], f"{attack}, opened", opened, row["password"]))
    return found


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
    """Markdown: a row for each class of attack, a last one for all."""
    classes: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        classes[verdict.case.attack].append(verdict)
    lines = [
        "| attack | files | may end as | ended as | as expected | slowest, s | peak, MB |",
        "|---|--:|---|---|--:|--:|--:|",
    ]
    lines += [_row(name, found) for name, found in sorted(classes.items())]
    return "\n".join([*lines, _row("**all**", verdicts)])


def _row(name: str, found: list[Verdict]) -> str:
    wanted = ", ".join(sorted(set().union(*(v.case.expect for v in found)))).lower()
    counts = Counter(v.outcome for v in found)
    ended = ", ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o])
    met = sum(v.met for v in found)
    slowest, peak = max(v.seconds for v in found), max(v.peak_mb for v in found)
    return f"| {name} | {len(found)} | {wanted} | {ended} | {met} | {slowest:.1f} | {peak:.0f} |"


def details(verdicts: list[Verdict]) -> str:
    """A line for each file whose outcome is not the expected one."""
    lines = []
    for v in verdicts:
        if not v.met:
            said = next((d.error for d in v.tree if kind_of(d) == "bug"), v.tree[0].error)
            kind = v.tree[0].media_type
            lines.append(
                f"{v.case.path} [{kind}]: expected {'|'.join(sorted(v.case.expect))}, "
                f"was {v.outcome} in {v.seconds:.1f} s: {said}"
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
