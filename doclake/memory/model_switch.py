"""From one embedding model to another. Recalls go on with the old vectors until all memories have
new ones; then the new view takes over in one step."""

from __future__ import annotations

from collections.abc import Mapping

from doclake import fingerprints
from doclake.embed import Embedder
from doclake.lake.scope import Scope
from doclake.memory import view
from doclake.memory.store import MemoryStore
from doclake.progress import Progress, Step
from doclake.project import Project
from doclake.tables.memories import MEMORIES, SHARDS, MemoryRow

AT_ONCE = 500  # texts embedded before the table is written


def follow(project: Project, store: MemoryStore, progress: Progress) -> int:
    """Bring all memories to the model of the settings; returns how many were embedded. A run that
    died is gone on with. Raises `ModelError`, `LakeError`, `IndexStateError`."""
    settings = project.settings.embedding
    current = store.rows()
    if current is None or current[0].model == fingerprints.model(settings):
        return 0
    embedder, embedded = Embedder(settings), 0
    for number in range(SHARDS):
        progress(Step("", "memories", number, SHARDS, "parts embedded"))
        embedded += _embed(store, embedder, f"{number:02d}")
    with store.index.writer():
        state = store.index.create(embedder.fingerprint, settings, embedder.dimension, {})
        state = view.followed(store.index, state, lambda texts: embedder.encode_documents(texts))
        store.index.optimize(state)
        before = store.index.state()
        store.index.save(state.after(before))
    return embedded


def _embed(store: MemoryStore, embedder: Embedder, shard: str) -> int:
    rows = MEMORIES.rows(store.lake.read(MEMORIES.name, Scope(where={"shard": [shard]})))
    rows = [row for row in rows if row["model"] != embedder.fingerprint]
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        made = embedder.encode_documents([row["text"] for row in batch])
        vectors = {
            row["memory_id"]: (vector.tolist(), signs)
            for row, vector, signs in zip(batch, made.vectors, made.signs, strict=True)
        }

        def change(
            held: list[MemoryRow],
            vectors: Mapping[str, tuple[list[float], bytes | None]] = vectors,
        ) -> list[MemoryRow]:
            for place, row in enumerate(held):
                if row["memory_id"] in vectors:
                    vector, signs = vectors[row["memory_id"]]
                    held[place] = row | {
                        "model": embedder.fingerprint,
                        "vector": vector,
                        "signs": signs,
                    }
            return held

        store.update({row["statement_hash"] for row in batch}, change)
    return len(rows)
