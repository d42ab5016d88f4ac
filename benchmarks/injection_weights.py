"""Fits the weights of `doclake/injection/features.py`, and prints them.

    python benchmarks/injection_weights.py FOLDER

A logistic regression over the passages of `tuning` and, as examples of what is no order, over every
other piece of 1,000 characters of the text files of a folder of ordinary documents: made passages
alone have too few of those. The other pieces tell how many are wrongly taken for orders. An order
counts by its most suspicious two sentences, which depend on the weights: the fit is repeated. Needs
scikit-learn, which comes with `doclake[local]`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.accuracy.injection_sentences import passages
from benchmarks.injection import LANGUAGES, pieces
from doclake.injection import orders
from doclake.injection.features import DESCRIBED, FEATURES, HUMAN, WEIGHTS
from doclake.injection.folding import fold

NAMES = (*(feature.name for feature in FEATURES), DESCRIBED, HUMAN)
_OF_MARKUP = {"chat_template", "encoded_payload", "invisible_unicode", "hidden_text"}
_ROUNDS, _SOFTNESS, _SHARE = 6, 1.0, 1.5  # how often, C, weight of a piece of a document
Example = tuple[bool, float, Sequence[Set[str]]]
"""Whether it is an order, how much it counts, and the features of its windows."""


def made() -> Iterator[Example]:
    for language in LANGUAGES:
        for passage in passages("tuning", language):
            if passage.reason not in _OF_MARKUP:
                yield passage.reason is not None, 1.0, _windows(passage.text)


def _windows(text: str) -> list[Set[str]]:
    """One without a feature stands for a text without any."""
    return [window for window in orders.windows(fold(text)) if window] or [frozenset()]


def fitted(examples: Sequence[Example]) -> tuple[float, dict[str, float]]:
    """Bias and weights."""
    weights = dict(WEIGHTS)
    bias = 0.0
    for _ in range(_ROUNDS):
        rows, labels, counts = [], [], []
        for is_order, count, windows in examples:
            for window in _telling(windows, weights) if is_order else windows:
                rows.append([name in window for name in NAMES])
                labels.append(is_order)
                counts.append(count)
        model = LogisticRegression(C=_SOFTNESS, max_iter=3_000)
        model.fit(np.array(rows, float), np.array(labels), sample_weight=counts)
        weights = dict(zip(NAMES, map(float, model.coef_[0]), strict=True))
        bias = float(model.intercept_[0])
    return bias, weights


def _telling(windows: Sequence[Set[str]], weights: Mapping[str, float]) -> list[Set[str]]:
    """The most suspicious window."""
    return [max(windows, key=lambda window: sum(weights[name] for name in window))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="ordinary documents, as text files")
    ordinary = [_windows(text) for text in pieces(parser.parse_args().folder)]
    bias, weights = fitted([*made(), *((False, _SHARE, windows) for windows in ordinary[::2])])
    print(f"BIAS = {bias:.2f}")
    for name, weight in weights.items():
        print(f'    "{name}": {weight:.2f},')
    others = ordinary[1::2]
    wrong = sum(
        any(bias + sum(weights[name] for name in window) > math.log(1) for window in windows)
        for windows in others
    )
    print(f"{wrong} of {len(others)} other pieces would be suspicious for their words")


if __name__ == "__main__":
    main()
