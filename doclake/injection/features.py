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
DESCRIBED, HUMAN, ABOUT = "described", "human", "about attacks"
"""Features of what stands around an order: see `mentions`."""

BIAS = -3.73
WEIGHTS = {
    "override": 0.41,
    "override prior": 2.65,
    "override task": 0.98,
    "yours": 3.2,
    "say": 3.44,
    "address": 1.53,
    "must": 2.35,
    "output": 3.31,
    "moment": 1.99,
    "role": 0.64,
    "unbound": 4.18,
    "role free": 2.59,
    "yours free": 0.91,
    "reveal": 2.05,
    "tool": 0.95,
    "send": 3.69,
    "send there": 1.35,
    "hush": 0.13,
    "hush user": 4.29,
    "praise": 2.14,
    "secrets": 1.47,
    "user": -0.3,
    "here": 2.13,
    "order": 1.85,
    "asked": -2.83,
    "told": -1.05,
    DESCRIBED: -2.0,
    HUMAN: -2.01,
    ABOUT: 0.0,
}
