"""Trains the classifier on labelled texts, and measures it on documents that it has not seen.

Logistic regression with a square penalty, one label against `good` or several (scikit-learn). Each
label weighs as much as any other, however many texts have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from doclake import extras, ids, language
from doclake.curate.classifier.features import BUCKETS, features
from doclake.curate.classifier.model import GOOD, Classifier

FOLDS = 5
_STRENGTH = 10.0  # inverse of the penalty
_ROUNDS = 1_000
_ENOUGH = 20  # texts in a language: fewer are measured together, as `other`
_SEED = 42


@dataclass(frozen=True)
class Example:
    """A text with the label that somebody gave it, and the document that it is of."""

    text: str
    label: str
    document: str


def lacking(examples: Sequence[Example]) -> str | None:
    """What these labels lack to be learned from; None if they have it all."""
    documents = {label: len(of) for label, of in _documents(examples).items()}
    if GOOD not in documents:
        return f"no text has the label {GOOD}"
    if len(documents) < 2:
        return f"every text has the label {GOOD}: others have to say what is not"
    few = sorted(label for label, count in documents.items() if count < 2)
    if few:
        return f"all texts with the label {few[0]} are of one document, and none is left to test it"
    return None


def trained(examples: Sequence[Example]) -> Classifier:
    """A classifier with its card: counts, and what it is worth, told on documents held out. They
    must lack nothing. Raises `ExtraMissing`."""
    extras.require("sklearn", "Training a classifier")
    some = sorted(examples, key=lambda one: (one.document, one.text, one.label))
    names = sorted({one.label for one in some} - {GOOD})
    right = np.array([one.label for one in some])
    matrix = _matrix([one.text for one in some])
    found = np.zeros((len(some), len(names)), np.float32)
    for known, held_out in _folds(some, right):
        part = _fitted(matrix[known], right[known], names)
        found[held_out] = part.shares([some[at].text for at in held_out])
    card = {
        "examples": dict(sorted(Counter(right.tolist()).items())),
        "documents": len({one.document for one in some}),
        "labels_digest": ids.digest("labels", *(f"{one.label} {one.text}" for one in some)),
        "measured": _measured(some, right, names, found),
    }
    final = _fitted(matrix, right, names)
    return Classifier(final.labels, final.weights, final.bias, card)


def _documents(examples: Iterable[Example]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in examples:
        found.setdefault(one.label, set()).add(one.document)
    return found


def _matrix(texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_array

    starts, places, values = features(texts)
    return csr_array((values, places, starts), shape=(len(texts), BUCKETS))


def _folds(examples: Sequence[Example], right: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn from and rows to test on; no document is on both sides."""
    from sklearn.model_selection import StratifiedGroupKFold

    fewest = min(len(of) for of in _documents(examples).values())
    folds = StratifiedGroupKFold(min(FOLDS, fewest), shuffle=True, random_state=_SEED)
    documents = [one.document for one in examples]
    return list(folds.split(right, right, documents))


def _fitted(matrix: Any, right: np.ndarray, names: Sequence[str]) -> Classifier:
    """A label of which a fold has no text is never found there."""
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((len(names), BUCKETS), np.float32)
    bias = np.full(len(names), -np.inf, np.float32)
    known = sorted(set(right.tolist()))
    if len(known) > 1 and GOOD in known:
        learner = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=_ROUNDS)
        used = np.unique(matrix.indices)  # all others weigh nothing, and take most of the time
        learner.fit(matrix[:, used], right)
        rows, ends = _one_for_each(learner.coef_), _one_for_each(learner.intercept_[:, None])[:, 0]
        good = known.index(GOOD)
        for at, name in enumerate(names):
            if name in known:
                own = known.index(name)
                weights[at, used] = rows[own] - rows[good]
                bias[at] = ends[own] - ends[good]
    return Classifier(tuple(names), weights, bias, {})


def _one_for_each(rows: np.ndarray) -> np.ndarray:
    """Of two labels scikit-learn keeps one row, for the second."""
    return np.concatenate([np.zeros_like(rows), rows]) if len(rows) == 1 else rows


def _measured(
    examples: Sequence[Example], right: np.ndarray, names: Sequence[str], found: np.ndarray
) -> dict[str, Any]:
    """How well `found`, shares of each label, tells bad texts from good ones at a threshold of .5,
    over all, by language and by label."""
    scores, bad = found.sum(axis=1), right != GOOD
    flagged = scores >= 0.5
    spoken = _languages([one.text for one in examples])
    likeliest = np.array(names)[found.argmax(axis=1)]
    return {
        "all": _told(bad, flagged) | {"average_precision": _average_precision(bad, scores)},
        "languages": {
            code: _told(bad[spoken == code], flagged[spoken == code])
            for code in sorted(set(spoken.tolist()))
        },
        "labels": {name: _told(right == name, flagged & (likeliest == name)) for name in names},
    }


def _languages(texts: Sequence[str]) -> np.ndarray:
    """ISO code of each text, or `other`."""
    codes = [language.of(text) or "" for text in texts]
    often = {code for code, count in Counter(codes).items() if code and count >= _ENOUGH}
    return np.array([code if code in often else "other" for code in codes])


def _told(bad: np.ndarray, flagged: np.ndarray) -> dict[str, Any]:
    right = int((bad & flagged).sum())
    return {
        "texts": len(bad),
        "bad": int(bad.sum()),
        "precision": round(right / max(int(flagged.sum()), 1), 3),
        "recall": round(right / max(int(bad.sum()), 1), 3),
    }


def _average_precision(bad: np.ndarray, scores: np.ndarray) -> float:
    from sklearn.metrics import average_precision_score

    return round(float(cast("Any", average_precision_score(bad, scores))), 3)
