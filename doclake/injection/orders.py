"""Orders in words: evidence in each sentence, weighed together with that of the next."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Set
from itertools import pairwise

from doclake.injection.features import (
    BIAS,
    DESCRIBED,
    FEATURES,
    HUMAN,
    WEIGHTS,
    Feature,
)
from doclake.injection.gates import Gated
from doclake.injection.mentions import Setting, is_described, is_for_people
from doclake.injection.sentences import sentences
from doclake.injection.vocabulary import CONCEPTS

_LETTERS = {"en": re.compile("[a-z]{3}"), "ko": re.compile("[가-힣]")}
_REASONS = {feature.name: feature.reason for feature in FEATURES}
_LEAST = 0.05  # share of the weight of all evidence that a reason must have to be named
_TRIES = 4  # how often a concept is looked for beyond quotes


def weights(folded: str) -> dict[str, float]:
    """How much each reason weighs in the two sentences that are most suspicious."""
    best: Set[str] = max(windows(folded), key=score, default=frozenset())
    certain = score(best)
    by_reason: dict[str, float] = {}
    for name in best:
        reason = _REASONS.get(name)
        if reason is not None:
            by_reason[reason] = by_reason.get(reason, 0.0) + WEIGHTS[name]
    return _shared(certain, by_reason)


def _shared(certain: float, by_reason: Mapping[str, float]) -> dict[str, float]:
    """Weights that are together as certain, each reason with its part."""
    found = {reason: weight for reason, weight in by_reason.items() if weight > 0}
    total = sum(found.values())
    return {
        reason: 1 - (1 - certain) ** (weight / total)
        for reason, weight in found.items()
        if weight >= _LEAST * total
    }


def score(features: Set[str]) -> float:
    """How likely an order with these features is one to a model, 0 to 1."""
    if not any(_REASONS.get(name) for name in features):
        return 0.0
    return 1 / (1 + math.exp(-BIAS - sum(WEIGHTS[name] for name in features)))


def windows(folded: str) -> Iterator[Set[str]]:
    """The features of every two sentences that follow one another."""
    for language, letters in _LETTERS.items():
        if letters.search(folded):
            found = list(_of_sentences(folded, CONCEPTS[language]))
            yield from (one | other for one, other in pairwise([frozenset[str](), *found]))


def _of_sentences(folded: str, concepts: Mapping[str, Gated]) -> Iterator[frozenset[str]]:
    wanted = list(_possible(folded.replace("\n", " "), concepts))
    if not any(feature.reason for feature in wanted):
        return
    setting = Setting.of(folded)
    for start, end in sentences(folded):
        sentence = folded[start:end].replace("\n", " ")
        held = {
            name
            for name in {name for feature in wanted for name in feature.concepts}
            if _stands(concepts[name], sentence, start, setting)
        }
        found = {feature.name for feature in wanted if held.issuperset(feature.concepts)}
        if not any(_REASONS[name] for name in found):
            found.clear()
        elif is_described(sentence):
            found.add(DESCRIBED)
        elif is_for_people(sentence):
            found.add(HUMAN)
        yield frozenset(found)


def _possible(flat: str, concepts: Mapping[str, Gated]) -> Iterator[Feature]:
    """The features of which all concepts stand somewhere; none if there is no evidence."""
    present: dict[str, bool] = {}
    found = False
    for feature in FEATURES:
        if feature.reason is None and not found:
            return
        for name in feature.concepts:
            if name not in present:
                present[name] = concepts[name].is_in(flat)
            if not present[name]:
                break
        else:
            found = True
            yield feature


def _stands(concept: Gated, sentence: str, start: int, setting: Setting) -> bool:
    """Whether a sentence, which begins at `start`, holds a concept beyond what it quotes."""
    at = 0
    for _ in range(_TRIES):
        match = concept.search(sentence, at)
        if match is None:
            return False
        if not setting.is_quoted(start + match.start()):
            return True
        at = max(match.end(), at + 1)
    return False
