"""The steps that judge the chunks of a source, and what becomes of a chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ids
from doclake.curate import furniture
from doclake.curate.base import SIGNAL, Step
from doclake.curate.registry import STEPS
from doclake.errors import ModelError
from doclake.settings.curation import CurationSettings, Policy
from doclake.tables.rows import strings
from doclake.tables.signals import SIGNALS

FAILED = "step_failed"
"""Flag of a chunk that a step could not judge. Nothing is dropped for it."""
_OF_CHUNK = ("source", "bucket", "root_id", "doc_id", "chunk_id")


EXACT, NEAR = "exact_duplicates", "near_duplicates"
"""Two steps that compare chunks with all others; `stages/duplicates.py` makes their signals."""
NAMES = (*STEPS, furniture.NAME, EXACT, NEAR)
"""All steps, in their order. `stages/furniture.py` makes the signals of `furniture`."""
_COMPARING = 2
"""Raised when another text would be a duplicate by the same settings."""


@dataclass(frozen=True)
class Link:
    """A step as the settings of a source want it. `fingerprint` is that of what it finds, `step` is
    None if it needs more than the chunks of a document."""

    name: str
    policy: Policy
    fingerprint: str
    step: Step | None = None


def chain(settings: CurationSettings) -> tuple[Link, ...]:
    """The steps that are on, in the order of `NAMES`."""
    on = [name for name in NAMES if settings.of(name).is_on]
    return tuple(_link(name, settings) for name in on)


def _link(name: str, settings: CurationSettings) -> Link:
    own = settings.of(name)
    if name == furniture.NAME:
        made = ids.digest("step", name, str(furniture.VERSION), own.facts, size=8)
        return Link(name, own.policy, made)
    if name not in STEPS:
        return Link(name, own.policy, duplicates_fingerprint(settings))
    step = STEPS[name]
    made = ids.digest("step", name, str(step.version), own.facts, size=8)
    return Link(name, own.policy, made, step(own))


def duplicates_fingerprint(settings: CurationSettings) -> str:
    """Of what duplicates are."""
    near = settings.near_duplicates
    alike = "equal" if near.policy == "off" else str(near.similarity)
    facts = (alike, settings.duplicates_across, str(settings.exact_duplicates.policy != "off"))
    return ids.digest("duplicates", str(_COMPARING), *facts, size=8)


def fingerprint(settings: CurationSettings) -> str | None:
    """Changes when a step finds something else or another thing becomes of it; None while all are
    off."""
    facts = [f"{link.name} {link.fingerprint} {link.policy}" for link in chain(settings)]
    return ids.digest("curation", *facts, size=8) if facts else None


def columns(links: Sequence[Link]) -> list[str]:
    """Columns of chunks that these steps and this module read."""
    needed = {name for link in links if link.step for name in link.step.needs}
    return sorted({*_OF_CHUNK, "ordinal", "dropped_by", *needed})


def judged(chunks: pa.Table, standing: pa.Table, links: Sequence[Link]) -> pa.Table:
    """Every signal about these chunks, as `SIGNALS`.

    `chunks` are all of some whole documents, in order; `standing` are the signals of before. A step
    judges the documents of which it has not judged each chunk as it would now, and no others.
    """
    parts = [SIGNALS.schema.empty_table()]
    there = chunks["chunk_id"].combine_chunks()
    for link in links:
        if link.step is None:
            continue
        own = pc.and_(
            pc.equal(standing["step"], link.name),
            pc.equal(standing["fingerprint"], link.fingerprint),
        )
        own = pc.and_(own, pc.is_in(standing["chunk_id"], value_set=there))
        known = standing.filter(own)
        is_known = pc.is_in(chunks["chunk_id"], value_set=known["chunk_id"].combine_chunks())
        lacking = pc.unique(chunks.filter(pc.invert(is_known))["doc_id"])
        todo = chunks.filter(pc.is_in(chunks["doc_id"], value_set=lacking))
        parts.append(known.filter(pc.invert(pc.is_in(known["doc_id"], value_set=lacking))))
        if todo.num_rows:
            said = _signals(todo, link.step)
            parts.append(_rows(todo, link, said["score"], said["flags"]))
    return pa.concat_tables(parts)


def _signals(chunks: pa.Table, step: Step) -> pa.Table:
    """What a step says. A document that it cannot judge hides no other. Raises `ModelError`: a step
    without its model judges nothing."""
    try:
        return step.judge(chunks)
    except ModelError:
        raise
    except Exception:  # no odd text may stop the other documents
        if pc.count_distinct(chunks["doc_id"]).as_py() > 1:
            return pa.concat_tables(_signals(one, step) for one in _documents(chunks))
        nothing = {"score": [None] * len(chunks), "flags": [[FAILED]] * len(chunks)}
        return pa.table(nothing, schema=SIGNAL)


def _documents(chunks: pa.Table) -> Iterator[pa.Table]:
    for doc_id in pc.unique(chunks["doc_id"]).to_pylist():
        yield chunks.filter(pc.equal(chunks["doc_id"], doc_id))


def compares(links: Sequence[Link]) -> bool:
    """Whether chunks are compared with each other."""
    return any(link.name in (EXACT, NEAR) for link in links)


def counts(links: Sequence[Link]) -> bool:
    """Whether lines are counted over the source."""
    return any(link.name == furniture.NAME for link in links)


def of_furniture(chunks: pa.Table, said: pa.Table, links: Sequence[Link]) -> pa.Table:
    """What the step `furniture` said of chunks, of schema `SIGNAL`, as `SIGNALS`."""
    (link,) = (link for link in links if link.name == furniture.NAME)
    return _rows(chunks, link, said["score"], said["flags"])


def of_duplicates(compared: pa.Table, links: Sequence[Link]) -> pa.Table:
    """The signals of the steps that compare, as `SIGNALS`, about rows of `MINHASHES`. What is equal
    is nearly so as well, unless the step for equal ones says so."""
    parts = [SIGNALS.schema.empty_table()]
    names = {link.name for link in links}
    similar = pc.fill_null(compared["similarity"], 0.0)
    equal, alike = pc.equal(similar, 1.0), pc.greater(similar, 0.0)
    near = pc.and_not(alike, equal) if EXACT in names else alike
    for link in links:
        if link.name in (EXACT, NEAR):
            found = equal if link.name == EXACT else near
            score = pc.if_else(found, similar, 0.0).cast(pa.float32())
            flags = [[link.name.removesuffix("s")] if one else [] for one in found.to_pylist()]
            parts.append(_rows(compared, link, score, pa.array(flags, pa.list_(pa.string()))))
    return pa.concat_tables(parts)


def _rows(chunks: pa.Table, link: Link, score: Any, flags: Any) -> pa.Table:
    made = {name: chunks[name] for name in _OF_CHUNK} | {
        "step": pa.array([link.name] * len(chunks), pa.string()),
        "fingerprint": pa.array([link.fingerprint] * len(chunks), pa.string()),
        "score": score,
        "flags": flags,
    }
    schema = SIGNALS.schema
    return pa.table([made[name] for name in schema.names], schema=schema)


def flagged(signals: pa.Table) -> pa.Table:
    """The signals that say that something is wrong."""
    return signals.filter(pc.greater(pc.list_value_length(signals["flags"]), 0))


def dropped_by(signals: pa.Table, links: Sequence[Link]) -> Mapping[str, list[str]]:
    """The steps that drop each chunk which is dropped, by its id."""
    dropping = [link.name for link in links if link.policy == "drop"]
    wrong = flagged(signals)
    wrong = wrong.filter(pc.is_in(wrong["step"], value_set=pa.array(dropping, pa.string())))
    found: dict[str, set[str]] = {}
    rows = zip(
        strings(wrong["chunk_id"]), strings(wrong["step"]), wrong["flags"].to_pylist(), strict=True
    )
    for chunk_id, step, flags in rows:
        if flags != [FAILED]:
            found.setdefault(chunk_id, set()).add(step)
    return {key: [name for name in dropping if name in steps] for key, steps in found.items()}


def is_reason(name: str) -> bool:
    """Whether letters that are left out for this reason were dropped by a step."""
    return name in NAMES
