"""What is said of a text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

REASONS: Final = (
    "instruction_to_model",
    "role_change",
    "prompt_extraction",
    "tool_call",
    "exfiltration_link",
    "secrecy",
    "verdict_steering",
    "chat_template",
    "encoded_payload",
    "invisible_unicode",
    "hidden_text",
)
"""Every reason there is. Rows hold these words: they stay what they are."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """`score`, 0 to 1, is how likely a text gives orders to a model; `reasons`, of `REASONS`, are
    what was found in it, the weightiest first."""

    score: float
    reasons: tuple[str, ...] = ()


CLEAN = Suspicion(0.0)


def of_weights(weights: Mapping[str, float]) -> Suspicion:
    """From how much each reason weighs, 0 to 1. Reasons bear each other out (noisy or)."""
    found = {reason: weight for reason, weight in weights.items() if weight > 0}
    if not found:
        return CLEAN
    score = 1 - math.prod(1 - weight for weight in found.values())
    order = sorted(found, key=lambda reason: -found[reason])
    return Suspicion(round(score, 3), tuple(order))


def worst(suspicions: Iterable[Suspicion]) -> Suspicion:
    """The one with the highest score, with the reasons of all."""
    ordered = sorted(suspicions, key=lambda one: -one.score)
    reasons = dict.fromkeys(reason for one in ordered for reason in one.reasons)
    return Suspicion(ordered[0].score, tuple(reasons)) if ordered else CLEAN
