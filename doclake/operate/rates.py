"""What a document, a page, a chunk and a token cost, as it was measured or as a lake has it.

`MEASURED` is what `python benchmarks/capacity_rates.py ../shared/corpus/documents` printed over the
PDF, Word, HWP, PowerPoint and HTML documents of the corpus, except where a line names its own
command. Core-seconds are seconds of CPU time on one core.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from doclake.errors import IndexStateError
from doclake.lake import ledger
from doclake.project import Project
from doclake.tables.ledger import LEDGER

OF_DOCUMENTS = ("documents", "ledger", "metadata")
OF_PAGES = ("elements", "chunks", "signals", "minhashes", "embeddings", "search_index")


@dataclass(frozen=True)
class Rates:
    """`rows` are those for each document of the tables `OF_DOCUMENTS`, and for each page of those
    `OF_PAGES`; `row_bytes` what a row takes on disk."""

    rows: Mapping[str, float]
    row_bytes: Mapping[str, float]
    tokens: float
    """Of a page."""
    extract: float
    """Core-seconds for a page with text, guard included."""
    ocr: float
    """Core-seconds for a page that is read by OCR."""
    chunk: float
    """Core-seconds for a chunk, judged and written."""
    judge: float
    """Core-seconds for a chunk that every step of curation judges which is on by itself."""
    embed: float
    """Tokens for each core-second."""
    index: float
    """Rows that the one writer of the index brings in for each core-second."""
    parallel: float
    """Share of the cores of a machine that work brings to use."""


MEASURED = Rates(
    rows={
        "documents": 1.01,
        "ledger": 1.13,
        "metadata": 4.69,
        "elements": 12.88,
        "chunks": 3.19,
        "signals": 22.35,
        "minhashes": 3.19,
        "embeddings": 3.10,
        "search_index": 3.19,
    },
    row_bytes={
        "documents": 186,
        "ledger": 531,
        "metadata": 60,
        "elements": 156,
        "chunks": 593,
        "signals": 6,
        "minhashes": 283,
        "embeddings": 9605,
        "search_index": 9687,
    },
    tokens=491,
    extract=0.0629,
    ocr=2.9,  # a Korean page of 300 dpi: benchmarks/ocr_accuracy.py ../shared/corpus/documents
    chunk=0.0042,
    judge=0.0011,
    embed=2943,
    index=2125,
    parallel=0.8,  # 67 documents a second on two cores, 42 on one: benchmarks/extraction_guard.py
)


def own(project: Project, standard: Rates | None = None) -> Rates | None:
    """The rates of a lake, where it can tell; None before its first chunk. Where it keeps no
    figures (cutting, embedding, the index) they are those of `standard`."""
    lake = project.lake
    read = ["parent_id", "status", "pages", "seconds"]
    rows = LEDGER.rows(lake.read("ledger", columns=read))
    listed = [row for row in rows if row["parent_id"] is None and row["status"] == ledger.OK]
    pages = sum(row["pages"] or 1 for row in rows if row["status"] == ledger.OK)
    tokens = pc.sum(lake.read("chunks", columns=["tokens"])["tokens"]).as_py()
    if not listed or not tokens:
        return None
    counted, sizes = _stored(project)
    base = standard or MEASURED
    return replace(
        base,
        rows=dict(base.rows)
        | {name: counted[name] / len(listed) for name in OF_DOCUMENTS}
        | {name: counted[name] / pages for name in OF_PAGES if counted.get(name)},
        row_bytes=dict(base.row_bytes)
        | {name: sizes[name] / count for name, count in counted.items() if count},
        tokens=tokens / pages,
        extract=sum(row["seconds"] or 0.0 for row in rows) / pages,
    )


def _stored(project: Project) -> tuple[dict[str, int], dict[str, int]]:
    """Rows and bytes of each table as it is now, without what only older versions need."""
    counted: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for name in (*OF_DOCUMENTS, *OF_PAGES[:-1]):
        table = project.lake.open(name)
        if table is None:
            counted[name], sizes[name] = 0, 0
            continue
        files = pa.table(table.get_add_actions())
        counted[name] = pc.sum(files["num_records"]).as_py() or 0
        sizes[name] = pc.sum(files["size_bytes"]).as_py() or 0
    try:
        current = project.index.current()
    except IndexStateError:
        current = None
    if current is not None:
        indexed = current[1]
        counted["search_index"], sizes["search_index"] = indexed.count(), indexed.stored_bytes()
    return counted, sizes
