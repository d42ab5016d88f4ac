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

BIAS = -4.15
WEIGHTS = {
    "override": 0.74,
    "override prior": 2.68,
    "override task": 1.07,
    "yours": 3.38,
    "say": 3.45,
    "address": 1.73,
    "must": 2.40,
    "output": 3.37,
    "moment": 2.17,
    "role": 0.70,
    "unbound": 4.39,
    "role free": 2.64,
    "yours free": 0.98,
    "reveal": 2.20,
    "tool": 1.20,
    "send": 3.97,
    "send there": 1.27,
    "hush": 0.21,
    "hush user": 4.41,
    "praise": 2.38,
    "secrets": 1.48,
    "user": -0.12,
    "here": 1.93,
    "order": 2.04,
    "asked": -2.82,
    "told": -1.05,
    DESCRIBED: -1.78,
    HUMAN: -2.09,
}
