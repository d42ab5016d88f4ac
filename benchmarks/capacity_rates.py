"""The rates from which `doclake plan` computes: core-seconds, rows and bytes of each stage.

    python benchmarks/capacity_rates.py FOLDER [--include GLOB ...]

Ingests the documents of a folder stage by stage and counts the CPU time of this process and of its
workers, so that other work on the machine changes little. What a process imports is paid before, by
one document in another lake. Prints JSON in the terms of `doclake/operate/rates.py`.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from doclake.embed import Embedder
from doclake.lake.scope import Scope
from doclake.operate.rates import own
from doclake.project import Project
from doclake.stages import chunks, documents, elements, embeddings, search_index, signals
from doclake.stages.context import StageContext

COPIES = 20  # of all chunks, over which the index is built: small ones are mostly start
INCLUDE = ("pdf/*", "docx/*", "hwp/*", "pptx/*", "html/*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--include", nargs="+", default=list(INCLUDE))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doclake-rates-") as folder:
        note = Path(folder) / "notes" / "note.md"
        note.parent.mkdir()
        note.write_text("# Garden\n\nTomatoes grow along the south wall.\n")
        first = made(Path(folder) / "first", note.parent, ["*"])
        embedder = Embedder(first.settings.embedding)
        ingest(first, embedder)
        project = made(Path(folder) / "rates", options.folder, options.include)
        print(json.dumps(rates(project, embedder), indent=1))


def made(folder: Path, documents: Path, include: list[str]) -> Project:
    source = {"url": str(documents.resolve()), "access": ["everyone"], "buckets": 4}
    config = {"sources": {"docs": source | {"include": include}}, "lake": "lake"}
    folder.mkdir()
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    return Project.open(folder)


def ingest(project: Project, embedder: Embedder) -> dict[str, tuple[float, float]]:
    """Seconds on the clock and of CPU of each stage."""
    context = StageContext.whole(project, "docs")
    return {
        "documents": measured(lambda: documents.run(context)),
        "elements": measured(lambda: elements.run(context)),
        "chunks": measured(lambda: chunks.run(context)),
        "signals": measured(lambda: signals.run(context)),
        "embeddings": measured(lambda: embeddings.run(context, embedder)),
        "search_index": measured(lambda: search_index.run(project)),
    }


def rates(project: Project, embedder: Embedder) -> dict[str, Any]:
    spent = ingest(project, embedder)
    found = own(project)
    assert found is not None
    copies = copied(project)
    spent["search_index of copies"] = measured(lambda: search_index.run(project))
    tokens = project.lake.read("chunks", Scope("docs"), ["tokens"])["tokens"].to_pylist()
    counts = {"ledger": len(project.lake.read("ledger")), "chunks": len(tokens)}
    pages = counts["chunks"] / found.rows["chunks"]
    return {
        "counts": counts | {"tokens": sum(tokens), "pages": pages, "copies": copies},
        "stages": {name: {"wall": wall, "cpu": cpu} for name, (wall, cpu) in spent.items()},
        "rows": dict(found.rows),
        "row_bytes": dict(found.row_bytes),
        "tokens": found.tokens,
        "extract": spent["elements"][1] / pages,
        "chunk": spent["chunks"][1] / counts["chunks"],
        "judge": spent["signals"][1] / counts["chunks"],
        "embed": sum(tokens) / spent["embeddings"][1],
        "index": copies / spent["search_index of copies"][1],
    }


def copied(project: Project) -> int:
    """Write chunks and vectors again as those of other sources; returns how many chunks."""
    lake, chunks_written = project.lake, 0
    for name, key in (("chunks", "chunk_id"), ("embeddings", "text_hash")):
        rows = lake.read(name)
        for number in range(COPIES):
            source = f"copy-{number}"
            copy = replaced(rows, "source", [source] * rows.num_rows)
            if key == "chunk_id":
                ids = rows[key].to_pylist()
                copy = replaced(copy, key, [f"{number:04x}{chunk_id[4:]}" for chunk_id in ids])
                chunks_written += copy.num_rows
            lake.replace(name, Scope(source), copy)
    return chunks_written


def replaced(rows: pa.Table, name: str, values: list[str]) -> pa.Table:
    return rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), [values])


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of CPU, of this process and of its children that have ended."""
    started, cpu = time.perf_counter(), _cpu()
    work()
    return time.perf_counter() - started, _cpu() - cpu


def _cpu() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main()
