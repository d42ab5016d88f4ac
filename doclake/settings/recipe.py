"""The settings that decide the content of rows."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from doclake.settings.curation import CurationSettings
from doclake.settings.fields import Engine, Model, OneOrMore
from doclake.settings.injection import InjectionSettings
from doclake.settings.personal_data import PersonalDataSettings, Variable
from doclake.settings.servers import TranscriptionSettings, VisionSettings


def _ocr_language(name: str) -> str:
    if re.fullmatch(r"[A-Za-z]\w*(/\w+)*", name):
        return name
    raise ValueError("a language of Tesseract, such as eng or kor")


OcrLanguage = Annotated[str, AfterValidator(_ocr_language)]


class ExtractRecipe(Model):
    """What decides the elements of a document."""

    engine: Engine = Field(
        "native",
        description="`unstructured` reads Office, HTML, Markdown, CSV, mail and plain text with "
        "that library; other formats stay native (docs/formats.md)",
    )
    pdf_engine: Literal["pymupdf", "pypdfium2"] = Field(
        "pymupdf", description="PDF reader; pypdfium2 is the one with a permissive licence"
    )
    pdf_mode: Literal["fast", "layout"] = Field(
        "fast", description="`layout` adds PyMuPDF's layout models: more structure, slower"
    )
    tables: bool = Field(True, description="Find tables in PDF pages")
    ocr: Literal["auto", "off", "always"] = Field(
        "auto", description="`auto` reads pages whose text layer is missing or broken"
    )
    ocr_languages: OneOrMore[OcrLanguage] = Field(
        ("kor", "eng"), description="Tesseract language codes"
    )
    ocr_words: bool = Field(
        False, description="Keep each word that OCR reads, with box and confidence: hOCR in `html`"
    )
    hidden_text: Literal["apart", "include"] = Field(
        "apart", description="`apart` keeps text that no reader sees out of the chunks"
    )
    vision: VisionSettings = VisionSettings()
    transcription: TranscriptionSettings = TranscriptionSettings()


class ChunkRecipe(Model):
    """What decides the chunks of a document."""

    strategy: Literal["structure", "tokens", "sentence", "page"] = Field(
        "structure", description="How a document is cut"
    )
    max_tokens: int = Field(
        256, ge=32, le=8192, description="Largest chunk, in the embedding model's own tokens"
    )
    overlap_tokens: int = Field(
        0, ge=0, le=4096, description="Tokens of whole sentences repeated from the chunk before"
    )
    navigation: Literal["apart", "include"] = Field(
        "apart",
        description="`apart` keeps menus, banners and teasers of web pages out of the chunks",
    )
    context: bool = Field(True, description="Embed the heading above it in front of each chunk")

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> ChunkRecipe:
        if self.overlap_tokens > self.max_tokens // 2:
            raise ValueError("overlap_tokens must be at most half of max_tokens")
        return self


class Recipe(Model):
    """The settings that decide the content of rows; a source may override any of them."""

    extract: ExtractRecipe = ExtractRecipe()
    chunk: ChunkRecipe = ChunkRecipe()
    injection: InjectionSettings = InjectionSettings()
    personal_data: PersonalDataSettings = PersonalDataSettings()
    curation: CurationSettings = CurationSettings()
    personal_data_key: Variable = Field(
        "DOCLAKE_PERSONAL_DATA_KEY",
        description="Environment variable that holds the key of `hash`, at least 16 characters",
    )
