"""How many machines, GPUs, hours, terabytes and files so many documents take.

Every line carries its formula, with the figures in it, so that each can be checked and replaced by
one's own. docs/capacity.md explains them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from doclake.operate.rates import OF_DOCUMENTS, OF_PAGES, Rates

BUCKETS = 64  # the most that a source may have
BUCKET_DOCUMENTS = 1_563  # of the largest lake measured, 100,000 in 64: benchmarks/incremental.py
FILE_BYTES = 100 * 2**20  # to which maintenance merges: the default of delta-rs
HOUR, TERABYTE = 3600.0, 1e12


@dataclass(frozen=True)
class Wanted:
    """`pages` of a document; `scanned`, the share of pages that OCR reads; `hours` in which all is
    to be done; `cores` of a machine; `gpu_tokens`, what one GPU embeds in a second, if GPUs do."""

    documents: int
    pages: float
    scanned: float = 0.0
    hours: float = 24.0
    cores: int = 16
    gpu_tokens: float | None = None


@dataclass(frozen=True)
class Line:
    """`value` in `unit`, and how it was computed."""

    name: str
    value: float
    unit: str
    formula: str


@dataclass(frozen=True)
class Capacity:
    """`limits` are what machines alone do not help against, with what does."""

    lines: tuple[Line, ...]
    limits: tuple[str, ...]

    def __getitem__(self, name: str) -> float:
        return next(line.value for line in self.lines if line.name == name)


def capacity(wanted: Wanted, rates: Rates) -> Capacity:
    amounts = list(_amounts(wanted, rates))
    pages, chunks, tokens = (line.value for line in amounts)
    work = list(_work(wanted, rates, pages, chunks, tokens))
    lake = list(_lake(wanted, rates, pages))
    lines = (*amounts, *work, *lake)
    return Capacity(lines, tuple(_limits(wanted, Capacity(lines, ()))))


def _amounts(wanted: Wanted, rates: Rates) -> Iterator[Line]:
    pages = wanted.documents * wanted.pages
    each, tokens = rates.rows["chunks"], rates.tokens
    yield Line("pages", pages, "", f"{wanted.documents:,} documents × {wanted.pages:g}")
    yield Line("chunks", pages * each, "", f"pages × {each:.2f}")
    yield Line("tokens", pages * tokens, "", f"pages × {tokens:.0f}")


def _work(
    wanted: Wanted, rates: Rates, pages: float, chunks: float, tokens: float
) -> Iterator[Line]:
    read, scanned = pages * (1 - wanted.scanned), pages * wanted.scanned
    spent = [
        _core_hours("extract", read * rates.extract, f"pages with text × {rates.extract:.4f} s"),
        _core_hours("ocr", scanned * rates.ocr, f"scanned pages × {rates.ocr:.1f} s"),
        _core_hours("cut", chunks * rates.chunk, f"chunks × {rates.chunk:.4f} s"),
    ]
    spent.append(_core_hours("judge", chunks * rates.judge, f"chunks × {rates.judge:.4f} s"))
    if wanted.gpu_tokens is None:
        by_core = f"tokens / {rates.embed:,.0f} a second"
        spent.append(_core_hours("embed", tokens / rates.embed, by_core))
    yield from spent
    core_hours = sum(line.value for line in spent)
    used = wanted.cores * rates.parallel * wanted.hours
    machines = math.ceil(core_hours / used)
    shares = f"{wanted.cores} cores × {rates.parallel:g} × {wanted.hours:g} h"
    yield Line("machines", machines, "", f"{core_hours:,.1f} core-hours / ({shares})")
    if wanted.gpu_tokens is not None:
        gpu_hours = tokens / wanted.gpu_tokens / HOUR
        rate = f"tokens / {wanted.gpu_tokens:,.0f} a second"
        yield Line("embed", gpu_hours, "GPU-hours", rate)
        yield Line("gpus", math.ceil(gpu_hours / wanted.hours), "", f"GPU-hours / {wanted.hours:g}")
    by_writer = f"chunks / {rates.index:,.0f} rows a core-second, one writer"
    yield Line("index", chunks / rates.index / HOUR, "hours", by_writer)


def _core_hours(name: str, seconds: float, formula: str) -> Line:
    return Line(name, seconds / HOUR, "core-hours", formula)


def _lake(wanted: Wanted, rates: Rates, pages: float) -> Iterator[Line]:
    buckets = math.ceil(wanted.documents / BUCKET_DOCUMENTS)
    sources = math.ceil(buckets / BUCKETS)
    yield Line("buckets", buckets, "", f"documents / {BUCKET_DOCUMENTS:,}")
    yield Line("sources", sources, "", f"buckets / {BUCKETS}")
    stored, files = 0.0, 0
    for names, count, unit in (
        (OF_DOCUMENTS, wanted.documents, "documents"),
        (OF_PAGES, pages, "pages"),
    ):
        for name in names:
            rows, size = rates.rows[name], rates.row_bytes[name]
            table = count * rows * size
            stored += table
            files += max(buckets, math.ceil(table / FILE_BYTES))
            formula = f"{unit} × {rows:.2f} rows × {size:,.0f} bytes"
            yield Line(f"table {name}", table / TERABYTE, "TB", formula)
    yield Line("stored", stored / TERABYTE, "TB", "sum of the tables")
    merged = f"for each table, buckets or bytes / {FILE_BYTES:,}, the greater"
    yield Line("files", files, "", merged)


def _limits(wanted: Wanted, found: Capacity) -> Iterator[str]:
    if found["index"] > wanted.hours:
        yield (
            f"The index has one writer, which takes {found['index']:,.0f} hours for all chunks: "
            "keep several lakes, each with its sources, or allow more hours."
        )
    if found["sources"] > 1:
        yield (
            f"A source has at most {BUCKETS} buckets: part the documents into "
            f"{found['sources']:,.0f} sources, each of which its own runs ingest."
        )
    if found["machines"] > found["buckets"]:
        yield (
            f"At most one run works in a bucket at a time, so {found['machines']:,.0f} machines "
            "need as many buckets, or an executor that shares the work of a run."
        )
