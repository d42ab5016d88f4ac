"""How memories of agents are ranked, and when they are put away."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from doclake.settings.fields import Duration, Model
from doclake.settings.search import Share


class MemorySettings(Model):
    """The recipe of a recall, and of what consolidation does. It counts from the next one on."""

    candidates: int = Field(
        50, ge=10, le=1000, description="Memories that each search of a recall contributes"
    )
    subject_weight: Share = Field(
        0.5, description="Weight of being about the subject that a question names"
    )
    language_balance: Share = Field(
        1.0,
        description="How much of what only tells its language is taken from a score; 0: what was "
        "said in the language of a question comes first",
    )
    recency_weight: Share = Field(0.15, description="Weight of how lately a memory was of use")
    recency_half_life: Duration = Field(
        timedelta(days=30), gt=timedelta(0), description="Age at which half of that weight is left"
    )
    importance_weight: Share = Field(0.1, description="Weight of the importance that was given")
    facts_weight: Share = Field(
        0.1, description="Weight of being no episode: a fact, or how something is done"
    )
    uses_weight: Share = Field(0.05, description="Weight of how often a memory was of use")
    compare_above: float = Field(
        0.88,
        ge=0.5,
        le=1,
        description="Consolidation compares the words of memories whose vectors are so alike",
    )
    archive_after: Duration = Field(
        timedelta(days=180),
        description="Unimportant memories that were of no use for so long are put into the archive",
    )
