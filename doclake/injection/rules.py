"""Which concepts together are an order to a model, and how much that weighs.

Weights were set by hand, so that one order that only a model can be meant by passes .5 alone, and
what people tell each other as well needs a second reason.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`concepts`, of `vocabulary.CONCEPTS`, that stand in one sentence."""

    reason: str
    weight: float
    concepts: tuple[str, ...]


RULES = (
    Rule("instruction_to_model", 0.72, ("override", "target", "prior")),
    Rule("instruction_to_model", 0.4, ("override", "target", "any")),
    Rule("instruction_to_model", 0.75, ("override", "target", "address")),
    Rule("instruction_to_model", 0.45, ("address",)),
    Rule("instruction_to_model", 0.65, ("address", "output")),
    Rule("instruction_to_model", 0.45, ("moment", "output")),
    Rule("instruction_to_model", 0.25, ("output",)),
    Rule("role_change", 0.25, ("role",)),
    Rule("role_change", 0.75, ("role", "unbound")),
    Rule("prompt_extraction", 0.6, ("reveal", "secrets")),
    Rule("tool_call", 0.25, ("tool",)),
    Rule("tool_call", 0.55, ("tool", "private")),
    Rule("tool_call", 0.6, ("tool", "address")),
    Rule("tool_call", 0.45, ("tool", "moment")),
    Rule("tool_call", 0.55, ("tool", "hush")),
    Rule("exfiltration_link", 0.7, ("private", "place", "send")),
    Rule("exfiltration_link", 0.25, ("private", "send")),
    Rule("secrecy", 0.4, ("hush", "user")),
    Rule("verdict_steering", 0.45, ("praise",)),
    Rule("verdict_steering", 0.7, ("praise", "address")),
    Rule("verdict_steering", 0.6, ("praise", "moment")),
)
