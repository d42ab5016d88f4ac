"""signals: what steps of curation say of each chunk, and which chunks are dropped for it.

A dropped chunk keeps its row; it has no vector and is not in the index, and comes back when the
policy changes. A step that has changed judges again, alone. Works on whole trees, as `chunks` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.curate import chain
from doclake.curate.chain import Link
from doclake.display import number_of
from doclake.extract import text_amount
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages import duplicates, furniture
from doclake.stages.context import StageContext, batched
from doclake.stages.plans.signals import planned
from doclake.stages.report import Alarm, StageReport
from doclake.stages.traced import group, traced
from doclake.tables.ledger import LedgerRow, LeftOut
from doclake.tables.rows import strings, with_column

STAGE = "signals"
PASSES = 3
"""Whoever takes the place of a chunk that is gone may find that it stands for others, too."""
TREES = 32
"""Batches of other stages in one of this one, which needs no text but that of chunks."""
_UNDONE = (*ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS)


@dataclass
class _Decisions:
    """What drops each chunk of some trees that is dropped, in how many chunks of each document,
    with how many letters by the reason; and the documents of which others were dropped before."""

    dropped_by: Mapping[str, list[str]]
    dropped: Counter[str] = field(default_factory=Counter)
    letters: dict[str, Counter[str]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, chunks: pa.Table, dropped_by: Mapping[str, list[str]]) -> _Decisions:
        decided = cls(dropped_by)
        columns = (
            chunks[name].to_pylist() for name in ("doc_id", "chunk_id", "dropped_by", "text")
        )
        for doc_id, key, before, text in zip(*columns, strict=True):
            reasons = dropped_by.get(key)
            if reasons != before:
                decided.changed.add(doc_id)
            if reasons:
                decided.dropped[doc_id] += 1
                letters = decided.letters.setdefault(doc_id, Counter())
                letters[reasons[0]] += text_amount.of(text)
        return decided


@traced(STAGE)
def run(context: StageContext) -> StageReport:
    with context.exclusive(STAGE, "chunks"):
        return _run(context)


class _Steps(NamedTuple):
    """The steps that are on, and the digests of the lines that are furniture in the source."""

    links: Sequence[Link]
    furniture: np.ndarray | None


def _run(context: StageContext) -> StageReport:
    report = StageReport(STAGE)
    links = chain.chain(context.source_settings.recipe.curation)
    todo = planned(context, context.fingerprints.signals, report)
    known = furniture.counted(context, todo) if chain.counts(links) else None
    steps = _Steps(links, known)
    _judge(context, todo, steps, report)
    if known is not None:
        _judge(context, furniture.outdated(context, known), steps, report)
    for _ in range(PASSES if chain.compares(links) else 0):
        if not (orphans := duplicates.orphans(context)):
            break
        _judge(context, orphans, steps, report)
    return report.finished()


def _judge(
    context: StageContext, places: Mapping[str, str], steps: _Steps, report: StageReport
) -> None:
    todo, done = sorted(places.items(), key=_bucket), 0
    context.step(STAGE, done, len(todo))
    for batch in batched(todo, context.batch_size * TREES):
        with group(STAGE, len(batch)):
            _commit(context, dict(batch), steps, report)
        done += len(batch)
        context.step(STAGE, done, len(todo))


def _bucket(place: tuple[str, str]) -> tuple[str, str]:
    root_id, bucket = place
    return bucket, root_id


def _commit(
    context: StageContext, places: Mapping[str, str], steps: _Steps, report: StageReport
) -> None:
    """Judge the chunks of the trees at these `places` (the bucket of each root_id)."""
    lake, links = context.lake, steps.links
    rows = ledger.of_trees(lake, context.source, places)
    scope = Scope(context.source, sorted(set(places.values())), {"root_id": places})
    columns = {*chain.columns(links), *duplicates.COLUMNS, "text"}
    chunks = lake.read("chunks", scope, sorted(columns))
    chunks = chunks.sort_by([("doc_id", "ascending"), ("ordinal", "ascending")])
    standing = lake.read(STAGE, scope)
    signals = chain.judged(chunks, standing, links)
    ledger.undone(lake, context.source, rows, ledger.CURATE_FIELDS)
    if steps.furniture is not None:
        said = furniture.said(context, chunks, scope, steps.furniture)
        signals = pa.concat_tables([signals, chain.of_furniture(chunks, said, links)])
    else:
        furniture.forget(lake, scope)
    if chain.compares(links):
        dropped = pa.array(chain.dropped_by(signals, links), pa.string())
        found = chunks.filter(pc.invert(pc.is_in(chunks["chunk_id"], value_set=dropped)))
        compared = duplicates.compare(context, found, scope)
        signals = pa.concat_tables([signals, chain.of_duplicates(compared, links)])
    else:
        duplicates.forget(lake, scope)
    decided = _Decisions.of(chunks, chain.dropped_by(signals, links))
    if decided.changed:
        _mark(context, rows, decided)
    if not _are_same(standing, signals):
        lake.replace(STAGE, scope, signals)
    if decided.changed:
        _drop(context, scope, decided)
    counted = lake.count_by(STAGE, ["doc_id"], scope)
    entries = [_entry(context, row, decided, counted) for row in rows]
    ledger.write(lake, context.source, entries, places)
    report.add("judged", chunks.num_rows)
    _add_up(report, signals, decided, links)


def _mark(context: StageContext, rows: Sequence[LedgerRow], decided: _Decisions) -> None:
    """Mark the trees in which other chunks are dropped as not embedded."""
    roots = {row["root_id"] for row in rows if row["doc_id"] in decided.changed}
    trees = [row for row in rows if row["root_id"] in roots]
    ledger.undone(context.lake, context.source, trees, (*ledger.CURATE_FIELDS, *_UNDONE))


def _are_same(before: pa.Table, now: pa.Table) -> bool:
    if len(before) != len(now):
        return False
    sorted_ones = (
        rows.sort_by([("chunk_id", "ascending"), ("step", "ascending")]) for rows in (before, now)
    )
    return bool(next(sorted_ones).equals(next(sorted_ones)))


def _drop(context: StageContext, scope: Scope, decided: _Decisions) -> None:
    """Write into the chunks which steps drop them."""
    chunks = context.lake.read("chunks", scope)
    reasons = [decided.dropped_by.get(key) for key in strings(chunks["chunk_id"])]
    context.lake.replace("chunks", scope, with_column(chunks, "dropped_by", reasons))


def _entry(
    context: StageContext,
    row: LedgerRow,
    decided: _Decisions,
    counted: Mapping[tuple[str, ...], int],
) -> LedgerRow:
    doc_id = row["doc_id"]
    left_out = [part for part in row["left_out"] or () if not chain.is_reason(part["reason"])]
    letters = decided.letters.get(doc_id, Counter())
    left_out += [LeftOut(reason=name, letters=number) for name, number in letters.items()]
    entry = row | {
        "curation": context.fingerprints.signals,
        "signals": counted.get((doc_id,), 0),
        "dropped": decided.dropped[doc_id],
        "left_out": sorted(left_out, key=lambda part: -part["letters"]),
        "updated_at": clock.now(),
    }
    if doc_id not in decided.changed:
        return entry
    sound = row["status"] == ledger.OK
    return ledger.cleared(entry, _UNDONE) | {
        "stage": STAGE if sound else row["stage"],
        "run_id": context.run_id if sound else row["run_id"],
    }


def _add_up(
    report: StageReport, signals: pa.Table, decided: _Decisions, links: Sequence[Link]
) -> None:
    report.rows += signals.num_rows
    report.add("dropped", decided.dropped.total())
    counts = Counter(strings(chain.flagged(signals)["step"]))
    for link in links:
        report.add(f"flagged_by_{link.name}", counts[link.name])
    if failed := signals["score"].null_count:
        report.alarms.append(
            Alarm(
                "step_failed",
                f"A step of curation failed over {number_of(failed, 'chunk')}.",
                "Nothing was dropped for it. The table signals names them by the flag step_failed.",
            )
        )
