"""What the settings have put the best candidates in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from doclake import terms
from doclake.embed import Question
from doclake.search.rerank import cross_encoder, late_interaction
from doclake.settings import SearchSettings

Column = Callable[[str], Sequence[Any] | None]
"""What the rows to be scored have in the column of a name; None if their table has no such one."""


def scored(
    column: Column,
    question: str,
    embedded: Question,
    names: Collection[str],
    settings: SearchSettings,
) -> np.ndarray | None:
    """Scores of some rows by the reranker of the settings: [n]; None if it has nothing to go by.

    Names tell which document is meant, and decide by themselves. Late interaction leaves them out:
    else the passage under the title of a manual would come before the one that answers.
    """
    if settings.rerank == "late_interaction":
        tokens = embedded.without(terms.spans(question, names))
        if tokens is None:
            return None
        signs = column("signs")
        return late_interaction.scores(tokens, signs) if signs and any(signs) else None
    if settings.rerank == "cross_encoder" and settings.cross_encoder:
        texts = column("text")
        return cross_encoder.scores(settings.cross_encoder, question, texts) if texts else None
    return None
