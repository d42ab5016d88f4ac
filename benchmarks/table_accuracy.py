"""Table structure on the ICDAR 2013 documents of the corpus: adjacency relations P, R, F1.

Method: Göbel, Hassan, Oro and Orsi, "ICDAR 2013 Table Competition": a table is the set of its
relations (cell, nearest non-blank neighbour, right or down), compared by text without white
space. All relations of a document count, so a missed table costs recall and an invented one
precision; a crash or no table scores 0. Macro average over documents, and the pooled counts.

    python benchmarks/table_accuracy.py [--engine pymupdf|pypdfium2|find_tables|tesseract]
        [--verbose]

`tesseract` draws every page at 200 dpi and reads the pictures: the tables of scans. A letter that
is misread makes all relations of its cell wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from doclake.errors import DocumentError
from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Options
from doclake.settings import ExtractRecipe, Limits

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "documents"
Cell = tuple[int, int, int, int, str]
"""First row, first column, last row, last column, text."""
Relation = tuple[str, str, str]


def relations(cells: list[Cell]) -> Counter[Relation]:
    """(text, neighbour's text, direction) of every cell that holds text."""
    grid = {
        (row, column): cell
        for cell in cells
        if bare(cell[4])
        for row in range(cell[0], cell[2] + 1)
        for column in range(cell[1], cell[3] + 1)
    }
    height = max((row for row, _ in grid), default=-1) + 1
    width = max((column for _, column in grid), default=-1) + 1
    neighbours: set[tuple[Cell, Cell, str]] = set()
    for (row, column), cell in grid.items():
        right = next((grid[row, c] for c in range(cell[3] + 1, width) if (row, c) in grid), None)
        down = next(
            (grid[r, column] for r in range(cell[2] + 1, height) if (r, column) in grid), None
        )
        both = ((right, "right"), (down, "down"))
        neighbours |= {(cell, other, way) for other, way in both if other}
    return Counter((bare(a[4]), bare(b[4]), way) for a, b, way in neighbours)


def bare(text: str) -> str:
    return "".join(text.split()).replace("\u00ad", "").lower()


def truth(file: Path) -> Counter[Relation]:
    total: Counter[Relation] = Counter()
    for table in ElementTree.parse(file).getroot().iter("table"):
        cells = []
        for region in table.iter("region"):
            for cell in region.iter("cell"):
                row, column = int(cell.get("start-row", 0)), int(cell.get("start-col", 0))
                last_row = int(cell.get("end-row") or row)
                last_column = int(cell.get("end-col") or column)
                cells.append((row, column, last_row, last_column, cell.findtext("content") or ""))
            total += relations(cells)
            cells = []
    return total


class _Cells(HTMLParser):
    """Cells of one HTML table with their place in the grid."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[Cell] = []
        self._taken: set[tuple[int, int]] = set()
        self._row = -1
        self._open: tuple[int, int] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._row += 1
        elif tag in ("td", "th"):
            spans = dict(attrs)
            self._open = int(spans.get("rowspan") or 1), int(spans.get("colspan") or 1)
            self._text = ""
        elif tag == "br":
            self._text += " "

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("td", "th") or self._open is None:
            return
        height, width = self._open
        column = 0
        while (self._row, column) in self._taken:
            column += 1
        last = self._row + height - 1, column + width - 1
        self._taken |= {
            (r, c) for r in range(self._row, last[0] + 1) for c in range(column, last[1] + 1)
        }
        self.cells.append((self._row, column, *last, self._text))
        self._open = None


def cells_of(html: str) -> list[Cell]:
    parser = _Cells()
    parser.feed(html)
    return parser.cells


def doclake(engine: str) -> Callable[[Path], Iterator[list[Cell]]]:
    def tables(file: Path) -> Iterator[list[Cell]]:
        recipe = ExtractRecipe(pdf_engine=engine, ocr="off")
        extraction = Pdf().extract(file, Options(recipe, Limits(), "application/pdf", file.name))
        for element in extraction.elements:
            if element.type == "Table" and element.html:
                yield cells_of(element.html)

    return tables


def find_tables(file: Path) -> Iterator[list[Cell]]:
    """The baseline: PyMuPDF's own finder with its defaults, without its layout gate."""
    import pymupdf

    with pymupdf.open(file) as doc:
        for page in doc:
            for table in page.find_tables(use_layout=False).tables:
                yield [
                    (row, column, row, column, text or "")
                    for row, texts in enumerate(table.extract())
                    for column, text in enumerate(texts)
                ]


def scanned(file: Path) -> Iterator[list[Cell]]:
    """The document as if somebody had printed and scanned it."""
    import pymupdf
    from PIL import Image as Pictures

    from doclake.extract.formats.image import Image
    from doclake.extract.limits import for_scans

    with pymupdf.open(file) as doc, tempfile.TemporaryDirectory() as folder:
        drawn = [page.get_pixmap(dpi=200, colorspace="gray") for page in doc]
        first, *others = [Pictures.frombytes("L", (d.width, d.height), d.samples) for d in drawn]
        pictures = Path(folder) / f"{file.stem}.tiff"
        first.save(pictures, save_all=True, append_images=others, dpi=(200, 200))
        recipe = ExtractRecipe(ocr_languages=("eng",))
        limits = for_scans(Limits(), len(drawn))
        extraction = Image().extract(pictures, Options(recipe, limits, "image/tiff", pictures.name))
    for element in extraction.elements:
        if element.type == "Table" and element.html:
            yield cells_of(element.html)


def score(found: Counter[Relation], wanted: Counter[Relation]) -> tuple[float, float, float]:
    correct = (found & wanted).total()
    precision = correct / found.total() if found else 0.0
    recall = correct / wanted.total() if wanted else 0.0
    harmonic = 2 * precision * recall / (precision + recall) if correct else 0.0
    return precision, recall, harmonic


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--engine", default="pymupdf")
    arguments.add_argument("--verbose", action="store_true", help="print wrong relations")
    options = arguments.parse_args()
    others = {"find_tables": find_tables, "tesseract": scanned}
    tables = others.get(options.engine) or doclake(options.engine)
    rows, pooled_found, pooled_wanted, pooled_correct = [], 0, 0, 0
    for truth_file in sorted((CORPUS / "groundtruth" / "pdf" / "icdar2013").glob("*-str.xml")):
        name = truth_file.name.removesuffix("-str.xml")
        wanted = truth(truth_file)
        found: Counter[Relation] = Counter()
        try:
            for cells in tables(CORPUS / "pdf" / "icdar2013" / f"{name}.pdf"):
                found += relations(cells)
        except DocumentError as error:
            print(f"{name}: {error}", file=sys.stderr)
        rows.append((name, wanted.total(), found.total(), *score(found, wanted)))
        pooled_found += found.total()
        pooled_wanted += wanted.total()
        pooled_correct += (found & wanted).total()
        if options.verbose:
            print(name, "missing", list((wanted - found).items())[:40])
            print(name, "invented", list((found - wanted).items())[:40])
    print(
        f"Engine: {options.engine}\n\n| document | relations | found | P | R | F1 |\n"
        "|---|---|---|---|---|---|"
    )
    for name, wanted_count, found_count, *scores in rows:
        print(
            f"| {name} | {wanted_count} | {found_count} | "
            + " | ".join(f"{s:.3f}" for s in scores)
            + " |"
        )
    mean = [sum(row[index] for row in rows) / max(len(rows), 1) for index in (3, 4, 5)]
    print(f"| macro, n={len(rows)} | | | " + " | ".join(f"{value:.3f}" for value in mean) + " |")
    precision, recall = (
        pooled_correct / max(pooled_found, 1),
        pooled_correct / max(pooled_wanted, 1),
    )
    pooled = 2 * precision * recall / (precision + recall) if pooled_correct else 0.0
    print(
        f"| pooled | {pooled_wanted} | {pooled_found} "
        f"| {precision:.3f} | {recall:.3f} | {pooled:.3f} |"
    )


if __name__ == "__main__":
    main()
