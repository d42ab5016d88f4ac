"""How the embedding model is tuned."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from doclake.settings.fields import Model, Text


class TuningSettings(Model):
    """What `doclake tune` learns from, and how. It computes where `embedding.device` says, in as
    many threads as `processing.workers`."""

    folder: Text | None = Field(
        None,
        description="Where tuned models are kept, on this machine; null: `models` in the folder of "
        "the lake",
    )
    generated: bool = Field(
        False, description="Whether questions of the chat server count beside those of people"
    )
    held_out: float = Field(
        0.25,
        gt=0,
        lt=1,
        description="Share of documents whose questions only measure, the same ones each time",
    )
    min_pairs: int = Field(50, ge=8, description="Fewest questions with a passage to learn from")
    negatives: int = Field(
        1, ge=0, le=8, description="Passages beside each question that search finds and are wrong"
    )
    epochs: int = Field(2, ge=1, le=100, description="Times that each pair is seen")
    batch_pairs: int = Field(32, ge=2, description="Pairs that are told apart from each other")
    learning_rate: float = Field(3e-5, gt=0, le=0.01, description="Largest step")
    seed: int = Field(0, ge=0, description="Of the order of pairs")
    checkpoint_steps: int = Field(
        20, ge=1, description="Batches after which training is kept, to go on from there"
    )
    trial_chunks: int = Field(
        5000,
        ge=100,
        description="Chunks among which both models look for answers; documents that are asked "
        "about always, others by chance",
    )

    def facts(self) -> dict[str, Any]:
        """What of it decides the weights."""
        kept = {"held_out", "negatives", "epochs", "batch_pairs", "learning_rate", "seed"}
        return self.model_dump(mode="json", include=kept)
