"""How likely a text gives orders to a model, in English or Korean.

Rules, not a model: a verdict has reasons that a person can check, the same text has the same score
on every machine, and nothing heavy is loaded. The time is linear in the length of the text.
"""

from __future__ import annotations

from doclake.injection import markup, orders, payloads
from doclake.injection.folding import fold
from doclake.injection.model import CLEAN, Suspicion, of_weights

_SURE = 0.3  # what is hidden and as suspicious as this was hidden for a reason


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
    weights = orders.weights(folded)
    for reason, weight in markup.found(folded):
        weights[reason] = 1 - (1 - weights.get(reason, 0.0)) * (1 - weight)
    for start, end in markup.unshown(folded):
        if of_weights(orders.weights(folded[start:end])).score >= _SURE:
            weights["hidden_text"] = 0.5
    return weights
