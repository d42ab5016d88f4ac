"""What an export and a question in SQL cost in a lake of so many chunks.

    python -m benchmarks.export [--chunks 200000] [--keep FOLDER]

The chunks are of 160 words each, drawn from 20,000; 5,000 evaluation texts of 30 words are drawn
from the same. A folder that is named with --keep is used again.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from doclake import Project, ids, peak_memory
from doclake.export import plan, run
from doclake.lake.scope import Scope
from doclake.settings import ExportSettings
from doclake.sql.ask import ask
from doclake.tables.registry import TABLES

BUCKETS, OF_DOCUMENT, WORDS, VOCABULARY, HELD = 16, 10, 160, 20_000, 5_000
QUESTIONS = (
    "SELECT count(*) FROM chunks",
    "SELECT source, sum(tokens) FROM chunks GROUP BY ALL",
    "SELECT count(*) FROM chunks WHERE text LIKE '%w77 w1%'",
)
REQUESTS: tuple[dict[str, Any], ...] = (
    {},
    {"to": "jsonl"},
    {"where": "len(text) % 2 = 0"},
    {"decontaminate": ["held_out.jsonl"]},
    {"validation": 0.02},
)


def fill(folder: Path, chunks: int) -> None:
    drawn, vocabulary = random.Random(1), [f"w{n}" for n in range(VOCABULARY)]
    source = {"url": "documents", "access": ["everyone"], "buckets": BUCKETS}
    (folder / "documents").mkdir(parents=True)
    settings = {"lake": "lake", "sources": {"notes": source}, "search": {"audit": "off"}}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(settings))
    lake = Project.open(folder).lake
    for bucket in ids.bucket_names(BUCKETS):
        rows: dict[str, list[dict[str, Any]]] = {"documents": [], "ledger": [], "chunks": []}
        for number in range(chunks // BUCKETS // OF_DOCUMENT):
            doc_id = ids.digest("document", bucket, str(number))
            own = {"source": "notes", "bucket": bucket, "doc_id": doc_id, "path": f"{doc_id}.txt"}
            of_version = own | {"root_id": doc_id, "content_hash": "c"}
            rows["documents"].append(own | {"access": ["everyone"]})
            rows["ledger"].append(of_version | {"status": "ok"})
            rows["chunks"] += [
                of_version
                | {
                    "recipe": "r",
                    "chunk_id": ids.digest(doc_id, str(place)),
                    "ordinal": place,
                    "text": " ".join(drawn.choices(vocabulary, k=WORDS)),
                    "context": "",
                    "text_hash": "h",
                    "tokens": WORDS,
                    "row_hash": "x",
                    "access": ["everyone"],
                }
                for place in range(OF_DOCUMENT)
            ]
        for table, of_table in rows.items():
            arrow = pa.Table.from_pylist(of_table, schema=TABLES[table].schema)
            lake.replace(table, Scope("notes", [bucket]), arrow)
    held = [{"text": " ".join(drawn.choices(vocabulary, k=30))} for _ in range(HELD)]
    (folder / "held_out.jsonl").write_text("\n".join(map(json.dumps, held)))


def measure(what: str, work: Any) -> None:
    peak_memory.forget_peak()
    wall, processor = time.perf_counter(), time.process_time()
    work()
    print(
        f"| {what} | {time.process_time() - processor:.1f} | {time.perf_counter() - wall:.1f} "
        f"| {peak_memory.peak_bytes() / 1e6:,.0f} |",
        flush=True,
    )


def main(folder: Path, chunks: int) -> None:
    if not (folder / "doclake.yaml").is_file():
        fill(folder, chunks)
    project, target = Project.open(folder), folder / "exported"
    print("| what | CPU s | s | peak MB |\n|---|---|---|---|")
    for sql in QUESTIONS:
        measure(f"`{sql}`", lambda sql=sql: ask(project, sql, seconds=None))
    for request in REQUESTS:
        shutil.rmtree(target, ignore_errors=True)
        asked = ExportSettings.model_validate(request)
        export = plan.planned(project, asked)
        measure(f"export {request}", lambda export=export: run.write(export, target))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=200_000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        main(given.keep or Path(temporary), given.chunks)
