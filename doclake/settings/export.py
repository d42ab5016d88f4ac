"""What is handed on as a data set: which rows, in which shares, in which form."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from doclake.settings.fields import FileHere, Frozen, Listed, Model, Owner, Place, Principal, Text
from doclake.settings.operations import cron
from doclake.settings.sources import DEFAULT_OWNER, SourceName

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
ICEBERG = "iceberg"
"""Stands beside the exports of this section; see `iceberg`."""

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,62}")


def _export_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(
            "a name of at most 63 lower-case letters, digits and _, beginning with a letter"
        )
    if name == ICEBERG:
        raise ValueError("another name: `doclake export iceberg` makes Iceberg tables")
    return name


def _folder_here(place: str) -> str:
    if "://" in place:
        raise ValueError("a folder of this machine, such as exports")
    return place


def _column(name: str) -> str:
    if not _COLUMN.fullmatch(name):
        raise ValueError("the name of a column, such as text")
    return name


ExportName = Annotated[str, AfterValidator(_export_name)]
Column = Annotated[str, AfterValidator(_column)]
Count = Annotated[int, Field(ge=1)]


class MixtureSettings(Frozen):  # a source may be called secret
    """How much each source gives. Without any figure each gives all that passes."""

    weights: dict[SourceName, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, description="Shares of sources; those without one give nothing"
    )
    temperature: float | None = Field(
        None,
        gt=0,
        description="Shares by size to the power of 1/temperature: 1 as they are, more evens out",
    )
    max_rows: Count | None = Field(None, description="Rows in all")
    max_tokens: Count | None = Field(None, description="Tokens in all, in place of rows")
    caps: dict[SourceName, Count] = Field(
        default_factory=dict, description="The most that a source gives, in rows if max_rows is set"
    )
    max_repeats: float = Field(
        1.0, ge=1, le=100, description="How often a row of a small source may come"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.weights and self.temperature is not None:
            raise ValueError("either weights or temperature")
        if self.max_rows is not None and self.max_tokens is not None:
            raise ValueError("either max_rows or max_tokens")
        return self


class ExportSettings(Model):
    """A data set made of rows of the lake, and an asset that makes it."""

    to: Literal["parquet", "jsonl", "hf", "lance"] = Field(
        "parquet", description="`hf` is Parquet with the card of a Hugging Face data set"
    )
    unit: Literal["chunks", "documents", "questions"] = Field(
        "chunks",
        description="What a row is; a document is its chunks that pass, in order, and a question "
        "one that the chat server wrote, with its answer and its chunk",
    )
    sources: Listed[SourceName] = Field((), description="Only these sources")
    where: Text = Field(
        "",
        description="Only chunks for which this is true, in SQL over the columns of `chunks`, "
        "`flags` (steps of curation that found something) and `scores` (of each step)",
    )
    columns: Listed[Column] = Field((), description="Columns of the rows, in place of the usual")
    principals: Listed[Principal] = Field(
        (), description="Only what they and `everyone` may read; nobody: what `everyone` may"
    )
    mixture: MixtureSettings = MixtureSettings()
    seed: int = Field(0, ge=0, description="Another one draws other rows")
    decontaminate: Listed[FileHere] = Field(
        (), description="Evaluation sets, .jsonl or .yaml: chunks that repeat their texts are left"
        " out"
    )  # fmt: skip
    validation: float = Field(
        0.0, ge=0, le=0.5, description="Share of documents whose rows are set apart for validation"
    )
    similarity: float = Field(
        0.6,
        ge=0.5,
        lt=1,
        description="From this likeness to a training row on a validation row is left out, as in"
        " `recipe.curation.near_duplicates`",
    )
    pack_tokens: Annotated[int, Field(ge=16, le=1_048_576)] | None = Field(
        None, description="Say how rows fill sequences of so many tokens"
    )
    output: Annotated[Place, AfterValidator(_folder_here)] = Field(
        "exports", description="Folder in which the asset makes one for each version"
    )
    owner: Owner = Field(DEFAULT_OWNER, description="E-mail address or team:name, of the asset")
    schedule: Annotated[str, AfterValidator(cron)] | None = Field(
        None, description="When the asset is made: a cron expression; else when it is asked for"
    )
