"""Contracts: what must be true of rows before they are written."""

from doclake.contracts.chunks import validate_chunks
from doclake.contracts.embeddings import validate_embeddings
from doclake.contracts.model import RuleResult, Verdict

__all__ = ["RuleResult", "Verdict", "validate_chunks", "validate_embeddings"]
