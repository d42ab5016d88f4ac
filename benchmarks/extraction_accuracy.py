"""How much of the truth extraction finds, by format, over the corpus's ground truth.

    python benchmarks/extraction_accuracy.py ../shared/corpus/documents [--engine unstructured]

Text is compared after NFKC, white space run together, soft hyphens and table bars gone. Means are
macro-averages over documents; a crash or an empty result scores 0 and is never left out.

* NID: 1 - Levenshtein distance / longer length, over characters
* F1: tokens as multisets
* order: longest common subsequence of tokens / tokens in common
* CER: Levenshtein distance / length of the truth

`docling` rows are agreement with another tool, not accuracy. Displayed values of spreadsheets are
compared with what LibreOffice exports, where `soffice` is installed.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from rapidfuzz.distance import LCSseq, Levenshtein

from doclake.extract import charset, detect, formats, markdown
from doclake.extract.blocks import Blocks
from doclake.extract.html import read as read_html
from doclake.extract.model import Element, Extraction, Options
from doclake.settings import Engine, ExtractRecipe, Limits

_APART = ("Metadata", "Annotation", "Image", "PageNumber")
_MARGINS = ("Header", "Footer", "Other")
_CALC = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


RECIPES = [ExtractRecipe()]  # the last is in force


@dataclass(slots=True)
class Row:
    """Scores of one line of the table: a list for each measure, one value a document."""

    truth: str
    scores: dict[str, list[float]] = field(default_factory=dict)

    def add(self, **scores: float) -> None:
        for name, value in scores.items():
            self.scores.setdefault(name, []).append(value)


def extract(file: Path) -> Extraction:
    """Elements of a file; nothing for whatever goes wrong."""
    try:
        media_type = detect.media_type(file, file.name)
        recipe = RECIPES[-1]
        options = Options(recipe, Limits(), media_type, file.name)
        return formats.load(media_type, recipe.engine).extract(file, options)
    except Exception as error:
        print(f"{file.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return Extraction()


def said(elements: list[Element], leave_out: tuple[str, ...] = _APART) -> str:
    return "\n".join(e.text for e in elements if e.type not in leave_out and not e.hidden)


def normal(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "").removeprefix("\ufeff"))
    return " ".join(text.replace("|", " ").split())


def compare(found: str, truth: str) -> dict[str, float]:
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


def from_markdown(text: str) -> str:
    """Words of a Markdown truth, marks gone."""
    blocks = Blocks("truth", Limits())
    read_html(markdown.to_html(text), blocks, boilerplate=False)
    return said(blocks.elements)


def score_encodings(corpus: Path, rows: dict[str, Row]) -> None:
    for record in manifest(corpus):
        if record["path"].startswith("encodings/"):
            truth = (corpus / record["ground_truth"]).read_bytes().decode("utf-8")
            found = said(extract(corpus / record["path"]).elements)
            if record["path"].endswith(".csv"):  # the cells, not the commas between them
                truth = " ".join(cell for row in csv.reader(truth.splitlines()) for cell in row)
            exact = normal(found) == normal(truth)
            rows.setdefault("text encodings", Row("exact")).add(exact=float(exact))


def score_texts(corpus: Path, rows: dict[str, Row]) -> None:
    """Every document whose truth is text or Markdown."""
    for record in manifest(corpus):
        truth_file, kind = corpus / record["ground_truth"], record["gt_kind"]
        group = record["path"].split("/")[0]
        if not record["ground_truth"] or truth_file.suffix not in (".md", ".txt"):
            continue
        if group in ("encodings", "hwp", "hwpx") or ".doctags" in truth_file.name:
            continue
        truth = truth_file.read_bytes().decode("utf-8", "replace")
        text = from_markdown(truth) if truth_file.suffix == ".md" else truth
        found = said(extract(corpus / record["path"]).elements)
        if "whitespace-stripped" in kind:  # a scan: where words part is the printer's matter
            found, text = "".join(found.split()), "".join(text.split())
        scores = compare(found, text)
        if "whitespace-stripped" in kind:
            scores = {name: scores[name] for name in ("NID", "CER")}
        by = "docling" if "docling" in truth_file.name else kind.split(" ")[0].split("(")[0]
        rows.setdefault(f"{group} ({by})", Row(by)).add(**scores)


def score_csv(corpus: Path, rows: dict[str, Row]) -> None:
    """csv-spectrum: every cell, exactly; white space inside cells does not count."""
    for file in sorted((corpus / "csv").glob("spectrum_*.csv")):
        truth = json.loads((corpus / "groundtruth/csv" / f"{file.stem}.json").read_text("utf-8"))
        cells = sorted(normal(str(v)) for row in truth for v in [*row.values()] if str(v).strip())
        head = sorted(normal(name) for name in truth[0]) if truth else []
        found = sorted(filter(None, map(normal, cells_of(extract(file).elements))))
        exact = float(found == sorted([*cells, *head]))
        rows.setdefault("csv cells (csv-spectrum)", Row("author")).add(exact=exact)


def cells_of(elements: list[Element]) -> Iterator[str]:
    """Cell texts of tables, and the text of everything else."""
    for element in elements:
        if element.html and element.type == "Table":
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", element.html, re.DOTALL):
                yield unescape(cell.replace("<br>", " "))
        elif element.type not in (*_APART, "Caption") and not element.hidden:
            yield element.text  # captions are the titles of charts, not cells


def unescape(text: str) -> str:
    import html

    return html.unescape(text)


def score_sheets(corpus: Path, rows: dict[str, Row]) -> None:
    """Displayed values against LibreOffice's export of every sheet, as multisets of cells."""
    program = shutil.which("soffice")
    files = [f for k in ("xlsx", "xls", "odf") for f in sorted((corpus / k).iterdir())]
    for file in files if program else ():
        if file.suffix not in (".xlsx", ".xlsm", ".xls", ".ods"):
            continue
        truth = Counter(filter(None, map(normal, exported(str(program), file))))
        if not truth:
            continue  # an empty workbook has no value to find
        # Titles of the first level are the names of the sheets: file names over there.
        found = [e for e in extract(file).elements if (e.type, e.level) != ("Title", 1)]
        ours = Counter(filter(None, map(normal, cells_of(found))))
        common = sum((ours & truth).values())
        scores = {
            "F1": 2 * common / (sum(ours.values()) + sum(truth.values())),
            "recall": common / sum(truth.values()),
        }
        rows.setdefault("displayed values of sheets", Row("LibreOffice")).add(**scores)


