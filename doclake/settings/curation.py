"""What the steps of curation find wrong with chunks: a section for each step."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from doclake.settings.fields import Listed, Model


def _language(code: str) -> str:
    if re.fullmatch(r"[a-z]{2,3}", code):
        return code
    raise ValueError("a code of ISO 639, such as en or ko")


Language = Annotated[str, AfterValidator(_language)]


class LanguageSettings(Model):
    """Chunks in a language that nobody expects."""

    expected: Listed[Language] = Field(
        ("en", "ko"), description="Codes of ISO 639; an empty list expects any language"
    )
    sure: float = Field(
        0.8,
        ge=0.5,
        le=1,
        description="How sure the model must be of another language",
    )
    share: float = Field(
        0.3,
        gt=0,
        le=0.5,
        description="Of a chunk's letters: from so many in the script of another language on, its"
        " scripts count as mixed",
    )


class HeuristicsSettings(Model):
    """Rules of Gopher, C4 and FineWeb, and our own, for chunks that are no text to read."""

    repeated_lines: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Share of the lines of prose that repeat another one. By itself .30, .374 in"
        " Korean",
    )
    repeated_words: float = Field(
        0.4,
        gt=0,
        le=1,
        description="Share of the letters of prose in repeated runs of five words, in Korean of"
        " three. Gopher's .15 is of whole pages; chunks of patents and regulations reach .36",
    )
    symbols: float = Field(
        0.1, gt=0, le=1, description="Number signs and ellipses for each word of prose"
    )
    cut_lines: float = Field(0.3, gt=0, le=1, description="Share of lines that end in an ellipsis")
    numbers: float = Field(
        0.9, gt=0, le=1, description="Share of words without a letter, where no line names columns"
    )
    garbage: float = Field(
        0.3, gt=0, le=1, description="Share of words that no reader could say: bad OCR"
    )
    contents: float = Field(
        0.5, gt=0, le=1, description="Share of lines that lead to a page: contents, an index"
    )


class BoilerplateSettings(Model):
    """What stands on every page and mail: menus, notices, signatures, disclaimers."""

    share: float = Field(
        0.5, gt=0, le=1, description="Share of a chunk's letters from which on it is boilerplate"
    )
    documents: int = Field(
        10,
        ge=2,
        le=1_000_000,
        description="A line is furniture of its source if so many documents have it",
    )


class QuotedMailSettings(Model):
    """What a mail repeats of the mails it answers."""

    share: float = Field(
        0.5, gt=0, le=1, description="Share of a chunk's letters from which on it is a quotation"
    )


class ToxicitySettings(Model):
    """Swearing, insults, threats and pornography."""

    threshold: float = Field(0.5, gt=0, le=1, description="Score from which on a chunk is flagged")
