"""POST /v1/embeddings and GET /v1/models, as OpenAI's."""

from __future__ import annotations

import base64
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from doclake.embed.backends.base import Keep, Kind
from doclake.errors import RequestInvalid, TokenUnknown
from doclake.serve.context import caller_of, embeddings_of
from doclake.serve.embedding_service import EmbeddingService, Vectors

router = APIRouter(tags=["embeddings"])
MOST = 2048
"""Texts of one request, as with OpenAI."""


class FromDoclake(BaseModel):
    """What the back end `server` of another Doclake adds."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: StrictStr = Field(description="Of the model that it counts on")
    keep: Keep = Field("nothing", description="What it wants of the tokens of each text")


class EmbeddingRequest(BaseModel):
    """Texts. Without `input_type` they are embedded as they stand."""

    model_config = ConfigDict(extra="forbid")

    input: StrictStr | Annotated[list[StrictStr], Field(min_length=1, max_length=MOST)]
    model: StrictStr = Field(description="As `GET /v1/models` names it")
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: StrictInt | None = Field(None, description="Only that of the lake's vectors")
    user: StrictStr | None = Field(None, description="Not used")
    input_type: Literal["query", "document", "passage"] | None = Field(
        None, description="Puts the model's prompt for it before each text"
    )
    doclake: FromDoclake | None = None

    @property
    def texts(self) -> list[str]:
        return [self.input] if isinstance(self.input, str) else self.input

    @property
    def kind(self) -> Kind | None:
        if self.input_type is None:
            return None
        return "query" if self.input_type == "query" else "document"


class EmbeddingRow(BaseModel):
    """The vector of one text."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str = Field(description="Numbers, or base64 of float32")
    signs: str | None = Field(None, description="Base64 of the signs of its token vectors")
    states: str | None = Field(None, description="Base64 of its token vectors, float32")


class Usage(BaseModel):
    prompt_tokens: int
    total_tokens: int


class EmbeddingAnswer(BaseModel):
    object: Literal["list"] = "list"
    data: list[EmbeddingRow]
    model: str
    usage: Usage


@router.post("/v1/embeddings", response_model_exclude_none=True)
async def embeddings(asked: EmbeddingRequest, request: Request) -> EmbeddingAnswer:
    """A unit vector for each text. Needs a token where the server knows any."""
    service = _service_of(request)
    if asked.model != service.model:
        raise RequestInvalid(
            "There is no such model here.", mend="GET /v1/models names the one that is."
        )
    return await service.run(partial(_answer, service, asked))


@router.get("/v1/models")
async def models(request: Request) -> dict[str, Any]:
    """The one model."""
    name = _service_of(request).model
    return {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "doclake"}]}


def _service_of(request: Request) -> EmbeddingService:
    service = embeddings_of(request)
    if service.settings.knows_tokens and not caller_of(request).has_token:
        raise TokenUnknown("Embeddings need a token.", mend="Send one that the server knows.")
    return service


def _answer(service: EmbeddingService, asked: EmbeddingRequest) -> EmbeddingAnswer:
    service.require_dimension(asked.dimensions)
    keep: Keep = "nothing"
    if asked.doclake is not None:
        service.require_model(asked.doclake.fingerprint)
        keep = asked.doclake.keep
    found = service.embed(asked.texts, asked.kind, keep)
    rows = [
        EmbeddingRow(index=place, embedding=_written(vector, asked.encoding_format))
        for place, vector in enumerate(found.vectors)
    ]
    if keep != "nothing":
        rows = [row.model_copy(update=_tokens(found, row.index, keep)) for row in rows]
    usage = Usage(prompt_tokens=found.tokens, total_tokens=found.tokens)
    return EmbeddingAnswer(data=rows, model=service.model, usage=usage)


def _written(vector: np.ndarray, encoding_format: str) -> list[float] | str:
    if encoding_format == "base64":
        return _in_base64(vector)
    numbers: list[float] = vector.tolist()
    return numbers


def _tokens(found: Vectors, place: int, keep: Keep) -> dict[str, str]:
    kept = found.kept[place]
    return {} if kept is None else {keep: _in_base64(kept)}


def _in_base64(numbers: np.ndarray) -> str:
    little = numbers.astype(numbers.dtype.newbyteorder("<"))
    return base64.b64encode(little.tobytes()).decode("ascii")
