"""What an answer takes from a running server: one client and eight, with filters and without.

    python benchmarks/serving.py ../shared/corpus/documents/retrieval/xquad_en \
        [--rows 100000] [--requests 300] [--minutes 5] [--lake FOLDER]

Makes a lake with an index and a ledger of so many rows: texts of words of the corpus, vectors in
clusters, signs of so many tokens. Starts `doclake serve` over it and asks it the questions of the
corpus, which it embeds. Prints milliseconds as a client sees them and the processor time of the
server; then, from eight clients for some minutes, errors and the memory of the server. A folder
that is named with --lake is kept, and used again.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from doclake.access import access_key
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.tables.registry import TABLES
from doclake.tables.search_index import search_index_schema
from doclake.terms import terms

DIMENSION, CLUSTERS, PER_DOCUMENT, BATCH = 384, 2_000, 5, 10_000
WORDS, TOKENS = (40, 120), 110
FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "source": {"source": ["corpus"]},
    "language": {"language": ["ko"]},
    "type": {"type": ["pdf"]},
    "path": {"path": ["folder-1*/**"]},
    "page": {"page": [3]},
    "since": {"since": "2025-06-01"},
    "metadata": {"metadata": {"author": "author 17"}},
}
_TICKS = os.sysconf("SC_CLK_TCK")


def make(folder: Path, corpus: Path, rows: int) -> None:
    """The lake: index, ledger and metadata."""
    source = {"url": "documents", "access": ["everyone"], "buckets": 8}
    serve = {"requests_per_minute": 1_000_000}
    settings = {"lake": "lake", "sources": {"corpus": source}, "serve": serve}
    (folder / "documents").mkdir(parents=True)
    (folder / "doclake.yaml").write_text(yaml.safe_dump(settings))
    project = Project.open(folder)
    assert project.model is not None
    passages = (corpus / "corpus.jsonl").read_text("utf-8").splitlines()
    words = [word for line in passages for word in json.loads(line)["text"].split()]
    numbers = np.random.default_rng(7)
    centres = numbers.standard_normal((CLUSTERS, DIMENSION), np.float32)
    with project.index.writer():
        state = project.index.create(project.model, project.settings.embedding, DIMENSION, {})
        table = project.index.open(state)
        for start in range(0, rows, BATCH):
            table.add(_batch(start, min(BATCH, rows - start), words, centres, numbers))
        project.index.save(state)
        project.index.optimize(state)
    documents = range(-(-rows // PER_DOCUMENT))
    _write(project, "ledger", [_ledger_row(number) for number in documents])
    _write(project, "metadata", [_metadata_row(number) for number in documents])


def _batch(
    start: int, count: int, words: list[str], centres: np.ndarray, numbers: np.random.Generator
) -> pa.Table:
    dice = random.Random(start)
    noise = numbers.standard_normal((count, DIMENSION), np.float32)
    vectors = centres[numbers.integers(CLUSTERS, size=count)] + 0.7 * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    places = range(start, start + count)
    documents = [place // PER_DOCUMENT for place in places]
    texts = [" ".join(dice.choices(words, k=dice.randint(*WORDS))) for _ in places]
    signs = numbers.integers(0, 256, (count, TOKENS * DIMENSION // 8), np.uint8)
    known = {
        "chunk_id": [f"{place:032x}" for place in places],
        "row_hash": [f"{place:032x}" for place in places],
        "content_hash": [f"{number:032x}" for number in documents],
        "ordinal": [place % PER_DOCUMENT for place in places],
        "doc_id": [f"{number:032x}" for number in documents],
        "root_id": [f"{number:032x}" for number in documents],
        "source": ["corpus"] * count,
        "bucket": [f"{number % 8:02d}" for number in documents],
        "path": [_path(number) for number in documents],
        "title": [f"Document {number}" for number in documents],
        "section": [["Part", f"Section {place % 7}"] for place in places],
        "pages": [[place % PER_DOCUMENT + 1] for place in places],
        "boxes": [[] for _ in places],
        "language": ["ko" if number % 4 == 0 else "en" for number in documents],
        "media_type": ["application/pdf" if number % 2 else "text/html" for number in documents],
        "date": [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=n % 365) for n in documents],
        "access": [["everyone"]] * count,
        "access_keys": [[access_key("everyone")]] * count,
        "text": texts,
        "context": [""] * count,
        "terms": [" ".join(terms(text)) for text in texts],
        "signs": [row.tobytes() for row in signs],
        "vector": list(vectors),
    }
    schema = search_index_schema(DIMENSION)
    return pa.table({name: known[name] for name in schema.names}, schema=schema)


def _path(number: int) -> str:
    return f"folder-{number % 50}/document-{number}.{'pdf' if number % 2 else 'html'}"


def _keys(number: int) -> dict[str, Any]:
    doc_id = f"{number:032x}"
    bucket = f"{number % 8:02d}"
    return {"source": "corpus", "bucket": bucket, "root_id": doc_id, "doc_id": doc_id}


def _ledger_row(number: int) -> dict[str, Any]:
    done = {"status": "ok", "chunks": PER_DOCUMENT, "vectors": PER_DOCUMENT}
    letters = {"letters": 2_000, "element_letters": 2_000, "quarantined": 0}
    seen = {"path": _path(number), "content_hash": f"{number:064x}", "indexed": PER_DOCUMENT}
    return _keys(number) | done | letters | seen


def _metadata_row(number: int) -> dict[str, Any]:
    said = {"name": "author", "page": None, "value": f"Author {number % 100}"}
    return _keys(number) | {"content_hash": f"{number:064x}", "recipe": ""} | said


def _write(project: Project, name: str, rows: list[dict[str, Any]]) -> None:
    for bucket in sorted({row["bucket"] for row in rows}):
        own = [row for row in rows if row["bucket"] == bucket]
        schema = TABLES[name].schema
        columns = {column: [row.get(column) for row in own] for column in schema.names}
        scope = Scope("corpus", {bucket})
        project.lake.replace(name, scope, pa.table(columns, schema=schema))


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, int]]:
    """Its port and the number of its process."""
    command = [sys.executable, "-m", "doclake_dagster.pipelines.cli", "serve", "--port", "0"]
    environment = os.environ | {"DOCLAKE_CONFIG": str(folder)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = next(line for line in process.stderr if line.startswith("Listening on "))
            yield int(said.rsplit(":", 1)[1]), process.pid
        finally:
            process.terminate()


@dataclass
class Clients:
    """Ask at the same time, each one question after the other over one connection."""

    port: int
    pid: int
    questions: list[str]
    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0

    def ask(self, clients: int, requests: int, filters: dict[str, Any], seconds: float) -> float:
        """So many requests in all, or for so many seconds; milliseconds of processor time of the
        server for each."""
        self.milliseconds, self.errors = [], 0
        counter = itertools.count()
        until = time.monotonic() + seconds
        before = _processor_seconds(self.pid)

        def work() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            while (number := next(counter)) < requests and time.monotonic() < until:
                question = self.questions[number % len(self.questions)]
                body = json.dumps({"question": question, "k": 10, "filters": filters})
                began = time.perf_counter()
                connection.request("POST", "/search", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                response.read()
                self.milliseconds.append((time.perf_counter() - began) * 1000)
                self.errors += response.status != 200

        threads = [threading.Thread(target=work) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = _processor_seconds(self.pid) - before
        return spent * 1000 / max(1, len(self.milliseconds))


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure(clients: Clients, requests: int, minutes: float) -> None:
    clients.ask(1, 20, {}, 600)
    print("| filter | clients | p50 ms | p95 ms | CPU ms | errors |")
    print("|---|---|---|---|---|---|")
    for name, filters in FILTERS.items():
        for number in (1, 8):
            cost = clients.ask(number, requests, filters, 600)
            p50, p95 = np.percentile(clients.milliseconds, [50, 95])
            shown = f"{p50:.0f} | {p95:.0f} | {cost:.0f} | {clients.errors}"
            print(f"| {name} | {number} | {shown} |", flush=True)
    if minutes:
        before = _megabytes(clients.pid)
        clients.ask(8, 10**9, {}, minutes * 60)
        p95 = np.percentile(clients.milliseconds, 95)
        print(
            f"\n8 clients, {minutes:g} minutes: {len(clients.milliseconds)} answers, "
            f"{clients.errors} errors, p95 {p95:.0f} ms, memory {before:.0f} MB before and "
            f"{_megabytes(clients.pid):.0f} MB after"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--lake", type=Path)
    asked = parser.parse_args()
    lines = (asked.corpus / "queries.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in lines]
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.lake or Path(temporary) / "project"
        if not (folder / "doclake.yaml").exists():
            make(folder, asked.corpus, asked.rows)
        with server(folder) as (port, pid):
            measure(Clients(port, pid, questions), asked.requests, asked.minutes)


if __name__ == "__main__":
    main()
