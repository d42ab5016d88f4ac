"""What both kinds of several workers must stand: one that is killed while it computes."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

import numpy as np

from doclake.embed import Embedder


def assert_same_rows_without(embedder: Embedder, pid: int, texts: Sequence[str]) -> None:
    """The rows of texts are the same though worker `pid` is killed after the first batch."""
    expected = embedder.encode_documents(texts)
    victims = [pid]

    def kill(done: int, _: int) -> None:
        if victims and done < len(texts):
            os.kill(victims.pop(), signal.SIGKILL)

    found = embedder.encode_documents(texts, on_batch=kill)
    assert not victims
    assert np.array_equal(found.vectors, expected.vectors)
    assert found.signs == expected.signs
