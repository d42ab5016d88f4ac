"""Contracts: what must be true of rows before they are written."""

from doclake.contracts.chunks import INJECTION, INJECTION_SCORE, chunk_rules, validate_chunks
from doclake.contracts.embeddings import validate_embeddings
from doclake.contracts.model import Breach, Decisions, Rule, RuleResult, Verdict
from doclake.contracts.registry import is_releasable, rule_names
from doclake.contracts.tally import Tally
from doclake.contracts.trial import Trial, trial

__all__ = [
    "INJECTION",
    "INJECTION_SCORE",
    "Breach",
    "Decisions",
    "Rule",
    "RuleResult",
    "Tally",
    "Trial",
    "Verdict",
    "chunk_rules",
    "is_releasable",
    "rule_names",
    "trial",
    "validate_chunks",
    "validate_embeddings",
]