def exported(program: str, file: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", _CALC, "--outdir", folder, str(file)]
        subprocess.run(command, capture_output=True, check=False, timeout=120)
        for sheet in sorted(Path(folder).glob("*.csv")):
            with sheet.open(encoding="utf-8", newline="") as stream:
                for row in csv.reader(stream):
                    yield from row


def score_hangul(corpus: Path, rows: dict[str, Row]) -> None:
    """The preview stream must be found, and much more where the document is longer. The preview
    shows frames in angle brackets, and holds only the first thousand characters."""
    for record in manifest(corpus):
        group = record["path"].split("/")[0]
        if group not in ("hwp", "hwpx") or not record["ground_truth"]:
            continue
        raw = (corpus / record["ground_truth"]).read_bytes()
        preview = normal(re.sub(r"[<>]", " ", charset.decode(raw)[0]))
        if not preview:
            continue
        found = normal(said(extract(corpus / record["path"]).elements))
        ours, theirs = Counter(found.replace(" ", "")), Counter(preview.replace(" ", ""))
        recall = sum((ours & theirs).values()) / max(sum(theirs.values()), 1)
        ratio = len(found.replace(" ", "")) / max(len(preview.replace(" ", "")), 1)
        rows.setdefault(f"{group} (preview)", Row("vendor")).add(recall=recall, ratio=ratio)


def score_twins(corpus: Path, rows: dict[str, Row]) -> None:
    """OpenDocument files against the PDF printed from them: two readers, one document."""
    for file in sorted((corpus / "odf").glob("*.pdf")):
        ours = said(extract(file.with_suffix("")).elements)
        scores = compare(ours, said(extract(file).elements))
        rows.setdefault("odf (PDF twin)", Row("twin")).add(F1=scores["F1"], NID=scores["NID"])


def manifest(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def table(rows: dict[str, Row]) -> str:
    names = ("exact", "NID", "F1", "order", "CER", "recall", "ratio")
    lines = [f"| documents | n | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    for label in sorted(rows):
        scores = rows[label].scores
        count = max(map(len, scores.values()))
        values = (
            f"{sum(scores[name]) / len(scores[name]):.3f}" if name in scores else ""
            for name in names
        )
        lines.append(f"| {label} | {count} | {' | '.join(values)} |")
    return "\n".join(lines)


SCORERS: dict[str, Callable[[Path, dict[str, Row]], None]] = {
    "encodings": score_encodings,
    "texts": score_texts,
    "csv": score_csv,
    "sheets": score_sheets,
    "hangul": score_hangul,
    "twins": score_twins,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path, help="folder of documents with its MANIFEST.tsv")
    parser.add_argument("--only", choices=SCORERS, action="append", help="one part of the score")
    parser.add_argument("--engine", choices=get_args(Engine), default="native")
    arguments = parser.parse_args()
    RECIPES.append(ExtractRecipe(engine=arguments.engine))
    rows: dict[str, Row] = {}
    for name in arguments.only or SCORERS:
        SCORERS[name](arguments.corpus, rows)
    print(table(rows))


if __name__ == "__main__":
    main()
