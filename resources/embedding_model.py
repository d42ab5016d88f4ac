"""The embedding model, and where it is computed by configuration."""

from dataclasses import dataclass

import dagster as dg

from doclake.embed import Embedder
from doclake.settings import EmbeddingSettings
from doclake_dagster.resources.run_config import resource, run_fields

_OF_A_RUN = (
    *("backend", "device", "devices", "dtype", "batch_tokens", "batch_timeout"),
    *("server", "ray"),
)
_GPUS = [f"cuda:{number}" for number in range(16)]
_DEVICES = {
    "device": ["auto", "cpu", "cuda", *_GPUS, "mps"],
    "devices": ["cpu", *_GPUS, "mps"],
}
_ABOUT = """Where the embedding model is computed, and how fast. It is loaded the first time a run
embeds something: here, in workers or on a cluster, or a server is asked. Defaults come from
`embedding` in doclake.yaml; a run may name one field alone, such as `device: cuda:1`.

A run cannot name another model, revision, prompt or dimension, nor switch the signs of tokens on or
off: one model makes all vectors of a lake, and those of two cannot be compared. Change them in
doclake.yaml: all texts are embedded again, and searches go on with the old index until the new one
is complete. Nor does a run set the size of chunks: it is a recipe, by which all documents are cut.
"""


@dataclass(frozen=True)
class EmbeddingModel:
    """The embedding settings of a run."""

    settings: EmbeddingSettings

    def embedder(self) -> Embedder:
        return Embedder(self.settings)


def embedding_model(settings: EmbeddingSettings) -> dg.ResourceDefinition:
    """The resource: what a run may change of the settings is where the model is computed."""
    fields = run_fields(settings, _OF_A_RUN, _DEVICES)
    return resource("embedding_model", _ABOUT, settings, fields, EmbeddingModel)
