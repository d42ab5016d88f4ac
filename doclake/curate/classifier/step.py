"""Chunks of which a classifier says that people would call them bad: `doclake curate train`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from doclake.curate import base
from doclake.curate.base import FINE, Signal, Step
from doclake.curate.classifier import model
from doclake.settings.curation import ClassifierSettings

_BATCH = 2_000  # texts whose features are held at once: 24 kB each


class ClassifierStep(Step):
    """Flags: the likeliest label beside `good`. The score is how likely it is that `good` is
    wrong."""

    name = "classifier"
    version = 1
    needs = ("text",)
    settings = ClassifierSettings

    def __init__(self, settings: ClassifierSettings) -> None:
        self._settings = settings

    def judge(self, chunks: pa.Table) -> pa.Table:
        return base.by_text(chunks, self._signals, _BATCH)

    def _signals(self, texts: list[str]) -> list[Signal]:
        assert self._settings.model is not None  # else the step is off
        classifier = model.load(self._settings.model)
        shares = classifier.shares(texts)
        scores, likeliest = shares.sum(axis=1), shares.argmax(axis=1)
        flagged = scores >= np.float32(self._settings.threshold)
        return [
            Signal(min(float(score), 1.0), (classifier.labels[at],)) if flag else FINE
            for score, at, flag in zip(scores, likeliest, flagged, strict=True)
        ]
