"""The embedding model, and where it is computed by configuration."""

from enum import Enum, StrEnum
from typing import Any, Self, TypeVar, cast

import dagster as dg
from pydantic import BaseModel, Field, create_model, model_validator

from doclake.embed import Embedder
from doclake.settings import EmbeddingSettings

Config = TypeVar("Config", bound=BaseModel)


class Backend(StrEnum):
    """Where documents are embedded."""

    in_process = "in_process"
    processes = "processes"
    server = "server"
    ray = "ray"


class Dtype(StrEnum):
    """How precisely. `auto` takes bfloat16 where the device computes it natively."""

    auto = "auto"
    float32 = "float32"
    float16 = "float16"
    bfloat16 = "bfloat16"


class Dialect(StrEnum):
    """Who puts the prompt before a text, and whether the server is a Doclake."""

    openai = "openai"
    input_type = "input_type"
    doclake = "doclake"


class EmbeddingServer(dg.Config):
    """A server of the very model that `model` names. Its key comes from DOCLAKE_EMBEDDING_KEY."""

    url: str | None = Field(None, description="What stands before /v1")
    model: str | None = Field(None, description="Model, by the server's own name")
    dialect: Dialect = Field(Dialect.openai, description="Who puts the prompt")
    timeout: str = Field("2m", description="Wait for one answer: 90s, 2m")
    retries: int = Field(3, ge=0, le=20, description="Further tries")
    concurrency: int = Field(4, ge=1, le=256, description="Requests at once")
    requests_per_minute: int | None = Field(None, ge=1, description="Null: as they come")
    batch_texts: int = Field(64, ge=1, le=2048, description="Texts of one request")
    batch_tokens: int = Field(8192, ge=64, description="Tokens of one request")
    tokens_per_day: int | None = Field(None, ge=1, description="Of this process; null: all")
    price: float = Field(0.0, ge=0, description="Of a million tokens")
    price_per_day: float | None = Field(None, gt=0, description="Of this process; null: all")


class EmbeddingRay(dg.Config):
    """The actors of a Ray cluster that embed."""

    address: str | None = Field(None, description="auto, or host:port; null: one of this machine")
    wait: str = Field("5m", description="While no actor has a place: 90s, 5m")
    actors: int | None = Field(None, ge=1, description="Most at once; null: all that have room")
    num_cpus: int = Field(1, ge=0, description="CPUs that an actor takes")
    num_gpus: float = Field(0, ge=0, le=1, description="GPUs that an actor takes")


class EmbeddingModel(dg.ConfigurableResource):
    """Loads a model the first time a run embeds something, here, in workers or on a cluster, or
    asks a server.

    Defaults come from `embedding` in doclake.yaml; a run may override any field in its config,
    for instance `device: cuda:1`, `backend: processes` or `server: {concurrency: 8}`. What names no
    other model, prompt or dimension changes no vector.
    """

    model: str = Field(description="Bundled name, local folder, or hub id org/name")
    revision: str | None = Field(None, description="Hub revision to pin")
    query_prompt: str | None = Field(None, description="Put before queries")
    document_prompt: str | None = Field(None, description="Put before texts")
    dimension: int | None = Field(None, ge=8, description="Keep so many numbers of each vector")
    backend: Backend = Field(Backend.in_process, description="Where documents are embedded")
    dtype: Dtype = Field(Dtype.auto, description="How precisely")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:N, mps")
    devices: Any = Field(None, description="Of processes: how many, or [cuda:0, cuda:1]")
    batch_tokens: int = Field(
        8192, ge=64, description="Tokens in one forward pass, padding included"
    )
    batch_timeout: str = Field("10m", description="Most time of a GPU or a worker for one batch")
    server: EmbeddingServer = cast(Any, EmbeddingServer)()
    ray: EmbeddingRay = cast(Any, EmbeddingRay)()
    late_interaction: bool = Field(True, description="Keep the signs of token vectors")

    @classmethod
    def of(cls, settings: EmbeddingSettings) -> "EmbeddingModel":
        """With the settings as the defaults, so a run's config may name one field alone."""
        values = settings.model_dump(mode="json")
        values["server"] = _with_defaults(EmbeddingServer, values["server"])
        values["ray"] = _with_defaults(EmbeddingRay, values["ray"])
        return _with_defaults(cls, values)

    @model_validator(mode="after")
    def _are_settings(self) -> Self:
        self.settings()
        return self

    def settings(self) -> EmbeddingSettings:
        names = set(EmbeddingSettings.model_fields)
        return EmbeddingSettings(**self.model_dump(mode="json", include=names))

    def embedder(self) -> Embedder:
        return Embedder(self.settings())


def _with_defaults(kind: type[Config], values: dict[str, Any]) -> Config:
    """Of a class like `kind` whose defaults these are: of an instance Dagster keeps none."""
    fields: dict[str, Any] = {}
    for name, value in values.items():
        field = kind.model_fields[name]
        annotation: Any = type(value) if isinstance(value, BaseModel) else field.annotation
        default = annotation(value) if _is_enum(annotation) else value
        described = Field(default, description=field.description)
        described.metadata += field.metadata  # its bounds
        fields[name] = (annotation, described)
    return cast(Config, cast(Any, create_model(kind.__name__, __base__=kind, **fields))())


def _is_enum(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Enum)
