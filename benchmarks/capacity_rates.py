"""The rates from which `doclake plan` computes: core-seconds, rows and bytes of each stage.

    python benchmarks/capacity_rates.py FOLDER [--include GLOB ...]

Ingests the documents of a folder stage by stage and counts the CPU time of this process and of its
workers, so that other work on the machine changes little. Prints JSON in the terms of
`doclake/operate/rates.py`.
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

import yaml

from doclake.embed import Embedder
from doclake.operate.rates import own
from doclake.project import Project
from doclake.stages import chunks, documents, elements, embeddings, search_index
from doclake.stages.context import StageContext

INCLUDE = ("pdf/*", "docx/*", "hwp/*", "pptx/*", "html/*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--include", nargs="+", default=list(INCLUDE))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doclake-rates-") as folder:
        source = {"url": str(options.folder.resolve()), "access": ["everyone"], "buckets": 4}
        config = {"sources": {"docs": source | {"include": options.include}}, "lake": "lake"}
        (Path(folder) / "doclake.yaml").write_text(yaml.safe_dump(config))
        print(json.dumps(rates(Project.open(folder)), indent=1))


def rates(project: Project) -> dict[str, Any]:
    context = StageContext.whole(project, "docs")
    embedder = Embedder(project.settings.embedding)
    embedder.encode_queries(["Load the model."])
    spent = {
        "documents": measured(lambda: documents.run(context)),
        "elements": measured(lambda: elements.run(context)),
        "chunks": measured(lambda: chunks.run(context)),
        "embeddings": measured(lambda: embeddings.run(context, embedder)),
        "search_index": measured(lambda: search_index.run(project)),
    }
    found = own(project)
    assert found is not None
    counts = {name: len(project.lake.read(name, columns=["doc_id"])) for name in ("ledger",)}
    counts["chunks"] = len(project.lake.read("chunks", columns=["chunk_id"]))
    tokens = sum(project.lake.read("chunks", columns=["tokens"])["tokens"].to_pylist())
    pages = counts["chunks"] / found.rows["chunks"]
    return {
        "counts": counts | {"tokens": tokens, "pages": pages},
        "stages": {name: {"wall": wall, "cpu": cpu} for name, (wall, cpu) in spent.items()},
        "rows": dict(found.rows),
        "row_bytes": dict(found.row_bytes),
        "tokens": found.tokens,
        "extract": spent["elements"][1] / pages,
        "chunk": spent["chunks"][1] / counts["chunks"],
        "embed": tokens / spent["embeddings"][1],
        "index": counts["chunks"] / spent["search_index"][1],
    }


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
