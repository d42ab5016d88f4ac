"""How likely a text gives orders to a model, in English or Korean.

Rules, not a model: a verdict has reasons that a person can check, the same text has the same score
on every machine, and nothing heavy is loaded. The time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from doclake.injection import markup, payloads
from doclake.injection.folding import fold
from doclake.injection.mentions import Setting
from doclake.injection.model import CLEAN, Suspicion, of_weights
from doclake.injection.rules import RULES
from doclake.injection.sentences import sentences
from doclake.injection.vocabulary import CONCEPTS

_LETTERS = {"en": re.compile("[a-z]{3}"), "ko": re.compile("[가-힣]")}
_HUMAN = frozenset({"instruction_to_model", "tool_call", "secrecy", "verdict_steering"})
_SURE = 0.4  # what is hidden and as suspicious as this was hidden for a reason


def judge(text: str) -> Suspicion:
    """What is to be said of a text. Never raises, whatever stands in it."""
    weights = _weights(text)
    inner = max((judge_plain(part).score for part in payloads.decoded(text) if part), default=0.0)
    if inner >= _SURE:
        weights["encoded_payload"] = max(0.6, inner)
    unseen = payloads.invisible(text)
    if unseen:
        smuggled = payloads.smuggled(text)
        weights["invisible_unicode"] = max(unseen, judge_plain(smuggled).score)
    return of_weights(weights)


def judge_plain(text: str) -> Suspicion:
    """As `judge`, of a text in which nothing is encoded."""
    return of_weights(_weights(text)) if text else CLEAN


def _weights(text: str) -> dict[str, float]:
    """How much each reason weighs."""
    folded = fold(text)
    setting: Setting | None = None
    weights: dict[str, float] = {}
    unshown = list(markup.unshown(folded))
    for order in _orders(folded):
        setting = setting or Setting.of(folded)
        hidden = any(start <= order.first < end for start, end in unshown)
        factor = (
            1.0
            if hidden
            else setting.factor(
                order.start, order.end, order.first, may_be_human=order.reason in _HUMAN
            )
        )
        weights[order.reason] = max(weights.get(order.reason, 0.0), order.weight * factor)
        if hidden and order.weight >= _SURE:
            weights["hidden_text"] = 0.5
    return weights


class _Order(NamedTuple):
    """An order that was found: the sentence it stands in, and where it begins."""

    reason: str
    weight: float
    start: int
    end: int
    first: int


def _orders(folded: str) -> Iterator[_Order]:
    for reason, weight, place in markup.found(folded):
        yield _Order(reason, weight, place, place + 1, place)
    for language, letters in _LETTERS.items():
        if letters.search(folded):
            yield from _in_words(folded, CONCEPTS[language])


def _in_words(folded: str, concepts: Mapping[str, re.Pattern[str]]) -> Iterator[_Order]:
    present = {name: concept.search(folded) is not None for name, concept in concepts.items()}
    rules = [rule for rule in RULES if all(present[name] for name in rule.concepts)]
    wanted = {name for rule in rules for name in rule.concepts}
    for start, end in sentences(folded) if rules else ():
        found = {name: concepts[name].search(folded, start, end) for name in wanted}
        places = {name: match.start() for name, match in found.items() if match}
        for rule in rules:
            if places.keys() >= set(rule.concepts):
                first = min(places[name] for name in rule.concepts)
                yield _Order(rule.reason, rule.weight, start, end, first)
