"""The rules of every contract, by name."""

from __future__ import annotations

from doclake.contracts.chunks import chunk_rules
from doclake.contracts.embeddings import vector_rules

_ANY = 1  # dimension: which rules there are does not depend on it


def rule_names() -> list[str]:
    """Every rule that a row may break."""
    every = (*chunk_rules(suspicious_above=0), *vector_rules(_ANY))
    return sorted({rule.name for rule in every})


def is_releasable(name: str) -> bool:
    """Whether a person may let a chunk through that breaks the rule of this name: one of the
    settings, or one that judges what the chunk says."""
    return all(rule.name != name or not rule.guards_form for rule in chunk_rules())
