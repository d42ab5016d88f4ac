"""What a lake and its index hold, without what differs between two runs that did the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from doclake.health import doctor
from doclake.project import Project
from doclake.settings import Settings
from doclake.tables.registry import TABLES

PASSING = {
    "run_id",
    "seconds",
    "first_seen",
    "updated_at",
    "deleted_at",
    "created_at",
    "refused_at",
}
COMPARED = tuple(name for name in TABLES if "bucket" in TABLES[name].schema.names)
VECTOR_TOLERANCE = 1e-3  # batches are put together otherwise after a kill
SIGN_TOLERANCE = 0.01  # share of the signs of a text: what stands next to zero may cross it


@dataclass
class LakeState:
    """Rows of every table as sorted text, vectors and signs by key, and what the doctor says."""

    rows: dict[str, list[str]]
    vectors: dict[str, dict[str, list[float]]]
    signs: dict[str, dict[str, bytes]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in self.rows.items()}


def state_of(settings: Settings, *, history: bool = True) -> LakeState:
    """Without `history`, as if what was deleted or tried before had never been seen."""
    project = Project.of(settings)
    lake, index = project.lake, project.index
    found = LakeState({}, {})
    for name in COMPARED:
        rows = lake.read(name).to_pylist()
        if not history and name in ("documents", "ledger"):
            rows = [r for r in rows if r.get("status") != "deleted" and not r.get("deleted_at")]
            rows = [{k: v for k, v in row.items() if k != "attempts"} for row in rows]
        _take(found, name, rows, ("source", "bucket", "text_hash", "model"))
    state = index.state()
    if state is not None:
        table = index.open(state).to_arrow()
        _take(found, "search_index", table.to_pylist(), ("chunk_id",))
    findings = [finding for finding in doctor.examine(project) if finding.invariant]
    found.findings = [f"{finding.check}: {finding.message}" for finding in findings]
    return found


def _take(found: LakeState, name: str, rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    if rows and "vector" in rows[0]:
        found.vectors[name] = {"/".join(row[k] for k in key): row.pop("vector") for row in rows}
        signed = [row for row in rows if row.get("signs")]
        found.signs[name] = {"/".join(row[k] for k in key): row.pop("signs") for row in signed}
    for row in rows:
        if row.get("signature"):  # its tag names the file itself, which is another in each project
            row["signature"] = row["signature"].rpartition("-")[0]
    kept = [{k: v for k, v in row.items() if k not in PASSING} for row in rows]
    found.rows[name] = sorted(repr(sorted(row.items())) for row in kept)


def differences(found: LakeState, wanted: LakeState) -> list[str]:
    """What is not as in the undisturbed lake, in words; empty if the two are the same."""
    told = [f"doctor: {finding}" for finding in found.findings]
    for name in wanted.rows.keys() | found.rows.keys():
        have, want = found.rows.get(name, []), wanted.rows.get(name, [])
        if have != want:
            lost, extra = set(want) - set(have), set(have) - set(want)
            twice = len(have) - len(set(have))
            told.append(f"{name}: {len(lost)} lost, {len(extra)} extra, {twice} twice")
            told += [f"  - {row}" for row in sorted(lost)[:2]]
            told += [f"  + {row}" for row in sorted(extra)[:2]]
    for name, vectors in wanted.vectors.items():
        held = found.vectors.get(name, {})
        far = [k for k in vectors.keys() & held.keys() if _distance(vectors[k], held[k])]
        if far:
            told.append(f"{name}: {len(far)} vectors are not those of their text")
    for name, signs in wanted.signs.items():
        held_signs = found.signs.get(name, {})
        far = [k for k in signs if _crossed(signs[k], held_signs.get(k, b"")) > SIGN_TOLERANCE]
        if far:
            told.append(f"{name}: {len(far)} signs are not those of their text")
    return told


def _distance(one: list[float], other: list[float]) -> bool:
    return bool(np.abs(np.subtract(one, other)).max() > VECTOR_TOLERANCE)


def _crossed(one: bytes, other: bytes) -> float:
    """Share of the bits that differ; 1 if they are not as many."""
    if len(one) != len(other):
        return 1.0
    differing = int.from_bytes(one) ^ int.from_bytes(other)
    return differing.bit_count() / (8 * len(one))
