"""The model that turns text into vectors."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from doclake.settings.cluster import EmbeddingRaySettings
from doclake.settings.fields import Duration, Model
from doclake.settings.servers import EmbeddingServerSettings

BUNDLED_MODELS: dict[str, int] = {"multilingual-e5-small": 512, "all-MiniLM-L6-v2": 256}
"""Models whose weights come inside a Python package, with their limit in tokens."""

HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")
"""How the id of a model of the hub is written: org/name."""


def is_hub_id(model: str) -> bool:
    """Whether a model's name is one of the hub: `org/name`, and no folder is called so."""
    return bool(HUB_ID.fullmatch(model)) and not is_folder(model)


def means_folder(model: str) -> bool:
    """Whether a model's name is written as only a folder's is: ./e5, /models/e5, ~/e5, a/b/c."""
    is_path = "/" in model or model.startswith(("~", "."))
    return is_path and "://" not in model and not HUB_ID.fullmatch(model)


def is_folder(path: str | Path) -> bool:
    """Whether a folder is there. Unlike `Path.is_dir`, no if a mount is stale or closed to us."""
    return os.path.isdir(path)  # noqa: PTH112


def _device(name: str) -> str:
    if re.fullmatch(r"cpu|cuda:\d+|mps", name):
        return name
    raise ValueError("cpu, cuda:0, cuda:1 ... or mps")


def _device_or_any(name: str) -> str:
    if re.fullmatch(r"auto|cpu|cuda(:\d+)?|mps", name):
        return name
    raise ValueError("auto, cpu, cuda, cuda:0, cuda:1 ... or mps")


Device = Annotated[str, AfterValidator(_device)]


class EmbeddingSettings(Model):
    """The model that turns text into vectors: one for the whole lake. Where and how fast it is
    computed changes no vector beyond its noise, and may be changed at any time."""

    model: str = Field(
        "multilingual-e5-small",
        description="Bundled name, local folder such as ./model, or hub id org/name",
    )
    revision: str | None = Field(None, description="Hub revision to pin")
    query_prompt: str | None = Field(None, description="Put before queries; null: the model's own")
    document_prompt: str | None = Field(None, description="Put before texts; null: the model's own")
    dimension: int | None = Field(
        None,
        ge=8,
        description="Keep so many numbers of each vector, of a model that is trained for it "
        "(Matryoshka); null: all",
    )
    backend: Literal["in_process", "processes", "server", "ray"] = Field(
        "in_process",
        description="Where documents are embedded: here, in a process for each of `devices`, by "
        "`server`, or by actors on a Ray cluster",
    )
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", description="`auto` takes bfloat16 where the device computes it natively"
    )
    device: Annotated[str, AfterValidator(_device_or_any)] = Field(
        "auto", description="auto, cpu, cuda, cuda:N"
    )
    devices: (
        Annotated[int, Field(ge=1, le=64)]
        | Annotated[tuple[Device, ...], Field(min_length=1)]
        | None
    ) = Field(
        None,
        description="Of `processes`: how many, or their names as [cuda:0, cuda:1]; null: all GPUs, "
        "without any one process",
    )
    batch_tokens: int = Field(
        8192, ge=64, description="Tokens, padding included, in one forward pass"
    )
    batch_timeout: Duration = Field(
        timedelta(minutes=10),
        description="Most time of a GPU or a worker for one batch, and for loading the model",
    )
    server: EmbeddingServerSettings = EmbeddingServerSettings()
    ray: EmbeddingRaySettings = EmbeddingRaySettings()
    late_interaction: bool = Field(
        True,
        description="Keep the signs of each token's vector, by which search puts the best passages "
        "in order: 6 to 12 kB a chunk",
    )

    @model_validator(mode="after")
    def _names_its_server(self) -> Self:
        if self.backend == "server" and not self.server.url:
            raise ValueError("`server.url` beside `backend: server`")
        if self.batch_timeout < timedelta(seconds=1):
            raise ValueError("a `batch_timeout` of at least 1s")
        return self

    @property
    def folder(self) -> Path | None:
        """The folder of a local model, even if it is not there; None for any other model."""
        if self.model in BUNDLED_MODELS:
            return None
        folder = os.path.expanduser(self.model)  # noqa: PTH111 (that of Path raises)
        return Path(folder) if means_folder(self.model) or is_folder(folder) else None
