"""The steps of one export, one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake.export import card, manifest, mixture, packing, split
from doclake.export.manifest import Manifest
from doclake.export.mixture import CHOSEN, Share
from doclake.export.plan import Export
from doclake.export.selection import (
    CANDIDATES,
    COMPARED,
    ITEMS,
    OWN_TYPES,
    TRAIN,
    VALIDATION,
    Selection,
    figures,
)
from doclake.export.writers import WRITERS, Written
from doclake.progress import Progress, Step
from doclake.settings import ExportSettings
from doclake.sql.engine import Engine, quoted
from doclake.tables.chunks import CHUNKS

STAGE = "export"
Reasons = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Drawn:
    """The rows that will be written, and their manifest, which lacks only the files."""

    selection: Selection
    manifest: Manifest


def draw(export: Export, engine: Engine, progress: Progress) -> Drawn:
    """Choose the rows; none is written. Raises as `run.write`."""
    request = export.request
    selection = Selection(engine, export.snapshot, export.reader, request)
    left_out, recipes = _candidates(export, selection, progress)
    shares = mixture.choose(engine, request)
    for source, there, drawn in figures(
        engine,
        f"SELECT source, count(*), count(copies) FROM {CANDIDATES} "  # noqa: S608
        f"LEFT JOIN {CHOSEN} USING (source, id) GROUP BY source",
    ):
        _count(left_out, source, "not_drawn", there - drawn)
    for source, repeated in split.part(engine, request).items():
        _count(left_out, source, "repeats_training", repeated)
    made = replace(
        export.draft,
        recipes={source: sorted(named) for source, named in sorted(recipes.items())},
        left_out=dict(sorted(left_out.items())),
        sources=_sources(engine, shares),
        splits=_splits(engine, request),
    )
    return Drawn(selection, made)


def write(drawn: Drawn, folder: Path, progress: Progress) -> Manifest:
    """Write files and manifest into a folder. Raises as `run.write`."""
    request = drawn.manifest.request
    made = replace(drawn.manifest, files=_write(drawn.selection, request, folder, progress))
    if request.to == "hf":
        card.write(folder, made)
    (folder / manifest.NAME).write_text(made.as_json(), "utf-8")
    return made


def _count(reasons: Reasons, source: str, reason: str, rows: int) -> None:
    if rows:
        of_source = reasons.setdefault(source, {})
        of_source[reason] = of_source.get(reason, 0) + rows


def _candidates(
    export: Export, selection: Selection, progress: Progress
) -> tuple[Reasons, Mapping[str, set[str]]]:
    """Draw what passes of each partition; what does not, by reason, and the recipes of the rest."""
    request, engine = export.request, selection.engine
    left_out, recipes = Reasons(), defaultdict[str, set[str]](set)
    compared = ["text", *(["question", "answer"] if request.unit == "questions" else [])]
    needs_text = bool(request.decontaminate or request.validation)
    for number, partition in enumerate(selection.partitions):
        source = partition[0]
        progress(Step(source, STAGE, number, len(selection.partitions), "partitions"))
        with selection.items(partition, compared if needs_text else []) as (there, passing):
            _count(left_out, source, "condition", there - passing)
            contaminated = list(_contaminated(export, engine)) if needs_text else []
            _count(left_out, source, "contaminated", len(contaminated))
            recipes[source] |= {
                recipe
                for (recipe,) in engine.rows(f"SELECT DISTINCT recipe FROM {ITEMS}")  # noqa: S608
            }
            selection.draw(contaminated)
    return left_out, recipes


def _contaminated(export: Export, engine: Engine) -> Iterator[str]:
    """Ids of the items that repeat evaluation texts. What the others are compared by is noted, if
    there will be a split."""
    text = COMPARED.get(export.request.unit, "text")
    for batch in engine.stream(f"SELECT id, {text} FROM {ITEMS} ORDER BY id"):  # noqa: S608
        kept_ids, kept_texts = list[str](), list[str]()
        for key, text in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if export.runs.are_in(text):
                yield key
            else:
                kept_ids.append(key)
                kept_texts.append(text)
        if export.request.validation:
            split.sign(engine, kept_ids, kept_texts)


def _write(
    selection: Selection, request: ExportSettings, folder: Path, progress: Progress
) -> list[Written]:
    files = list[Written]()
    schema = _schema(selection)
    for side in (TRAIN, VALIDATION) if request.validation else (TRAIN,):
        writer = WRITERS[request.to](folder, side, schema)
        files += writer.write(_rows(selection, side, schema, progress))
    return files


def _schema(selection: Selection) -> pa.Schema:
    """Of the rows, without what our own tables say of their columns."""
    types = {one.name: one.type for one in CHUNKS.schema} | {**OWN_TYPES[selection.request.unit]}
    fields = [pa.field(name, types[name]) for name in selection.columns]
    repeats = selection.request.mixture.max_repeats > 1
    return pa.schema([*fields, *([pa.field("copy", pa.int32())] if repeats else [])])


def _rows(
    selection: Selection, side: str, schema: pa.Schema, progress: Progress
) -> Iterator[pa.RecordBatch]:
    """By source, partition, id and copy."""
    engine = selection.engine
    columns = ", ".join(f"i.{quoted(name)}" for name in selection.columns)
    copy = ", copy::INTEGER AS copy" if "copy" in schema.names else ""
    sql = (
        f"SELECT {columns}{copy} FROM {ITEMS} i "  # noqa: S608
        f"JOIN {CHOSEN} c USING (id), unnest(range(c.copies)) t(copy) "
        "WHERE c.side = $side ORDER BY id, copy"
    )
    held = {
        (source, bucket)
        for source, bucket in engine.rows(
            f"SELECT DISTINCT source, bucket FROM {CHOSEN} WHERE side = $side",  # noqa: S608
            {"side": side},
        )
    }
    for number, partition in enumerate(selection.partitions):
        if partition in held:
            progress(Step(partition[0], side, number, len(selection.partitions), "partitions"))
            with selection.items(partition, selection.columns):
                yield from engine.stream(sql, {"side": side})


def _sources(engine: Engine, shares: Sequence[Share]) -> dict[str, dict[str, Any]]:
    """What each source gave, and how much there was of it."""
    given = {
        source: (rows, tokens)
        for source, rows, tokens in figures(
            engine,
            "SELECT source, sum(copies)::BIGINT, sum(copies * tokens)::BIGINT "  # noqa: S608
            f"FROM {CHOSEN} GROUP BY source",
        )
    }
    in_all = sum(tokens for _, tokens in given.values())
    return {
        share.source: {
            "rows": rows,
            "tokens": tokens,
            "share_of_tokens": round(tokens / in_all, 6) if in_all else 0.0,
            "available": share.available,
            "quota": share.quota,
        }
        for share in shares
        for rows, tokens in [given.get(share.source, (0, 0))]
    }


def _splits(engine: Engine, request: ExportSettings) -> dict[str, dict[str, Any]]:
    lengths: dict[str, dict[int, int]] = defaultdict(dict)
    for side, tokens, rows in figures(
        engine,
        f"SELECT side, tokens, sum(copies)::BIGINT FROM {CHOSEN} GROUP BY side, tokens",  # noqa: S608
    ):
        lengths[side][tokens] = rows
    found: dict[str, dict[str, Any]] = {}
    for side, counts in lengths.items():
        found[side] = {
            "rows": sum(counts.values()),
            "tokens": sum(length * rows for length, rows in counts.items()),
        }
        if request.pack_tokens:
            found[side]["packing"] = asdict(packing.packed(counts, request.pack_tokens))
    return found
