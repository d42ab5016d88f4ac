"""Whether what is remembered stands once, whole, and as recalls see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from doclake.health.finding import Finding
from doclake.health.unsound_rows import unsound
from doclake.index.memory_index import MemoryIndex
from doclake.lake.scope import EVERYTHING
from doclake.project import Project
from doclake.tables.memories import MEMORIES
from doclake.tables.rows import integers, strings

REBUILD = "doclake memory rebuild"


def examine(project: Project) -> Iterator[Finding]:
    """Findings about memories and their view. Raises `LakeError`, `IndexStateError`."""
    columns = ["memory_id", "statement_hash", "retired_at", "superseded_by", "revision", "vector"]
    rows = project.lake.read(MEMORIES.name, EVERYTHING, columns)
    if not rows.num_rows:
        return
    ids, successors = strings(rows["memory_id"]), rows["superseded_by"].to_pylist()
    pairs = zip(strings(rows["statement_hash"]), rows["retired_at"].to_pylist(), strict=True)
    said = Counter(statement for statement, retired_at in pairs if retired_at is None)
    if twice := sum(number > 1 for number in said.values()):
        mend = "doclake memory consolidate merges them."
        yield Finding("memories", f"{twice} statements are remembered twice", mend)
    if repeated := len(ids) - len(set(ids)):
        yield Finding("unique keys", f"{repeated} memories stand twice", "Tell the developers.")
    if lost := sum(one is not None and one not in set(ids) for one in successors):
        message = f"{lost} memories were replaced by one that is gone"
        mend = "An erasure leaves it so; `doclake memory restore` brings back what was merged."
        yield Finding("memories", message, mend, invariant=False)
    if bad := int(unsound(rows["vector"]).sum()):
        message = f"{bad} vectors of memories are not finite or not of unit length"
        yield Finding("sound vectors", message, "`correct` or `forget` them.")
    revisions = dict(zip(ids, integers(rows["revision"]), strict=True))
    yield from _view(project, revisions)


def _view(project: Project, revisions: dict[str, int]) -> Iterator[Finding]:
    current = MemoryIndex(project.lake).current()
    if current is None:
        yield Finding("memory view", "There is no view of the memories", REBUILD)
        return
    held = current[1].of(EVERYTHING, ["memory_id", "revision"])
    shown = dict(zip(strings(held["memory_id"]), integers(held["revision"]), strict=True))
    if shown != revisions or held.num_rows != len(shown):
        differ = len(shown.items() ^ revisions.items()) or held.num_rows - len(shown)
        yield Finding("memory view", f"{differ} rows are not those of `memories`", REBUILD)
    if project.model not in (None, current[0].model):
        yield Finding(
            "model",
            f"Recalls use {current[0].model_name}, the settings say another",
            "doclake memory consolidate embeds memories by the new one.",
        )
