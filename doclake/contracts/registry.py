"""The rules of every contract, by name."""

from __future__ import annotations

from doclake.settings.contract_rules import INJECTION, TABLES


def rule_names() -> list[str]:
    """Every shipped rule that a row may break."""
    return sorted({INJECTION, *(name for table in TABLES.values() for name in table.shipped)})


def is_releasable(table: str, name: str) -> bool:
    """Whether a person may let a row through that breaks the rule of this name: one of the
    settings, or one that judges what the row says. A vector is computed again instead."""
    return table != "embeddings" and name not in TABLES[table].of_form
