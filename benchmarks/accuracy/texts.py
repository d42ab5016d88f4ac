"""Documents of the corpus whose truth is text: encodings, Markdown, scans, printed twins."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.accuracy.measures import Row, Rows, compare, extract, normal, visible_text
from doclake.extract.builder import Blocks
from doclake.extract.formats.html.html import read as read_html
from doclake.extract.formats.plain import markdown
from doclake.settings import Limits


def manifest(corpus: Path) -> list[dict[str, str]]:
    """One record a file: its path, its truth and what kind of truth that is."""
    with (corpus / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def from_markdown(text: str) -> str:
    """Words of a Markdown truth, marks gone."""
    blocks = Blocks("truth", Limits())
    read_html(markdown.to_html(text), blocks, boilerplate=False)
    return visible_text(blocks.elements)


def score_encodings(corpus: Path, rows: Rows) -> None:
    """Every file against its UTF-8 twin."""
    for record in manifest(corpus):
        if record["path"].startswith("encodings/"):
            truth = (corpus / record["ground_truth"]).read_bytes().decode("utf-8")
            found = visible_text(extract(corpus / record["path"]).elements)
            if record["path"].endswith(".csv"):  # the cells, not the commas between them
                truth = " ".join(cell for row in csv.reader(truth.splitlines()) for cell in row)
            exact = normal(found) == normal(truth)
            row = rows.setdefault("text encodings", Row("exact twin", ("exact", 0.95)))
            row.add(exact=float(exact))


def score_texts(corpus: Path, rows: Rows) -> None:
    """Every document whose truth is text or Markdown."""
    for record in manifest(corpus):
        truths = [corpus / name for name in record["ground_truth"].split(";") if name]
        truth_file = next((f for f in truths if f.suffix in (".md", ".txt")), None)
        group, kind = record["path"].split("/")[0], record["gt_kind"]
        if truth_file is None or group in ("encodings", "hwp", "hwpx"):
            continue
        truth = truth_file.read_bytes().decode("utf-8", "replace")
        text = from_markdown(truth) if truth_file.suffix == ".md" else truth
        found = visible_text(extract(corpus / record["path"]).elements)
        scan = "whitespace-stripped" in kind  # where words part is the printer's matter
        if scan:
            found, text = "".join(found.split()), "".join(text.split())
        scores = compare(found, text)
        if scan:
            scores = {name: scores[name] for name in ("NID", "CER")}
        by = "docling" if "docling" in truth_file.name else kind.split(" ")[0].split("(")[0]
        label = f"scanned {group}" if scan else group
        rows.setdefault(f"{label} ({by})", Row(_TRUTHS.get(by, by))).add(**scores)


_TRUTHS = {"docling": "another tool", "exact": "text layer of the source"}


def score_twins(corpus: Path, rows: Rows) -> None:
    """OpenDocument files against the PDF printed from them: two readers, one document."""
    for file in sorted((corpus / "odf").glob("*.pdf")):
        ours = visible_text(extract(file.with_suffix("")).elements)
        scores = compare(ours, visible_text(extract(file).elements))
        rows.setdefault("odf (PDF twin)", Row("twin")).add(F1=scores["F1"], NID=scores["NID"])
