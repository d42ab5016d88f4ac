"""What a tuned model says of its origin, in a file of its folder."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, TypedDict

from doclake.settings import EmbeddingSettings

NAME = "tuned_from.json"


class Lineage(TypedDict):
    """No word of a document or a question stands in it: `questions`, `texts` and `documents` are
    the ids of what it has learned from, `tables` the versions of the tables that held them."""

    base: dict[str, str | None]
    base_fingerprint: str
    weights_sha256: str
    documents: list[str]
    questions: list[str]
    texts: list[str]
    pairs: dict[str, int]
    tables: dict[str, int]
    recipe: dict[str, Any]
    steps: int
    libraries: dict[str, str]
    run_id: str | None
    made_at: str


def lineage(folder: Path) -> Lineage | None:
    """Of the model in a folder; None if it was not tuned by Doclake."""
    with suppress(OSError, ValueError):
        read: Lineage = json.loads((folder / NAME).read_text("utf-8"))
        return read
    return None


def learned_questions(embedding: EmbeddingSettings) -> frozenset[str]:
    """Ids of the questions that a model has learned the answers of: they say nothing of it."""
    known = lineage(embedding.folder) if embedding.folder else None
    return frozenset(known["questions"]) if known else frozenset()
