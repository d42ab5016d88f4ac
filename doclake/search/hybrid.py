"""Candidates of a search: vectors and full text, each scaled for the question, then mixed.

The scores of two searches cannot be compared as they are. Each is scaled to 0 at its last candidate
and 1 at its best. Full text counts by *coverage*: the share of the question's terms, each by its
rarity, that passages in the same language hold. It cannot judge passages in another language than
the question: with a fixed mix, and with reciprocal ranks even more, these would fall behind any
that share a word with it. Coverage is taken from what the asker may see, so nothing else can be
learnt from a score.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from doclake.index.rows import ROW_ID, IndexRows
from doclake.settings import SearchSettings
from doclake.terms import names, terms

_MOST_TERMS = 256
_RARE = 0.1  # share of the documents found that may hold a name which comes first
_FEW = 3  # and so many may in any case


@dataclass(frozen=True)
class Candidates:
    """Rows of the index that may answer. `text` are their scores by BM25, as shares of the best, 0
    for those that full text did not find. `mix` and `held` are [n]: the mixed score, 0 to 1, and
    how many of the question's rare names, `names`, each holds."""

    row_ids: list[int]
    doc_ids: list[str]
    dates: list[Any]
    text: list[float]
    mix: np.ndarray
    held: np.ndarray
    names: set[str]

    def __len__(self) -> int:
        return len(self.row_ids)


def find(
    rows: IndexRows,
    vector: np.ndarray,
    question: str,
    where: str,
    settings: SearchSettings,
    count: int,
    *,
    key: str = "chunk_id",
    document: str = "doc_id",
) -> Candidates:
    """At least `count` candidates, if so many pass the filter `where`. `key` is the column that
    tells rows apart, `document` the one that tells of what they are parts."""
    count = max(settings.candidates, count)
    knows_text = "terms" in rows.columns and settings.text_weight > 0
    wanted = [document, key, "date", "language", *(["terms"] if knows_text else [])]
    columns = list(dict.fromkeys(name for name in wanted if name in rows.columns))
    asked = list(dict.fromkeys(terms(question)))[:_MOST_TERMS] if knows_text else []
    near = rows.by_vector(vector, count, where, columns).to_pylist()
    worded = rows.by_text(asked, count, where, columns).to_pylist() if asked else []
    rows_found = {row[ROW_ID]: row for row in (*near, *worded)}
    # Copies of a passage have one score: they keep one order, however the index was written.
    found = dict(sorted(rows_found.items(), key=lambda item: item[1][key]))
    similar = {row[ROW_ID]: 1.0 - row["_distance"] for row in near}
    matching = {row[ROW_ID]: row["_score"] for row in worded}
    texts = [set((row.get("terms") or "").split()) for row in found.values()]
    languages = [row.get("language") for row in found.values()]
    weight = settings.text_weight * coverage(asked, texts, languages)
    doc_ids = [row[document] for row in found.values()]
    few = rare(names(question) if asked else set(), texts, doc_ids)
    return Candidates(
        row_ids=list(found),
        doc_ids=doc_ids,
        dates=[row.get("date") for row in found.values()],
        text=of_best(matching, found),
        mix=(1 - weight) * scaled(similar, found) + weight * scaled(matching, found),
        held=np.array([len(few & text) for text in texts], np.float32),
        names=few,
    )


def coverage(
    asked: Sequence[str], texts: Sequence[set[str]], languages: Sequence[str | None]
) -> np.ndarray:
    """Of each text, the share of the terms of a question, each by its rarity, that the texts in its
    language hold: [n], 0 to 1. For a text whose language nobody knows, all texts count.

    The rarity of a term is its inverse document frequency among these texts, as BM25 has it.
    """
    counts = Counter(term for text in texts for term in text)
    rarity = {
        term: math.log(1 + (len(texts) - counts[term] + 0.5) / (counts[term] + 0.5))
        for term in asked
    }
    held: dict[str | None, set[str]] = {None: set(counts)}
    for text, language in zip(texts, languages, strict=True):
        held.setdefault(language, set()).update(text)
    whole = sum(rarity.values()) or 1.0
    shares = {
        language: sum(rarity[term] for term in asked if term in known) / whole
        for language, known in held.items()
    }
    return np.array([shares[language] for language in languages], np.float32)


def rare(wanted: set[str], texts: Sequence[set[str]], doc_ids: Sequence[str]) -> set[str]:
    """The names of a question that few of the documents hold: these tell which one is meant, and
    every passage of a manual may name what it is about."""
    most = max(_FEW, _RARE * len(set(doc_ids)))
    holding = {
        name: {doc_id for text, doc_id in zip(texts, doc_ids, strict=True) if name in text}
        for name in wanted
    }
    return {name for name, documents in holding.items() if 0 < len(documents) <= most}


def of_best(scores: Mapping[int, float], rows: Iterable[int]) -> list[float]:
    """Scores by BM25 as shares of the best. As they are, they would tell how many passages hold a
    word, those that the asker may not see among them."""
    best = max(scores.values(), default=0.0)
    return [scores.get(row, 0.0) / best if best > 0 else 0.0 for row in rows]


def scaled(scores: Mapping[int, float], rows: Iterable[int]) -> np.ndarray:
    """From 0 at the last one that was found, and for those that were not, to 1 at the best."""
    if not scores:
        return np.array([0.0 for _ in rows], np.float32)
    low, high = min(scores.values()), max(scores.values())
    if high <= low:
        return np.array([float(row in scores) for row in rows], np.float32)
    scaled = [(scores[row] - low) / (high - low) if row in scores else 0.0 for row in rows]
    return np.array(scaled, np.float32)
