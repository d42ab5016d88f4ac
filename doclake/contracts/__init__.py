"""Contracts: what must be true of rows before they are written."""

from doclake.contracts.chunks import chunk_rules, is_releasable, validate_chunks
from doclake.contracts.embeddings import validate_embeddings
from doclake.contracts.model import Breach, Decisions, RuleResult, Verdict

__all__ = [
    "Breach",
    "Decisions",
    "RuleResult",
    "Verdict",
    "chunk_rules",
    "is_releasable",
    "validate_chunks",
    "validate_embeddings",
]
