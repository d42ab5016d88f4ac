"""Measures of an extracted text against its truth, and the table of scores.

Text is compared after NFKC, with single spaces, without soft hyphens and table bars.

* NID: 1 - Levenshtein distance / longer length, over characters
* F1: tokens as multisets
* order: longest common subsequence of tokens / tokens in common
* CER: Levenshtein distance / length of the truth
"""

from __future__ import annotations

import html
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.distance import LCSseq, Levenshtein

from doclake.extract import registry
from doclake.extract.detect.media_type import media_type as detect
from doclake.extract.model import Element, Extraction, Options
from doclake.settings import ExtractRecipe, Limits

APART = ("Metadata", "Annotation", "Image", "PageNumber")
MARGINS = ("Header", "Footer", "Navigation", "Other")
RECIPES = [ExtractRecipe()]  # the last is in force
NAMES = ("exact", "NID", "F1", "order", "CER", "recall", "ratio")


@dataclass(slots=True)
class Row:
    """One line of the table: a list for each measure, one value a document. `target` names a
    measure and the least mean it must have; None where nothing was promised."""

    truth: str
    target: tuple[str, float] | None = None
    scores: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **scores: float) -> None:
        for name, value in scores.items():
            self.scores.setdefault(name, []).append(value)

    @property
    def count(self) -> int:
        return max(map(len, self.scores.values()), default=0)

    def mean(self, name: str) -> float:
        return sum(self.scores[name]) / len(self.scores[name])

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        name, least = self.target
        met = "met" if self.mean(name) >= least else "MISSED"
        return f"{name} ≥ {least:g}: {met}"


Rows = dict[str, Row]


def extract(file: Path) -> Extraction:
    """Elements of a file; none if extraction fails."""
    try:
        media_type = detect(file, file.name)
        recipe = RECIPES[-1]
        options = Options(recipe, Limits(), media_type, file.name)
        return registry.load(media_type, recipe.engine).extract(file, options)
    except Exception as error:
        print(f"{file.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return Extraction()


def visible_text(elements: list[Element], leave_out: tuple[str, ...] = APART) -> str:
    """The text that a reader of the document sees, in reading order."""
    return "\n".join(e.text for e in elements if e.type not in leave_out and not e.hidden)


def normal(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "").removeprefix("\ufeff"))
    return " ".join(text.replace("|", " ").split())


def compare(found: str, truth: str) -> dict[str, float]:
    """All four measures of a text, each in 0 to 1."""
    found, truth = normal(found), normal(truth)
    longest = max(len(found), len(truth), 1)
    distance = Levenshtein.distance(found, truth)
    ours, theirs = found.split(), truth.split()
    common = sum((Counter(ours) & Counter(theirs)).values())
    order = LCSseq.similarity(ours, theirs) / common if common else 0.0
    return {
        "NID": 1 - distance / longest,
        "F1": 2 * common / max(len(ours) + len(theirs), 1),
        "order": order,
        "CER": min(distance / max(len(truth), 1), 1.0),
    }


def overlap(found: Counter[str], truth: Counter[str]) -> dict[str, float]:
    """F1 and recall of two multisets; the truth must not be empty."""
    common = sum((found & truth).values())
    return {
        "F1": 2 * common / (sum(found.values()) + sum(truth.values())),
        "recall": common / sum(truth.values()),
    }


def cells_of(elements: list[Element]) -> Iterator[str]:
    """Cell texts of tables, and the text of everything else."""
    for element in elements:
        if element.hidden:
            continue
        if element.html and element.type == "Table":
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", element.html, re.DOTALL):
                yield html.unescape(cell.replace("<br>", " "))
        elif element.type not in (*APART, "Caption"):
            yield element.text  # captions are the titles of charts, not cells


def table(rows: Rows) -> str:
    """Markdown: a line for each row, and whether it meets what was promised."""
    lines = [f"| documents | truth | n | {' | '.join(NAMES)} | target |"]
    lines.append(f"|---|---|---|{'---|' * len(NAMES)}---|")
    for label in sorted(rows):
        row = rows[label]
        values = (f"{row.mean(name):.3f}" if name in row.scores else "" for name in NAMES)
        cells = [label, row.truth, str(row.count), *values, row.verdict]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
