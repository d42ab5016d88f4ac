"""Which concepts together are evidence of an order to a model, and how much each weighs.

Weights are those of a logistic regression over made passages and ordinary documents, the same for
both languages: `benchmarks/injection_weights.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feature:
    """`concepts`, of `vocabulary.CONCEPTS`, that stand in one sentence. One without a `reason` only
    makes others weigh more or less."""

    name: str
    concepts: tuple[str, ...]
    reason: str | None = None


FEATURES = (
    Feature("override", ("override", "target"), "instruction_to_model"),
    Feature("override prior", ("override", "target", "prior"), "instruction_to_model"),
    Feature("override task", ("override", "task"), "instruction_to_model"),
    Feature("yours", ("yours",), "instruction_to_model"),
    Feature("say", ("say", "order"), "instruction_to_model"),
    Feature("address", ("address",), "instruction_to_model"),
    Feature("must", ("must",), "instruction_to_model"),
    Feature("output", ("output",), "instruction_to_model"),
    Feature("moment", ("moment",), "instruction_to_model"),
    Feature("role", ("role",), "role_change"),
    Feature("unbound", ("unbound",), "role_change"),
    Feature("role free", ("role", "free"), "role_change"),
    Feature("yours free", ("yours", "free"), "role_change"),
    Feature("reveal", ("reveal", "secrets"), "prompt_extraction"),
    Feature("tool", ("tool",), "tool_call"),
    Feature("send", ("private", "send"), "exfiltration_link"),
    Feature("send there", ("private", "place", "send"), "exfiltration_link"),
    Feature("hush", ("hush",), "secrecy"),
    Feature("hush user", ("hush", "user"), "secrecy"),
    Feature("praise", ("praise",), "verdict_steering"),
    Feature("secrets", ("secrets",)),
    Feature("user", ("user",)),
    Feature("here", ("here",)),
    Feature("order", ("order",)),
    Feature("asked", ("asked",)),
    Feature("told", ("told",)),
)
DESCRIBED, HUMAN = "described", "human"
"""Features of what stands around an order: see `mentions`."""

BIAS = -4.58
WEIGHTS = {
    "override": 1.08,
    "override prior": 2.43,
    "override task": 1.40,
    "yours": 3.22,
    "say": 3.49,
    "address": 1.88,
    "must": 2.26,
    "output": 3.35,
    "moment": 2.33,
    "role": 1.08,
    "unbound": 4.67,
    "role free": 3.16,
    "yours free": 1.00,
    "reveal": 2.76,
    "tool": 1.95,
    "send": 4.32,
    "send there": 1.16,
    "hush": 2.00,
    "hush user": 2.88,
    "praise": 2.99,
    "secrets": 0.95,
    "user": 0.02,
    "here": 1.24,
    "order": 1.85,
    "asked": -3.03,
    "told": -0.79,
    DESCRIBED: -1.61,
    HUMAN: -1.40,
}
