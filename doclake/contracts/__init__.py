"""Contracts: what must be true of rows before they are written."""

from doclake.contracts.chunks import INJECTION_SCORE, chunk_rules, validate_chunks
from doclake.contracts.documents import document_rules, validate_documents
from doclake.contracts.elements import element_rules, validate_elements
from doclake.contracts.embeddings import validate_embeddings, vector_rules
from doclake.contracts.few_rows import left_to_great_expectations
from doclake.contracts.model import Breach, Decisions, Rule, RuleResult, Verdict
from doclake.contracts.registry import is_releasable, rule_names
from doclake.contracts.tally import Tallies, Tally
from doclake.contracts.trial import Trial, trial

__all__ = [
    "INJECTION_SCORE",
    "Breach",
    "Decisions",
    "Rule",
    "RuleResult",
    "Tallies",
    "Tally",
    "Trial",
    "Verdict",
    "chunk_rules",
    "document_rules",
    "element_rules",
    "is_releasable",
    "left_to_great_expectations",
    "rule_names",
    "trial",
    "validate_chunks",
    "validate_documents",
    "validate_elements",
    "validate_embeddings",
    "vector_rules",
]
