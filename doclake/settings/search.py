"""How passages are found and put in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from doclake.settings.fields import Duration, Model, off_is_a_word

Share = Annotated[float, Field(ge=0, le=1)]


class SearchSettings(Model):
    """The recipe of a search. No row depends on it: it counts from the next question on."""

    candidates: int = Field(
        100, ge=10, le=1000, description="Passages that each of vectors and full text contributes"
    )
    text_weight: Share = Field(
        0.5,
        description="Weight of full text for passages in a language in which the index knows every "
        "term of the question; it falls with the share of the terms known. 0: vectors alone",
    )
    rerank: Literal["late_interaction", "cross_encoder", "none"] = Field(
        "late_interaction", description="What puts the best candidates in order"
    )
    rerank_candidates: int = Field(50, ge=1, le=1000, description="Candidates that it looks at")
    rerank_weight: Share = Field(
        0.6, description="Its weight against the scores of vectors and full text"
    )
    cross_encoder: str | None = Field(
        None, description="Folder or hub id of a cross-encoder, for `rerank: cross_encoder`"
    )
    names_first: bool = Field(
        True,
        description="Passages with a rare name of the question (part number, file, error code) "
        "come first",
    )
    per_document: int = Field(
        3, ge=1, le=1000, description="Passages of one document while others have any"
    )
    diversity: Share = Field(
        0.0, description="Weight of being unlike the passages above (MMR); 0: relevance alone"
    )
    recency_weight: Share = Field(0.0, description="Weight of a document's age; 0: age is nothing")
    recency_half_life: Duration = Field(
        timedelta(days=365), description="Age at which half of that weight is left"
    )

    audit: Annotated[Literal["off", "counts", "queries"], BeforeValidator(off_is_a_word)] = Field(
        "counts",
        description="What the table `audit` keeps of a search: nothing; who asked, when, and how "
        "many rows of which sources were given; or the question as well",
    )

    @model_validator(mode="after")
    def _cross_encoder_is_named(self) -> Self:
        if self.rerank == "cross_encoder" and not self.cross_encoder:
            raise ValueError("rerank: cross_encoder needs the name of one under cross_encoder")
        return self
