"""What the settings have put the best candidates in order."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from doclake import terms
from doclake.embed import Question
from doclake.index.rows import IndexRows
from doclake.search.rerank import cross_encoder, late_interaction
from doclake.settings import SearchSettings


def scored(
    rows: IndexRows,
    row_ids: Sequence[int],
    question: str,
    embedded: Question,
    names: Collection[str],
    settings: SearchSettings,
) -> np.ndarray | None:
    """Scores of these rows by the reranker of the settings: [n]; None if it has nothing to go by.

    Names tell which document is meant, and decide by themselves. Late interaction leaves them out:
    else the passage under the title of a manual would come before the one that answers.
    """
    if settings.rerank == "late_interaction":
        tokens = embedded.without(terms.spans(question, names))
        if tokens is None or "signs" not in rows.columns or not row_ids:
            return None
        signs = [row["signs"] for row in rows.at(row_ids, ["signs"])]
        return late_interaction.scores(tokens, signs) if any(signs) else None
    if settings.rerank == "cross_encoder" and settings.cross_encoder and row_ids:
        passages = [row["text"] for row in rows.at(row_ids, ["text"])]
        return cross_encoder.scores(settings.cross_encoder, question, passages)
    return None
