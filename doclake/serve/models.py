"""What routes and tools take and give, as OpenAPI and MCP describe it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, WithJsonSchema

from doclake.evaluate.questions import Question
from doclake.search.door import MOST
from doclake.search.filters import Filters
from doclake.search.hits import Hit
from doclake.search.passages import Passage
from doclake.search.searcher import Answer
from doclake.serve.judgements import Judging

FilterValues = Annotated[dict[str, Any], WithJsonSchema(Filters.model_json_schema())]
"""Checked where every door checks them, so that all say the same of a wrong one."""


class Asked(BaseModel):
    """A question. Who asks is told by the token alone."""

    model_config = ConfigDict(extra="forbid")

    question: StrictStr = Field(description="In words, in any language of the documents")
    k: StrictInt = Field(5, description=f"Number of passages, 1 to {MOST}")
    filters: FilterValues = Field(
        default_factory=dict, description="What the search is narrowed to"
    )


class Box(BaseModel):
    """A rectangle on a page, in points from its top left corner."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


class FoundHit(BaseModel):
    """A passage that answers a question, and where it stands."""

    citation_id: str = Field(description="`GET /passage/{citation_id}` finds it again")
    citation: str = Field(description="Source, document, pages and section in one line")
    doc_id: str
    chunk_id: str
    source: str
    path: str
    title: str | None
    pages: list[int] = Field(description="From 1; empty for formats without pages")
    section: list[str] = Field(description="Headings above the passage, outermost first")
    boxes: list[Box] = Field(description="Where it stands on its pages")
    score: float = Field(description="0 to 1; puts the passages of one answer in order")
    text: str
    scores: dict[str, float] = Field(description="What the score is made of")
    language: str | None
    media_type: str | None
    date: str | None = Field(description="Of the document, ISO 8601")
    highlights: list[tuple[int, int]] = Field(description="Spans of `text` with words asked for")
    flags: list[str] = Field(
        description="stale, outdated, thin, incomplete, personal_data, suspicious, or a step of "
        "curation"
    )

    @classmethod
    def of(cls, hit: Hit) -> FoundHit:
        return cls(**hit.as_dict())


class Found(BaseModel):
    """The passages that answer a question, best first."""

    hits: list[FoundHit]
    without: list[str] = Field(description="What of the recipe the index could not give")
    left_out: dict[str, int] = Field(
        default_factory=dict, description="Passages that a tool keeps from its model, by the reason"
    )

    @classmethod
    def of(cls, answer: Answer) -> Found:
        return cls(hits=[FoundHit.of(hit) for hit in answer.hits], without=answer.without)


class PassageRow(BaseModel):
    """A passage as it stands now."""

    hit: FoundHit
    before: list[str] = Field(description="Texts in front of it, in reading order")
    after: list[str] = Field(description="Texts behind it, in reading order")
    section_texts: list[str] = Field(description="Texts of its whole section, if asked for")

    @classmethod
    def of(cls, passage: Passage) -> PassageRow:
        return cls(
            hit=FoundHit.of(passage.hit),
            before=passage.before,
            after=passage.after,
            section_texts=passage.section_texts,
        )


class Health(BaseModel):
    status: str


class SourceRow(BaseModel):
    """A place that documents come from."""

    name: str
    description: str


class SearchedSource(SourceRow):
    """A source, and whether the caller may judge its passages."""

    judging: Judging | None = Field(
        description="Null: the caller may not; `no_file`: no golden file of the source is there"
    )


class Judgement(BaseModel):
    """What somebody says of a passage."""

    model_config = ConfigDict(extra="forbid")

    question: StrictStr
    citation_id: StrictStr
    answers: StrictBool = Field(description="False takes back that it answers the question")
    text: StrictStr | None = Field(None, description="Those words of the passage that answer it")


class PushedDocument(BaseModel):
    """A document that was pushed. The next ingest reads it."""

    source: str
    path: str
    doc_id: str
    sha256: str
    bytes: int
    did: Literal["added", "replaced", "unchanged"]


class AskedAbout(BaseModel):
    """A question whose judgements are asked for."""

    model_config = ConfigDict(extra="forbid")

    question: StrictStr


class Judged(BaseModel):
    """What answers a question: passages of the documents, on one of the pages if there are any,
    with the text if there is one."""

    source: str
    documents: list[str]
    pages: list[int]
    text: str | None

    @classmethod
    def of(cls, entry: Question) -> Judged:
        documents, pages = list(entry.documents), list(entry.pages)
        return cls(source=entry.source, documents=documents, pages=pages, text=entry.holds)


class AskedInWords(BaseModel):
    """A question that wants an answer in words."""

    model_config = ConfigDict(extra="forbid")

    question: StrictStr = Field(description="In words, in any language of the documents")
    filters: FilterValues = Field(default_factory=dict, description="What it is narrowed to")


class Statement(BaseModel):
    """A sentence that its passages bear out."""

    text: str
    citations: list[int] = Field(description="Numbers of `passages`")


class Refused(BaseModel):
    """A sentence of the chat server that is left out."""

    text: str
    why: str


class CitedPassage(BaseModel):
    """What an answer may cite."""

    number: int
    citation: str
    citation_ids: list[str]
    text: str


class Answered(BaseModel):
    """An answer in words, held against the passages that it cites."""

    question: str
    answer: str | None = Field(description="Null: `why` says the reason; the passages stand")
    why: str | None = Field(description="Why there is no answer, or not the whole of it")
    statements: list[Statement]
    refused: list[Refused]
    passages: list[CitedPassage] = Field(description="Best first")
    left_out: dict[str, int] = Field(description="Passages kept from the prompt, by the reason")
    tokens: int = Field(description="What the chat server took, prompt included")
