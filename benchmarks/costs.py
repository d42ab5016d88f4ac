"""What a passage costs to keep and a question to answer, part by part.

    python benchmarks/costs.py ../shared/corpus/documents \
        ../shared/corpus/documents/retrieval/{xquad_en,belebele_ko} \
        [--include 'pdf/**'] [--questions 200] [--rows 100000] [--keep FOLDER]

Ingests a folder of real documents with the bundled model and reads what each column and each index
takes from the metadata of their files. Small lakes have no vector index, so that of vectors and of
the columns of filters is taken from the lake of `serving.py`, which has so many rows. Then asks
real questions of both lakes and adds up the CPU time of each part of a search; those of all threads
count. Folders that are named with --keep are used again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import lance
import pyarrow.parquet as pq
import yaml

from benchmarks import serving
from doclake import Project
from doclake.embed import Embedder
from doclake.index import tuning
from doclake.index.index import SearchIndex
from doclake.index.rows import IndexRows
from doclake.search import filters as filtering
from doclake.search import hits, hybrid, searcher
from doclake.search.filters import Filters
from doclake.search.rerank import late_interaction
from doclake.search.searcher import Searcher

HITS, WARM = 10, 5
NARROW = {"language": ["en"], "since": "2025-06-01"}
Part = str | Callable[..., str]
PARTS: list[tuple[Any, str, Part]] = [
    (Project, "today", "settings read again"),
    (SearchIndex, "require", "index opened"),
    (Embedder, "encode_queries", "question embedded"),
    (filtering, "sql", "filter built, with access"),
    (tuning, "nearest", "rows that pass the filter counted"),
    (IndexRows, "by_vector", "vectors"),
    (IndexRows, "by_text", "full text"),
    (hybrid, "find", "the two mixed"),
    (hybrid, "coverage", "the two mixed"),
    (hybrid, "names", "names"),
    (hybrid, "_rare", "names"),
    (IndexRows, "at", lambda _, __, columns: "signs read" if columns == ["signs"] else "rows read"),
    (late_interaction, "scores", "late interaction"),
    (searcher, "order", "ordering"),
    (searcher, "chosen", "ordering"),
    (hits, "highlights", "words marked, snippet"),
    (hits, "window", "words marked, snippet"),
    (searcher, "flags", "flags from the ledger"),
]


class Parts:
    """CPU seconds of each part, without what others take inside it."""

    def __init__(self) -> None:
        self.seconds = Counter({part: 0.0 for _, _, part in PARTS if isinstance(part, str)})
        self._inside = [0.0]

    @contextmanager
    def watched(self) -> Iterator[None]:
        with ExitStack() as patches:
            for owner, name, part in PARTS:
                timed = self._timed(getattr(owner, name), part)
                patches.enter_context(patch.object(owner, name, timed))
            yield

    def _timed(self, function: Callable[..., Any], part: Part) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            self._inside.append(0.0)
            began = time.process_time()
            try:
                return function(*given, **named)
            finally:
                whole = time.process_time() - began
                own = part if isinstance(part, str) else part(*given, **named)
                self.seconds[own] += whole - self._inside.pop()
                self._inside[-1] += whole

        return timed


def asked(project: Project, questions: Sequence[str], filters: Mapping[str, Any]) -> Counter[str]:
    """CPU milliseconds of one question by part."""
    warm = Searcher(project)
    narrowed = Filters.of(filters)

    def ask(some: Sequence[str]) -> None:
        for question in some:
            for hit in warm.search(question, k=HITS, filters=narrowed):
                assert hit.snippet

    ask(questions[:WARM])
    parts = Parts()
    began = time.process_time()
    with parts.watched():
        ask(questions)
    whole = time.process_time() - began
    rest = whole - sum(parts.seconds.values())
    seconds = parts.seconds | Counter({"the rest": rest, "all": whole})
    return Counter({part: spent / len(questions) * 1e3 for part, spent in seconds.items()})


def delta_bytes(project: Project, name: str) -> tuple[Counter[str], int]:
    """Bytes of each column of a Delta table, as Parquet's metadata have them, and its rows. What
    the files hold beside columns is `files`, what is kept for followers `change feed and log`."""
    table = project.lake.open(name)
    assert table is not None
    sizes: Counter[str] = Counter()
    rows = 0
    for url in table.file_uris():
        path = Path(url.removeprefix("file://"))
        known = pq.ParquetFile(path).metadata
        rows += known.num_rows
        groups = [known.row_group(number) for number in range(known.num_row_groups)]
        columns = [group.column(place) for group in groups for place in range(group.num_columns)]
        for column in columns:
            sizes[column.path_in_schema.split(".")[0]] += column.total_compressed_size
        sizes["files"] += path.stat().st_size - sum(one.total_compressed_size for one in columns)
    folder = Path(project.lake.table_url(name))
    for kept in ("_change_data", "_delta_log"):
        sizes["change feed and log"] += folder_bytes(folder / kept)
    return sizes, rows


def index_bytes(project: Project) -> tuple[Counter[str], Counter[str], int]:
    """Bytes of each column of the search index, those of each of its indices, and its rows."""
    table = lance.dataset(project.index.require()[1].url)
    owner = {
        own.id(): field.name() for field in table.lance_schema.fields() for own in _family(field)
    }
    columns: Counter[str] = Counter()
    for known in table.stats.data_stats().fields:
        columns[owner[known.id]] += known.bytes_on_disk
    indices: Counter[str] = Counter()
    for index in table.describe_indices():
        for segment in index.segments:
            folder = Path(table.uri, "_indices", str(segment.uuid))
            indices[index.field_names[0]] += folder_bytes(folder)
    return columns, indices, table.count_rows()


def _family(field: Any) -> Iterator[Any]:
    yield field
    for child in field.children():
        yield from _family(child)


def folder_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def storage(project: Project, large: Project) -> Iterator[tuple[str, str, float]]:
    """Of each store and part: bytes for each passage."""
    columns, indices, passages = index_bytes(project)
    _, large_indices, large_rows = index_bytes(large)
    stores = {
        "Delta `embeddings`": delta_bytes(project, "embeddings")[0],
        "Delta `chunks`": delta_bytes(project, "chunks")[0],
        "index": columns,
    }
    shown = {
        "vector": "vectors", "signs": "signs of tokens", "text": "text", "terms": "terms",
        "boxes": "boxes", "change feed and log": "change feed and log",
    }  # fmt: skip
    for store, sizes in stores.items():
        for name, title in shown.items():
            if name in sizes:
                yield store, title, sizes[name] / passages
        yield store, "the rest", sum(sizes[name] for name in sizes.keys() - shown.keys()) / passages
    yield "index", "full-text index", indices.pop("terms") / passages
    yield "index", "vector index *", large_indices.pop("vector") / large_rows
    del large_indices["terms"]
    yield "index", "indices of filters *", large_indices.total() / large_rows


def opened(folder: Path, documents: Path, include: list[str] | None) -> Project:
    """The project over the real documents."""
    if not (folder / "doclake.yaml").exists():
        folder.mkdir(parents=True)
        source: dict[str, Any] = {"url": str(documents.resolve()), "access": ["everyone"]}
        source |= {"include": include} if include else {}
        config = {"sources": {"documents": source}, "lake": "lake"}
        (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
        Project.open(folder).ingest()
    return Project.open(folder)


def read_questions(sets: Sequence[Path], count: int) -> list[str]:
    """So many, of each set in turn."""
    texts = [
        [json.loads(line)["text"] for line in (folder / "queries.jsonl").open(encoding="utf-8")]
        for folder in sets
    ]
    return list(islice(chain.from_iterable(zip(*texts, strict=False)), count))


def measure(given: argparse.Namespace, keep: Path) -> None:
    real = opened(keep / "real", given.documents, given.include)
    large = keep / "large"
    if not (large / "doclake.yaml").exists():
        serving.make(large, given.sets[0], given.rows)
    wide = Project.open(large)
    passages = real.index.require()[1].count()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.")
    print(f"{passages:,} passages of real documents; * of {given.rows:,} made ones\n")
    print("| store | part | bytes a passage | GB for a million |\n|---|---|---:|---:|")
    for store, part, size in storage(real, wide):
        print(f"| {store} | {part} | {size:,.0f} | {size / 1e3:.2f} |", flush=True)
    questions = read_questions(given.sets, given.questions)
    columns = {
        f"{passages:,} passages": asked(real, questions, {}),
        f"{given.rows:,}": asked(wide, questions, {}),
        f"{given.rows:,}, language and date": asked(wide, questions, NARROW),
    }
    print(f"\n| CPU-ms a question | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for part in next(iter(columns.values())):
        print(f"| {part} | {' | '.join(f'{times[part]:.1f}' for times in columns.values())} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("documents", type=Path)
    parser.add_argument("sets", type=Path, nargs="+", help="judged sets, for their questions")
    parser.add_argument("--include", action="append", help="pattern of paths")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        measure(given, given.keep or Path(temporary))


if __name__ == "__main__":
    main()
