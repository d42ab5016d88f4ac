"""The embedding model, and the device it runs on by configuration."""

from typing import Any, cast

import dagster as dg
from pydantic import Field, create_model

from doclake.embed import Embedder
from doclake.settings import EmbeddingSettings


class EmbeddingModel(dg.ConfigurableResource):
    """Loads a sentence-transformers model the first time a run embeds something.

    Defaults come from `embedding` in doclake.yaml; a run may override any field in its config,
    for instance `device: cuda:1` or `batch_tokens: 65536`.
    """

    model: str = Field(description="Bundled name, local folder, or hub id org/name")
    revision: str | None = Field(None, description="Hub revision to pin")
    query_prompt: str | None = Field(None, description="Put before queries")
    document_prompt: str | None = Field(None, description="Put before texts")
    dtype: str = Field("auto", description="auto, float32, float16, bfloat16")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:N, mps")
    batch_tokens: int = Field(8192, description="Tokens in one forward pass, padding included")
    late_interaction: bool = Field(True, description="Keep the signs of token vectors")

    @classmethod
    def of(cls, settings: EmbeddingSettings) -> "EmbeddingModel":
        """With the settings as the defaults, so a run's config may name one field alone."""
        fields: dict[str, Any] = {
            name: (field.annotation, Field(value, description=field.description))
            for name, value in settings.model_dump(mode="json").items()
            for field in [cls.model_fields[name]]
        }
        with_defaults = cast(Any, create_model("EmbeddingModel", __base__=cls, **fields))
        return cast(EmbeddingModel, with_defaults())

    def settings(self) -> EmbeddingSettings:
        return EmbeddingSettings(
            **{name: getattr(self, name) for name in EmbeddingSettings.model_fields}
        )

    def embedder(self) -> Embedder:
        return Embedder(self.settings())
